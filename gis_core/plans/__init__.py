"""Plans: versions, assignments and the grids derived from them."""
