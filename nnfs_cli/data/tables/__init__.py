"""Tables: the rows of a CSV file, of which the columns are known, become features and answers.

In come blocks of text, each row with its line; out come examples, or all that is wrong with them at once. Read `table`,
`frame`, `targets`, then `encoded`.
"""
