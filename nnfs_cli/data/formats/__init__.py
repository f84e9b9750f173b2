"""Formats: files become arrays, with a sentence for each that cannot be read.

In comes a path; out come arrays, or their shapes before they are read. Nothing that a file says of its size is
believed. Read `files`, `arrays`, `idx`; `download` fetches what is not there.
"""
