"""Administrative areas: a tree of provinces, cities, districts and subdistricts above the communities."""
