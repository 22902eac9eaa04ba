"""Show the schools: a page each, a list, and their own words."""
