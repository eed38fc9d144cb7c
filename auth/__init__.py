"""Who is asking, and what they may do: independent of the application and of any web library."""
