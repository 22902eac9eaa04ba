"""Name the schools of the invented country: those of Eksempel kommune, and the others by number."""

from __future__ import annotations

from dataclasses import dataclass

from tilstand.alphabet import by_name

PRIMARY, LOWER, COMBINED = "1-7", "8-10", "1-10"
# Fairy tales and stars, set on hills and in bogs: no school in Norway is called any of these.
PRIMARIES = (
    "Alvelia",
    "Drageåsen",
    "Enhjørningbakken",
    "Eventyrhøgda",
    "Fabelfjellet",
    "Griffenga",
    "Gullfjærlia",
    "Kometbakken",
    "Månesletta",
    "Nissehøyden",
    "Nøkketjernet",
    "Regnbuedalen",
    "Rimfakseberget",
    "Sagnvika",
    "Skyslottet",
    "Solstøvlia",
    "Stjerneskuddhaugen",
    "Trylleskogen",
    "Tussemyra",
    "Ønskebrønnen",
)
LOWER_SECONDARIES = (
    "Andromedalia",
    "Fønikshaugen",
    "Galaksebekken",
    "Kassiopeiatoppen",
    "Kvasarlia",
    "Meteorsletta",
    "Orionholtet",
    "Pegasusdalen",
    "Polluxenga",
    "Saturnvidda",
    "Sfinksåsen",
    "Vintergatemarka",
)
COMBINED_SCHOOL = "Havfrueøya skole"
TINY_SCHOOL = "Tommelitenlia skole"
NEW_SCHOOL = "Kometbakken skole"
#: Years before the edition's own in which the new school opened.
OPENED_AGO = 1
#: Primary schools to ten lower secondary schools of the municipalities around.
_PRIMARIES_EACH = 1.7


@dataclass(frozen=True)
class InventedSchool:
    """Name an invented school and its grades.

    Parameters
    ----------
    name : str
        Its name, which is its key in the pupil file.
    grades : str
        First and last grade, such as ``1-7``.
    """

    name: str
    grades: str

    def teaches(self, grade: int) -> bool:
        """Tell whether a grade lies within the school's."""
        first, _, last = self.grades.partition("-")
        return int(first) <= grade <= int(last)


def example_schools() -> list[InventedSchool]:
    """List the 34 schools of Eksempel kommune by name, in Norwegian order.

    Returns
    -------
    list of InventedSchool
        20 primary schools, 12 lower secondary schools, one combined and one tiny primary school.
    """
    named = [(f"{name} skole", PRIMARY) for name in PRIMARIES]
    named += [(f"{name} ungdomsskole", LOWER) for name in LOWER_SECONDARIES]
    named += [(COMBINED_SCHOOL, COMBINED), (TINY_SCHOOL, PRIMARY)]
    schools = [InventedSchool(name, grades) for name, grades in named]
    return sorted(schools, key=lambda school: by_name(school.name))


def other_schools(municipality: int, lower: int) -> list[InventedSchool]:
    """List the schools of a municipality around the example, by number.

    Parameters
    ----------
    municipality : int
        Its number.
    lower : int
        How many lower secondary schools it has.
    """
    primary = round(_PRIMARIES_EACH * lower)
    schools = [
        InventedSchool(f"B{municipality:02d}{n:02d}", PRIMARY) for n in range(1, primary + 1)
    ]
    return schools + [
        InventedSchool(f"U{municipality:02d}{n:02d}", LOWER) for n in range(1, lower + 1)
    ]
