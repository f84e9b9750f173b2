"""Sections: one file each, found by its name. A section measures one entry after the other, and each makes its lines.

Every one has TITLE; HEAD, what stands above its lines; `measure(plan)`, which yields entries of plain values; and
`lines(entry)`, Markdown.
"""
