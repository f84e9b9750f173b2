"""Survey: what the columns of a training table are.

In come the cells of its columns and what a configuration says of them; out come columns that know how cells become
features, the target, and what people should know. Read `seen`, `kinds`, `made`, `answers`, then `survey`.
"""
