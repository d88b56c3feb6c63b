"""Map layers served from the database."""
