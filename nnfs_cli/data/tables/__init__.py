"""Tables: the rows of a CSV file become features and targets.

In come blocks of text, each row with its line; out come columns that know how cells become numbers, or all that is
wrong with them at once. Read `table`, `cells`, `columns`, `targets`, then `judgement`.
"""
