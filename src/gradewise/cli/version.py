"""`gradewise --version`, which loads nothing else."""

import sys

from gradewise import __version__


def show_version() -> None:
    """Write the name and the version."""
    sys.stdout.write(f"gradewise {__version__}\n")
