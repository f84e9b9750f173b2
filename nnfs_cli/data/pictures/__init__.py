"""Pictures: folders of picture files become one array, by all cores and once.

In comes a folder of class folders; out come pictures of one size, or all that cannot be read. Read `picture`,
`class_folders`, `picture_reader`, then `decoding` and the cache, `decoded`.
"""
