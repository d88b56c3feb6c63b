"""Incidents: reported at a place, routed to whom it concerns, handled in time, verified, struck off."""
