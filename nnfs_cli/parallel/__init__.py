"""Who shares the work of a step: one process alone, or several on one machine."""
