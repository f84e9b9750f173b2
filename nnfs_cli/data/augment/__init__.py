"""Augmentation: examples that change a little in every epoch, for training alone.

In come the raw examples of a batch and what was drawn for each of them at the start of the epoch; out come examples of
the same shape and type, which are then scaled. One file a kind; every module here is discovered by the registry.
`affine`, `sampling` and `windows` are what several kinds share, `chain` is a list of augmentations. Read `base`.
"""
