"""Step: what one step of a training is made of.

The gradient of its examples, what limits it, the average of the weights that follows it, and the error for numbers that
are no longer finite.
"""
