"""Saved: what a checkpoint says, in both directions.

Out of a training come its tensors and a state in JSON; out of those come a `Predictor`, a configuration, or a training
to go on with, each checked as if anybody had written the file. Read `predictor`, `description`, then `snapshot`.
"""
