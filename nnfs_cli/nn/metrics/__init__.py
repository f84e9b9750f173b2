"""Metrics: one file a kind, called as the metric; every module here is discovered by the registry."""
