"""Open311 GeoReport v2: what programs of other people report and read, in the specification's own words."""
