"""Evaluation: what outputs of a network are worth: answers from scores, rankings, calibration."""
