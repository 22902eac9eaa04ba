"""Write the page: numbers into text, figures, tables and words in two languages."""

from tilstand.report.page.blocks import Card
from tilstand.report.page.page import Page, open_page
from tilstand.report.page.tables import Column

__all__ = ["Card", "Column", "Page", "open_page"]
