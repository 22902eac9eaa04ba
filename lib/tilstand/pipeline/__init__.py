"""Build the book: execute chapters, compose pages, compile, publish."""
