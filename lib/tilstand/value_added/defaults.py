"""Every default that more than one function shares, once."""

from __future__ import annotations

#: Level of intervals.
LEVEL = 0.95
#: Smallest school that a command writes down or a rule flags; all stay in the model.
MIN_PUPILS = 10
#: Up to this many schools the intervals rest on the prior of the school variance.
FEW_SCHOOLS = 5
