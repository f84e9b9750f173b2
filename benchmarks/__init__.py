"""Benchmarks: this program against its peers, side by side in one run. See benchmarks/README.md."""
