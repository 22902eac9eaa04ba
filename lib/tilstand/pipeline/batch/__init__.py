"""Build a book for each of many municipalities."""
