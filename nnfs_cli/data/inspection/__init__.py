"""Inspection: what a data set holds, for people who look at it before or after a training.

Read `inspection`, then `leaks`.
"""
