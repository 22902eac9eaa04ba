"""Bring numbers in: read, check and never guess."""
