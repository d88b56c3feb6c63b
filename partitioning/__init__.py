"""Draws grids: arrays in, plans and reasons out; no database, web, clock or global random."""
