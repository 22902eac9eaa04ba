"""Contributions in layers: class in cohort in school in municipality, one likelihood for all."""
