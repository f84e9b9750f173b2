"""System: what the operating system gives to every room: cores, and processes that are forked."""
