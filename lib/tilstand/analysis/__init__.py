"""Turn figures into findings: pure functions on numbers and frames."""
