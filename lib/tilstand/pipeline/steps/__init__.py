"""Decide what a build does: contents, ingredients, state, and the steps in order."""
