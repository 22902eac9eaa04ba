"""The attack on a finished site: read every number back and audit all of them together."""
