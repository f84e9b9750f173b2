"""YAML: text becomes a tree of values, each of which knows its line, and a configuration becomes text again.

In comes a file or an option of the command line; out comes a tree, or a sentence that says where the mistake is. Read
`tree`, `reader`, `parser`, then `problems` and `writer`.
"""
