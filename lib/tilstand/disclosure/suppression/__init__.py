"""Secondary suppression: which further cells to blank so that no primary one can be computed."""

from tilstand.disclosure.errors import UnprotectableError

from .secondary import Pattern, suppress

__all__ = ["Pattern", "UnprotectableError", "suppress"]
