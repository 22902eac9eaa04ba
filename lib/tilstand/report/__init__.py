"""Write the page: numbers into text, figures, tables and words in two languages."""

from tilstand.report.blocks import Card
from tilstand.report.findings import Question
from tilstand.report.page import Page, open_page
from tilstand.report.tables import Column

__all__ = ["Card", "Column", "Page", "Question", "open_page"]
