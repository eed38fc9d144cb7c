"""Search: how a text becomes words, and the tables that hold them (docs/decisions/0034)."""
