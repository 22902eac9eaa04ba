"""Hold what single chapters show, a folder a subject."""
