"""What stays with a lower secondary school, as the open tables of two grades can tell."""
