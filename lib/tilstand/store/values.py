"""Write values in a lasting form, JSON beside Parquet, from which they come back the same."""

from __future__ import annotations

import dataclasses
import importlib
import io
import math
from typing import Any

from tilstand.store.digests import UnfitError, value_digest

#: Key of an object of JSON that stands for what JSON does not have.
KIND = "$"
LIBRARY = __name__.partition(".")[0]


def flat(value: Any) -> tuple[Any, dict[str, bytes]]:
    """Turn a value into what JSON can say, and its tables into Parquet files.

    Parameters
    ----------
    value : Any
        None, text, numbers, lists, tuples, sets, dicts, dataclasses of the library, frames,
        series and arrays of numpy, nested as they like.

    Returns
    -------
    tree : Any
        For JSON; names the tables.
    tables : dict of str to bytes
        Parquet files by name.

    Raises
    ------
    UnfitError
        When a part is of another kind, or a table would come back changed.
    """
    tables: dict[str, bytes] = {}
    return _flat(value, tables), tables


def restored(tree: Any, tables: dict[str, bytes]) -> Any:
    """Make the value again from what `flat` has returned.

    Parameters
    ----------
    tree : Any
        As `flat` returned it.
    tables : dict of str to bytes
        Likewise.

    Returns
    -------
    Any
        An equal value, of the same types.
    """
    if isinstance(tree, list):
        return [restored(part, tables) for part in tree]
    if not isinstance(tree, dict):
        return tree
    if KIND not in tree:
        return {name: restored(part, tables) for name, part in tree.items()}
    kind = tree[KIND]
    if kind in ("frame", "series", "array"):
        return _table_from(tree, tables)
    made = restored(tree["of"], tables)
    if kind == "dataclass":
        return _type_of(tree["type"])(**made)
    if kind == "scalar":
        import numpy as np

        return np.dtype(tree["dtype"]).type(made)
    plain = {"float": float, "tuple": tuple, "set": set, "frozenset": frozenset, "dict": dict}
    return plain[kind](made)


def _flat(value: Any, tables: dict[str, bytes]) -> Any:
    kind = type(value)
    if value is None or kind in (str, bool, int):
        return value
    if kind is float:
        return value if math.isfinite(value) else {KIND: "float", "of": repr(value)}
    if kind is list:
        return [_flat(part, tables) for part in value]
    if kind is dict:
        if all(type(name) is str for name in value) and KIND not in value:
            return {name: _flat(part, tables) for name, part in value.items()}
        return {KIND: "dict", "of": [[_flat(x, tables) for x in item] for item in value.items()]}
    if kind is tuple:
        return {KIND: kind.__name__, "of": [_flat(part, tables) for part in value]}
    if kind in (set, frozenset):
        parts = sorted(value, key=value_digest)
        return {KIND: kind.__name__, "of": [_flat(part, tables) for part in parts]}
    if dataclasses.is_dataclass(value):
        return _dataclass(value, tables)
    return _numeric(value, tables)


def _dataclass(value: Any, tables: dict[str, bytes]) -> Any:
    kind = type(value)
    name = f"{kind.__module__}:{kind.__qualname__}"
    try:
        known = _type_of(name)
    except (ImportError, AttributeError, ValueError):
        known = None
    if known is not kind:
        raise UnfitError(f"{name}: expected a dataclass of the library")
    fields = [field.name for field in dataclasses.fields(value) if field.init]
    said = {field: _flat(getattr(value, field), tables) for field in fields}
    return {KIND: "dataclass", "type": name, "of": said}


def _type_of(name: str) -> type:
    """Find a dataclass by its name, of the library and of nothing else."""
    module, _, path = name.partition(":")
    if module.partition(".")[0] != LIBRARY:
        raise ValueError(f"{name}: expected a dataclass of the library")
    found: Any = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    if not (isinstance(found, type) and dataclasses.is_dataclass(found)):
        raise ValueError(f"{name}: expected a dataclass of the library")
    return found


def _numeric(value: Any, tables: dict[str, bytes]) -> Any:
    import numpy as np
    import pandas as pd

    if isinstance(value, np.generic) and value.dtype.kind in "biuf":
        return {KIND: "scalar", "dtype": str(value.dtype), "of": _flat(value.item(), tables)}
    said: dict[str, Any]
    if type(value) is pd.DataFrame:
        said = {KIND: "frame", "columns": _flat(list(value.columns), tables)}
        said["names"] = _flat(list(value.columns.names), tables)
        table = value.set_axis([str(place) for place in range(value.shape[1])], axis=1)
    elif type(value) is pd.Series:
        said = {KIND: "series", "name": _flat(value.name, tables)}
        table = value.to_frame("0")
    elif type(value) is np.ndarray and value.dtype.kind in "biuf":
        said = {KIND: "array", "shape": list(value.shape)}
        table = pd.DataFrame({"0": value.reshape(-1)})
    else:
        raise UnfitError(f"a value of type {type(value).__qualname__} cannot be kept")
    # Parquet has one type a column: what may hold anything goes into JSON.
    mixed = [name for name in table.columns if table[name].dtype == object]
    said["objects"] = {name: _flat(table[name].tolist(), tables) for name in mixed}
    said["of"] = f"{len(tables)}.parquet"
    tables[said["of"]] = _parquet(table.assign(**dict.fromkeys(mixed, 0)))
    if value_digest(_table_from(said, tables)) != value_digest(value):
        raise UnfitError("a table that does not come back as it was")
    return said


def _parquet(table: Any) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    try:
        pq.write_table(pa.Table.from_pandas(table), stream)
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise UnfitError(f"a table that Parquet does not take: {error}") from error
    return stream.getvalue()


def _table_from(said: dict[str, Any], tables: dict[str, bytes]) -> Any:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    source = pa.BufferReader(tables[said["of"]])
    table = pq.ParquetFile(source).read(use_threads=False).to_pandas()
    for name, column in said["objects"].items():
        table[name] = pd.Series(restored(column, tables), index=table.index, dtype=object)
    if said[KIND] == "series":
        return table["0"].rename(restored(said["name"], tables))
    if said[KIND] == "array":
        return table["0"].to_numpy().reshape(said["shape"])
    columns, names = restored(said["columns"], tables), restored(said["names"], tables)
    several = len(names) > 1
    return table.set_axis(
        pd.MultiIndex.from_tuples(columns, names=names) if several else columns, axis=1
    ).rename_axis(columns=names if several else names[0])
