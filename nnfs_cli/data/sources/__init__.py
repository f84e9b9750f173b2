"""Sources: one file a `dataset.type`; every module here is discovered by the registry."""
