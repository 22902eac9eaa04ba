"""Turn executed notebooks into pages of one language."""
