"""Estimate what stays with a lower secondary school from public tables of two grades alone."""
