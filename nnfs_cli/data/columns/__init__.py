"""Columns: one file a kind of column that becomes features; every module here is discovered by the registry."""
