"""Protocols between the use cases and the world, and the value types that cross them."""
