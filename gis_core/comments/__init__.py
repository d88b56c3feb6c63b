"""Remarks pinned to places of a plan's map."""
