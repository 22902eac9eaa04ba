"""Show what may be shown of pupils: levels, cohorts, groups, environment."""
