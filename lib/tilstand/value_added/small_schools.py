"""Leave out schools with few pupils, so that no result of a few can be worked out."""

from __future__ import annotations

import warnings

import pandas as pd

from tilstand.value_added.errors import FormulaError, PersonalDataWarning

SHOWN, LEFT_OUT = "shown", "left out"


def check_smallest(min_n: int) -> None:
    """Refuse a smallest group below one pupil, and warn where it is one.

    Parameters
    ----------
    min_n : int
        Smallest number of pupils whose results are written down.

    Raises
    ------
    FormulaError
        When it is below 1.
    """
    if min_n < 1:
        raise FormulaError(f"min-n: {min_n} is too small: 1 writes every school")
    if min_n == 1:
        warnings.warn(
            "schools of a single pupil are written down: schools.csv is personal data",
            PersonalDataWarning,
            stacklevel=3,
        )


def small_schools(groups: pd.DataFrame, min_n: int) -> set[object]:
    """Find the schools that are left out.

    Parameters
    ----------
    groups : DataFrame
        ``school`` and ``n``, a row a group of its pupils that has results of its own: the school,
        or each of its cohorts too.
    min_n : int
        Smallest number of pupils that a group may have.

    Returns
    -------
    set
        The schools with a smaller group. A school's groups add up to it, so one group alone is
        never left out. Nor is one school: where there would be one, the school with the next
        smallest group goes with it.

    Examples
    --------
    >>> groups = pd.DataFrame({"school": ["a", "b", "c", "c"], "n": [40, 30, 6, 50]})
    >>> sorted(small_schools(groups, 10))
    ['b', 'c']
    """
    smallest = groups.groupby("school", observed=True)["n"].min().sort_values(kind="stable")
    count = int((smallest < min_n).sum())
    return set(smallest.index[: 2 if count == 1 else count])


def leave_out(
    table: pd.DataFrame, units: set[object], keys: tuple[str, ...], *, by: str = "school"
) -> pd.DataFrame:
    """Blank the numbers of units that are left out.

    Parameters
    ----------
    table : DataFrame
        With the column ``by``.
    units : set
        As `small_schools` finds the schools.
    keys : tuple of str
        Columns that name a row, and stay.
    by : str
        Column of the units.

    Returns
    -------
    DataFrame
        A copy with ``status``, ``shown`` or ``left out``.

    Examples
    --------
    >>> table = pd.DataFrame({"school": ["a", "b"], "n": [40, 6], "se": [0.1, 0.3]})
    >>> leave_out(table, {"b"}, ("school",))["status"].tolist()
    ['shown', 'left out']
    """
    small = table[by].isin(list(units))
    # A whole number or a truth value has no room for a blank.
    roomy = {
        name: {"i": "Int64", "u": "Int64", "b": "boolean"}[dtype.kind]
        for name, dtype in table.dtypes.items()
        if name not in keys and getattr(dtype, "kind", "") in "iub"
    }
    marked = table.astype(roomy)
    marked.loc[small, [name for name in marked.columns if name not in keys]] = pd.NA
    return marked.assign(status=small.map({True: LEFT_OUT, False: SHOWN}))
