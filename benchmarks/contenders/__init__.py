"""Contenders: one file each, run as a process of its own, perhaps by another Python."""
