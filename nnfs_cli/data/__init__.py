"""Data: where arrays come from, and how they reach a network.

In comes what a configuration says of its data; out comes a `Dataset`, whose splits `Batches` hands to a training. Read
`spec`, `dataset`, `preparation`, `prepare`, `batches`; then a source, and the room that reads its files.
"""
