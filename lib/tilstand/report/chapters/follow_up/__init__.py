"""Tell what became of goals and promises, and what the owner concluded."""
