"""Data: where arrays come from, and how they reach a network."""
