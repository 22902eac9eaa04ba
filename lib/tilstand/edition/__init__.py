"""Know one edition: its name, year and municipality, and what it says of its pupils."""

from tilstand.edition.load import Edition, load_edition, predecessor
from tilstand.edition.names import (
    Called,
    Listed,
    edition_name,
    edition_names,
    edition_path,
    listed_editions,
    newest_edition,
    year_before,
    year_of,
)

__all__ = [
    "Called",
    "Edition",
    "Listed",
    "edition_name",
    "edition_names",
    "edition_path",
    "listed_editions",
    "load_edition",
    "newest_edition",
    "predecessor",
    "year_before",
    "year_of",
]
