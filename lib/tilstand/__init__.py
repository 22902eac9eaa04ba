"""Tilstandsboka: a reproducible report on kindergartens and schools in a municipality."""

__version__ = "0.1.0"
