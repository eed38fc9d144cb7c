"""What changed, for those who keep a copy: events with positions, told by writers and read page by page."""
