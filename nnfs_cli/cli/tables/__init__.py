"""Tables on the terminal: the epochs of a training, and what there is to learn from."""
