"""Show school contribution: estimates, robustness, evidence and formulas."""
