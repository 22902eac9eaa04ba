"""The disclosure audit: what a reader can conclude from everything that is printed."""

from .audit import Audit, audit
from .intervals import Interval, bound_hidden

__all__ = ["Audit", "Interval", "audit", "bound_hidden"]
