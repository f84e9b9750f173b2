"""Training: the loop that teaches a network, which knows no file and no configuration text.

In comes a `Recipe` (network, loss, optimizer, scheduler, settings), batches of examples, and the processes that share
the work; out come records, one for each step and each epoch. Read `recipe`, `trainer`, `state`, then `measure`.
"""
