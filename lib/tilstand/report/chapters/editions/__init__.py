"""Show what changed since the previous edition."""
