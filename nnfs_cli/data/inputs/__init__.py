"""Inputs: what people hand to `nnfs predict`, as a model takes it.

In come paths or rows; out come examples, some at a time, each with a name, and with a reason where it cannot be
answered. Read `reading`, then `arrays` and `rows`.
"""
