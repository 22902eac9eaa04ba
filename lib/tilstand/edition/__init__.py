"""Know one edition: what its file says of year, municipality, languages, pupils and protection."""

from tilstand.edition.load import Edition, edition_years, load_edition

__all__ = ["Edition", "edition_years", "load_edition"]
