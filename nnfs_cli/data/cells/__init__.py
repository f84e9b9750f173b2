"""Cells: what the text in a cell of a table means, and the cells of a column in few bytes.

A cell is a number as Python writes it, a number in another notation, a date, a word, or nothing. Read `cells`, then
`gatherer`.
"""
