"""Whether the file of a database is still the one that was opened.

A file that is removed, or exchanged for a copy, lives on for whoever has it open: what they write is kept
nowhere, and no error says so. SQLite looks for that only where it has a journal of its own, which WAL is not.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DisconnectionError

from gradewise.errors import UnavailableError

OPENED = "gradewise_file"
"""What a connection knows the file as that it opened."""

Identity = tuple[int, int] | None
"""Device and inode; ``None`` where there is no file."""


def identity_of(path: Path) -> Identity:
    """Which file lies there now."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


@dataclass(slots=True)
class SameFile:
    """Looks after the connections to one file, as listeners of their pool."""

    path: Path
    """Where it lies."""
    was_there: bool = False
    """Whether it was opened before, so that none may be made in its place."""

    def before_opening(self, *_: Any) -> None:
        """Make no new file where there was one.

        Raises:
            UnavailableError: it was removed.
        """
        if self.was_there and not self.path.exists():
            raise UnavailableError(
                f"the database {self.path} was there and is no more; put it back, or restore a copy"
            )

    def opened(self, _connection: Any, record: Any) -> None:
        """Remember which file a connection opened."""
        record.info[OPENED] = identity_of(self.path)
        self.was_there = True

    def before_use(self, _connection: Any, record: Any, _lent: Any) -> None:
        """Have a connection made anew whose file lies there no more.

        Raises:
            DisconnectionError: it is such a one.
        """
        if has_moved(self.path, record.info[OPENED]):
            raise DisconnectionError("another file lies there now")


def has_moved(path: Path | None, opened: Identity) -> bool:
    """Whether what was opened at a path lies there no more; a database in memory lies nowhere."""
    return path is not None and identity_of(path) != opened
