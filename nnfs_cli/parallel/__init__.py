"""Parallel: the processes that share the work of a step, one alone or several on one machine.

A trainer is handed a `ProcessGroup` and asks it for sums. Read `group`, `alone`, `processes`; `choose` picks one.
"""
