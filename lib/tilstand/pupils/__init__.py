"""Hold all that sees a pupil: files, schema, frames, protection, and the door to the pages."""
