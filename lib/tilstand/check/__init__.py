"""Tell what stands in the project's data, an edition's files, or any file that a user has."""
