"""Communities, estates, buildings and barriers."""
