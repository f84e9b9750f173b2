"""Rates: the learning-rate range test, and what it suggests.

In comes a recipe with its examples; out come the steps, the rates that four rules suggest, and the one for a scheduler
that leaves its largest rate open. Read `range_test`.
"""
