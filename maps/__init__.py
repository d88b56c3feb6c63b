"""What people look at: the map page, reports and styles."""
