"""Networks and their training, in NumPy alone; knows no file, YAML, terminal or process."""
