"""Show where figures come from: measures, documents, disagreements, files."""
