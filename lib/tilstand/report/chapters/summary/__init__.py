"""Find what opens the book: findings, questions and their answers."""
