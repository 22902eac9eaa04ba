"""Pick rows of the figures table and name them as a figure or a table needs them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from tilstand.report import wording
from tilstand.report.series import row_ref, settle
from tilstand.sources.comparators import near_rows
from tilstand.sources.edition_figures import open_edition
from tilstand.store import held

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tilstand.project import Project
    from tilstand.register import Indicator, Register

DIMENSIONS = ("grade", "gender", "subject", "category")
ROLE_ORDER = {"own": 0, "nation": 1, "county": 2, "other": 3}
Choice = str | list[str]
#: Numbers more years older than the edition than this look old: they wear their year and are muted.
OLD_YEARS = 3


class Measures:
    """Find the rows of each measure: settled once, and set aside by indicator and place.

    Of an export of the whole country a chapter asks for one municipality: it shall not look through
    all of them each time.

    Parameters
    ----------
    figures : pandas.DataFrame
        The *figures* table.
    near : pandas.DataFrame, optional
        Those of its rows that chapters ask for, as `near_rows` gives them; all if not given.
    """

    def __init__(self, figures: pd.DataFrame, near: pd.DataFrame | None = None) -> None:
        #: The figures, those near, and of these one row a measure.
        self.figures, self.near = figures, figures if near is None else near
        self.settled = settle(self.near)
        #: Places over time that have figures.
        self.places = set(figures["place"])
        self._distant = self.places - set(self.near["place"])
        self._none = self.settled.iloc[:0]
        self._rows = dict(iter(self.settled.groupby("indicator", sort=False)))
        self._records: dict[str, list[dict[Any, Any]]] = {}
        self._placed: dict[str, dict[str, list[int]]] = {}
        self._every = figures.groupby("indicator", sort=False).indices

    @cached_property
    def _far(self) -> Measures:
        """The whole country's, for a chapter that names a place far away."""
        return Measures(self.figures)

    def every(self, indicator: str) -> pd.DataFrame:
        """Keep all rows of an indicator, of every place, suppressed and contested ones too."""
        return self.figures.iloc[self._every.get(indicator, [])]

    def _records_of(self, indicator: str) -> list[dict[Any, Any]]:
        """Take an indicator's rows out of the table once: pandas takes longer for each."""
        if indicator not in self._records:
            rows = self._rows.get(indicator)
            found = [] if rows is None else rows.to_dict("records")
            placed: dict[str, list[int]] = {}
            for at, row in enumerate(found):
                placed.setdefault(row["place"], []).append(at)
            self._placed[indicator] = placed
            self._records[indicator] = found
        return self._records[indicator]

    def _at(
        self, indicator: str, by: str, where: dict[str, Choice], places: Collection[str]
    ) -> list[int]:
        """Find where in an indicator's rows those stand that match."""
        unknown = set(where) - set(DIMENSIONS)
        if unknown:
            names = ", ".join(DIMENSIONS)
            raise TypeError(f"no dimension {', '.join(sorted(unknown))}; there are {names}")
        records = self._records_of(indicator)
        known = self._placed[indicator]
        at: Sequence[int] = range(len(records))
        if places:
            at = sorted(place for name in set(places) for place in known.get(name, ()))
        for dimension in DIMENSIONS:
            chosen = where.get(dimension)
            if chosen is not None:
                among = {chosen} if isinstance(chosen, str) else set(chosen)
                at = [place for place in at if records[place][dimension] in among]
            elif dimension == by:
                at = [place for place in at if records[place][dimension]]
            else:
                at = [place for place in at if not records[place][dimension]]
        return list(at)

    def select(
        self, indicator: str, by: str, where: dict[str, Choice], places: Collection[str] = ()
    ) -> pd.DataFrame:
        """Keep the settled rows of an indicator that match.

        Parameters
        ----------
        indicator : str
            Code of the catalogue.
        by : str
            Dimension that varies: every value it has is kept; empty, ``place`` or ``year`` for
            none.
        where : dict
            Value, or list of values, of the other dimensions. One that is not named is blank.
        places : collection of str, optional
            Places over time to keep; all that are near if not given.

        Returns
        -------
        pandas.DataFrame
            Rows of the table.

        Raises
        ------
        TypeError
            When ``where`` names what is no dimension.
        """
        if not self._distant.isdisjoint(places):
            return self._far.select(indicator, by, where, places)
        at = self._at(indicator, by, where, places)
        return self._rows.get(indicator, self._none).iloc[at]

    def series(self, indicator: str, where: dict[str, Choice], place: str) -> list[dict[Any, Any]]:
        """List a place's rows of one measure, oldest first, each as a dict that nobody changes."""
        if place in self._distant:
            return self._far.series(indicator, where, place)
        records = self._records_of(indicator)
        return [records[at] for at in self._at(indicator, "", where, [place])]


@held
def open_measures(project: Project, edition: str) -> Measures:
    """Set an edition's figures aside by measure, as a chapter needs them.

    Examples
    --------
    >>> from tilstand.project import find_project
    >>> isinstance(open_measures(find_project(), "2020"), Measures)
    True
    """
    of, place, figures, register = open_edition(project, edition)
    return Measures(figures, near_rows(figures, register, of, place))


def role_of(row: Mapping[Any, Any] | pd.Series, own: str) -> str:
    """Tell what a row's place is to the municipality: own, nation, county or other."""
    if row["place"] == own:
        return "own"
    return str(row["level"]) if row["level"] in ("nation", "county") else "other"


def label_rows(
    rows: pd.DataFrame, by: str, register: Register, language: str, own: str
) -> pd.DataFrame:
    """Add ``label``, ``role`` and ``ref`` to rows.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `select` returns them.
    by : str
        Dimension that tells the rows apart, or ``place``.
    register : Register
        Names places as they were named in the row's year.
    language : {"nb", "en"}
        Language of the labels.
    own : str
        Place of the edition's municipality.

    Returns
    -------
    pandas.DataFrame
        The rows with three columns more, the municipality first where places vary.
    """
    if rows.empty:
        return rows.assign(label="", role="", ref="")
    each = rows.to_dict("records")
    labels = [_label(row, by, register, language) for row in each]
    roles = [_role(row, by, own) for row in each]
    labelled = rows.assign(label=labels, role=roles, ref=[row_ref(row) for row in each])
    if by != "place":
        return labelled
    ranked = [
        (ROLE_ORDER[role], label, row["year"])
        for role, label, row in zip(roles, labels, each, strict=True)
    ]
    return labelled.iloc[sorted(range(len(each)), key=ranked.__getitem__)]


def _role(row: Mapping[Any, Any], by: str, own: str) -> str:
    return str(row["gender"]) if by == "gender" else role_of(row, own)


def _label(row: Mapping[Any, Any], by: str, register: Register, language: str) -> str:
    if by == "place":
        return register.name(str(row["place"]), int(row["year"]), language)
    if by == "grade":
        return wording.grade_name(str(row["grade"]), language)
    if by == "gender":
        return gender_name(register.indicators[str(row["indicator"])], str(row["gender"]), language)
    if by == "year":
        return str(row["year"])
    if by in ("category", "subject"):
        return register.category_label(str(row[by]), language)
    return register.name(str(row["place"]), int(row["year"]), language)


def old_year(data: pd.DataFrame, edition: int) -> int:
    """Return the newest year of numbers that are old ones for an edition, 0 where they are not.

    Parameters
    ----------
    data : pandas.DataFrame
        What a figure draws; without whole numbers in ``year`` nothing is old.
    edition : int
        The edition's year.

    Examples
    --------
    >>> import pandas as pd
    >>> from tilstand.report.page.rows import old_year
    >>> rows = pd.DataFrame({"year": [2007, 2010]})
    >>> old_year(rows, 2020), old_year(rows, 2013)
    (2010, 0)
    """
    if "year" not in data or not pd.api.types.is_integer_dtype(data["year"]):
        return 0
    newest = int(data["year"].max())
    return newest if edition - newest > OLD_YEARS else 0


def label_of_measure(row: dict, register: Register, language: str) -> str:
    """Name a measure with all that it is of: "Lesing, 8. trinn, jenter" after its own name.

    Examples
    --------
    >>> from tilstand.report.page.page import open_page
    >>> from tilstand.report.page.rows import label_of_measure
    >>> page = open_page(2020, "en")
    >>> row = {"indicator": "pupils", "subject": "", "category": "", "grade": "8", "gender": ""}
    >>> label_of_measure(row, page.register, "en")
    'Pupils, grade 8'
    """
    parts = [wording.sentence(register.indicators[row["indicator"]].name[language])]
    parts += [
        register.category_label(row[at], language) for at in ("subject", "category") if row[at]
    ]
    grade = wording.grade_name(row["grade"], language)
    if grade and grade not in parts[0]:  # some measures say their grade in their name
        parts.append(grade)
    if row["gender"]:
        parts.append(gender_name(register.indicators[row["indicator"]], row["gender"], language))
    return ", ".join(parts)


def gender_name(indicator: Indicator, gender: str, language: str) -> str:
    """Name a gender of those a measure is of: women and men, or girls and boys.

    Examples
    --------
    >>> from tilstand.report.page.page import open_page
    >>> from tilstand.report.page.rows import gender_name
    >>> indicator = open_page(2020, "en").register.indicators["pupils"]
    >>> gender_name(indicator, "female", "en")
    'girls'
    """
    words = {
        "adults": {"female": "women", "male": "men"},
        "children": {"female": "girls", "male": "boys"},
    }
    return wording.word(words[indicator.people][gender], language)
