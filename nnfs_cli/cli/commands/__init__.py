"""Commands: one file each; the group discovers every module here."""
