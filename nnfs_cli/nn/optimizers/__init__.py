"""Optimizers: one file a kind; every module here is discovered by the registry."""
