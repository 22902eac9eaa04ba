"""Draw the book's few forms of figures, each in a wide and a phone form."""

from tilstand.report.charts.bars import bars
from tilstand.report.charts.caterpillar import caterpillar
from tilstand.report.charts.cloud import cloud
from tilstand.report.charts.dots import dots
from tilstand.report.charts.levels import levels
from tilstand.report.charts.lines import lines
from tilstand.report.charts.slope import slope
from tilstand.report.charts.span import span

__all__ = ["bars", "caterpillar", "cloud", "dots", "levels", "lines", "slope", "span"]
