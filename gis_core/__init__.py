"""Places and plans: CRS and datum, storage in PostGIS, map layers, exchange of files."""
