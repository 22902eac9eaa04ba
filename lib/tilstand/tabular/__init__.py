"""Read a table from anywhere: bytes into cells, with the row that a person sees."""
