"""Hold what may be shown of pupils: the only door from their data to a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from tilstand.analysis.proportions import share_interval
from tilstand.disclosure.cells import TOTAL
from tilstand.edition.disclosure_rules import DisclosureRules
from tilstand.errors import DataError

KIND = "protected"


@dataclass(frozen=True)
class Layout:
    """Tell what one protected view is about; no number of it.

    Parameters
    ----------
    table : str
        Name of the table it is a view of.
    view : tuple of str
        Dimensions as pages know them.
    separate : dict
        Category of each dimension that is never summed over.
    population : str
        Which pupils.
    dimensions : tuple of str
        Dimensions as the population knows them, in the order of `view`.
    along : str or None
        Dimension that divides a group to 100 %.
    measure : str
        ``count``, or what the means are means of.
    window : str
        The years that ``Total`` pools, such as ``2017-2020``; empty where no year is known.
    sensitive : tuple of str
        Dimensions under the strict rules.
    parent : dict
        For categories of `along`, the group they sum to where that is not ``Total``.
    size : dict
        Further categories that all pupils are in who are counted, here or behind a mean.
    partial : tuple of str
        Dimensions whose categories need not add up to the total: some pupils are in none.
    spread : float
        For means: standard deviation of all pupils, in two digits.
    decimals : int
        For means: decimals that are printed, wherever the number stands.
    doubt : float
        For means: how far apart the ends of what may be concluded about a small group's mean must
        be, in two digits.
    """

    table: str
    view: tuple[str, ...]
    separate: dict[str, str]
    population: str
    dimensions: tuple[str, ...]
    along: str | None
    measure: str
    window: str = ""
    sensitive: tuple[str, ...] = ()
    parent: dict[str, str] = field(default_factory=dict)
    size: dict[str, str] = field(default_factory=dict)
    partial: tuple[str, ...] = ()
    spread: float = 0.0
    decimals: int = 0
    doubt: float = 0.0

    def ref(self, measure: str, key: Mapping[str, str]) -> str:
        """Name one number so that it can be found again on a page.

        Parameters
        ----------
        measure : str
            What the number says of the cell.
        key : mapping of str to str
            Category by dimension of the population.

        Returns
        -------
        str
            ``protected|population|measure|dimension=category;...``, spaces as underscores: in HTML
            a space parts references.
        """
        shown = {d: c for d, c in key.items() if c != TOTAL}
        if self.window:
            shown.setdefault("year", self.window)
        named = ";".join(f"{d}={shown[d]}" for d in sorted(shown))
        return f"{KIND}|{self.population}|{measure}|{named}".replace(" ", "_")


@dataclass(frozen=True)
class Protected:
    """Hold every table of the book that is built on pupils, blanks in place.

    What is hidden is not in here, so no page can show it.

    Parameters
    ----------
    layouts : dict
        Layout by the view's name.
    frames : dict
        Cells by the view's name.
    rules : DisclosureRules
        What was counted as small.
    redesigned : dict of str to str
        By population: how its tables had to be redesigned (`redesign.STEPS`).
    changed : dict of str to tuple of str
        By table: years that stay as an earlier edition published them, though the pupil file
        counts them otherwise now.
    """

    layouts: dict[str, Layout]
    frames: dict[str, pd.DataFrame]
    rules: DisclosureRules
    redesigned: dict[str, str] = field(default_factory=dict)
    changed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _views: dict[tuple[str, ...], pd.DataFrame] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def counts(self, table: str, *view: str) -> pd.DataFrame:
        """Open a view of a table of counts.

        Parameters
        ----------
        table : str
            The table's name.
        *view : str
            Its dimensions, in any order.

        Returns
        -------
        pandas.DataFrame
            The table's separate dimensions, the view's (``Total`` in margins), ``count`` (missing
            where hidden), ``status`` (``ok`` or ``suppressed``) and ``ref``.

        Raises
        ------
        DataError
            When there is no such view.
        """
        return self._view("counts", table, view, _counted)

    def shares(self, table: str, *view: str, scale: float = 100.0) -> pd.DataFrame:
        """Open a view of a table of counts as shares of the groups that it divides.

        A category that belongs to a group (a mastery level, to those who took the test) is given
        as a share of that group, any other as a share of all.

        Parameters
        ----------
        table : str
            The table's name.
        *view : str
            Its dimensions, in any order.
        scale : float
            100 for percent.

        Returns
        -------
        pandas.DataFrame
            As `counts`, without ``Total`` in the distribution's dimension, with ``percent`` and
            its 95 % Wilson interval ``low`` and ``high`` instead of the count, ``n`` (pupils in
            the group) and ``n_ref``. A share is shown only where both its counts are.

        Raises
        ------
        DataError
            When there is no such view, or it is no distribution.

        References
        ----------
        Wilson, E. B. (1927), as in `tilstand.analysis.proportions.share_interval`.
        """
        return self._view(f"shares of {scale}", table, view, partial(_shared, scale=scale))

    def means(self, table: str, *view: str) -> pd.DataFrame:
        """Open a view of a table of means.

        Parameters
        ----------
        table : str
            The table's name.
        *view : str
            Its dimensions, in any order.

        Returns
        -------
        pandas.DataFrame
            The table's separate dimensions, the view's (``Total`` in margins), ``value`` with
            ``low`` and ``high`` (95 % interval), ``sd``, ``n``, ``status`` (``ok``,
            ``suppressed``, or ``empty`` where there are no pupils), ``ref`` and ``n_ref``.

        Raises
        ------
        DataError
            When there is no such view.

        References
        ----------
        value +- t sd / sqrt(n), t the 97.5 % point of Student's distribution with n - 1 degrees
        of freedom: Moore, D. S. et al. (2021). Introduction to the Practice of Statistics.
        Freeman, section 7.1.
        """
        return self._view("means", table, view, _averaged)

    def _view(
        self,
        kind: str,
        table: str,
        view: tuple[str, ...],
        shown: Callable[[pd.DataFrame, Layout], pd.DataFrame],
    ) -> pd.DataFrame:
        """Open a view once; the next who asks gets a copy that is theirs."""
        key = (kind, table, *view)
        if key not in self._views:
            opened = self._open(table, view)
            self._views[key] = _joined(shown(self.frames[name], lay) for name, lay in opened)
        return self._views[key].copy()

    def _open(self, table: str, view: tuple[str, ...]) -> list[tuple[str, Layout]]:
        found = [
            (name, layout)
            for name, layout in self.layouts.items()
            if layout.table == table and set(layout.view) == set(view)
        ]
        if not found:
            there = sorted(
                {f"{lay.table} by {', '.join(lay.view)}" for lay in self.layouts.values()}
            )
            raise DataError(
                f"{table} by {', '.join(view)}: no protected table, expected one of "
                + ("; ".join(there) or "none: the edition shows no pupils")
            )
        return sorted(found)

    def to_json(self) -> str:
        """Write everything as JSON, the same text for the same tables.

        Returns
        -------
        str
            Read by `from_json`.
        """
        tables = {
            name: {
                "layout": asdict(self.layouts[name]),
                "columns": list(frame.columns),
                "rows": [[_plain(v) for v in row] for row in frame.itertuples(index=False)],
            }
            for name, frame in sorted(self.frames.items())
        }
        said: dict[str, Any] = {
            "rules": asdict(self.rules),
            "redesigned": self.redesigned,
            "changed": {name: list(years) for name, years in self.changed.items()},
            "tables": tables,
        }
        return json.dumps(said, ensure_ascii=False, indent=0) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Protected:
        """Read what `to_json` wrote.

        Parameters
        ----------
        text : str
            JSON.

        Returns
        -------
        Protected
            The tables.
        """
        said = json.loads(text)
        layouts, frames = {}, {}
        for name, table in said["tables"].items():
            layout = table["layout"]
            listed: dict[str, Any] = {
                k: tuple(v) if isinstance(v, list) else v for k, v in layout.items()
            }
            layouts[name] = Layout(**listed)
            frame = pd.DataFrame(table["rows"], columns=table["columns"])
            kinds = {"count": "Int64", "n": "Int64", "value": "float64", "sd": "float64"}
            frames[name] = frame.astype({c: kinds[c] for c in frame.columns if c in kinds})
        changed = {name: tuple(years) for name, years in said["changed"].items()}
        rules = DisclosureRules(**said["rules"])
        return cls(layouts, frames, rules, said["redesigned"], changed)


def _share(count: Any, n: Any, scale: float) -> tuple[float, float, float]:
    if pd.isna(count) or pd.isna(n) or n == 0:
        return (np.nan, np.nan, np.nan)
    interval = share_interval(float(count), float(n))
    factor = scale / 100.0
    return (scale * float(count) / float(n), factor * interval.low, factor * interval.high)


def _counted(frame: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    refs = [layout.ref("count", _whom(key, layout)) for key in _keys(frame, layout)]
    return _as_pages_know(frame.assign(ref=refs), layout)


def _shared(frame: pd.DataFrame, layout: Layout, scale: float) -> pd.DataFrame:
    if layout.along is None:
        raise DataError(f"{layout.table}: a table of plain counts, expected a distribution")
    count_of = {
        tuple(key.values()): row
        for key, row in zip(_keys(frame, layout), frame["count"], strict=True)
    }
    rows = []
    for key, count in zip(_keys(frame, layout), frame["count"], strict=True):
        category = key[layout.along]
        if category == TOTAL:
            continue
        group = layout.parent.get(category, TOTAL)
        whole = {**key, layout.along: group}
        n = count_of[tuple(whole.values())]
        shown = not (pd.isna(count) or pd.isna(n))
        status = "suppressed" if not shown else ("ok" if n > 0 else "empty")
        named = layout.size.get(layout.along, group) if group == TOTAL else group
        base = "" if named == TOTAL else f":{named}"
        rows.append(
            {
                **key,
                **dict(zip(("percent", "low", "high"), _share(count, n, scale), strict=True)),
                "n": n,
                "status": status,
                "ref": layout.ref(f"percent:{layout.along}{base}", _whom(key, layout)),
                "n_ref": layout.ref("count", _whom(whole, layout)),
            }
        )
    return _as_pages_know(pd.DataFrame(rows).astype({"n": "Int64"}), layout)


def _averaged(frame: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    n = frame["n"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    error = frame["sd"].to_numpy(dtype=float) / np.sqrt(np.where(n > 0, n, 1))
    half = student.ppf(0.975, np.maximum(np.nan_to_num(n, nan=2), 2) - 1) * error
    keys = _keys(frame, layout)
    shown = frame.assign(
        low=(frame["value"] - half).round(layout.decimals),
        high=(frame["value"] + half).round(layout.decimals),
        ref=[layout.ref(f"mean:{layout.measure}", key) for key in keys],
        n_ref=[layout.ref("count", {**key, **layout.size}) for key in keys],
    )
    order = [*layout.dimensions, "value", "low", "high", "sd", "n", "status", "ref", "n_ref"]
    return _as_pages_know(shown[order], layout)


def _keys(frame: pd.DataFrame, layout: Layout) -> list[dict[str, str]]:
    columns = [frame[d] for d in layout.dimensions]
    return [dict(zip(layout.dimensions, key, strict=True)) for key in zip(*columns, strict=True)]


def _whom(key: Mapping[str, str], layout: Layout) -> dict[str, str]:
    """Name the pupils of a cell: the whole of a table may be a group of another one."""
    return {**layout.size, **{d: c for d, c in key.items() if c != TOTAL}}


def _as_pages_know(frame: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    named = frame.rename(columns=dict(zip(layout.dimensions, layout.view, strict=True)))
    for at, (dimension, category) in enumerate(layout.separate.items()):
        named.insert(at, dimension, category)
    return named


def _joined(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(list(parts), ignore_index=True)


def _plain(value: Any) -> Any:
    """Turn numbers of numpy and pandas into JSON's own, and what is missing into null."""
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return None
    return int(value) if isinstance(value, int | np.integer) else float(value)
