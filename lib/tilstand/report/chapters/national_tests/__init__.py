"""Show national tests as Udir publishes them: schools, spread, growth."""
