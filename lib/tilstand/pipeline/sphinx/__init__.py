"""Compile pages with Jupyter Book's settings, and what runs inside Sphinx."""
