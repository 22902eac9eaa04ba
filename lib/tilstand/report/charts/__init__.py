"""Draw the book's few forms of figures, each in a wide and a phone form."""
