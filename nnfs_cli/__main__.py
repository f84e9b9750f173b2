"""The program `nnfs`, as `python -m nnfs_cli` starts it."""

from nnfs_cli.cli.start import main

if __name__ == "__main__":
    main()
