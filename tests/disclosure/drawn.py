"""Load the municipalities that benchmarks draw; benchmarks are scripts, so by their path."""

import importlib.util
from pathlib import Path

_PATH = Path(__file__).parents[2] / "benchmarks" / "municipalities.py"
_SPEC = importlib.util.spec_from_file_location("drawn_municipalities", _PATH)
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)

draw_municipality = _MODULE.draw_municipality
draw_shape = _MODULE.draw_shape
