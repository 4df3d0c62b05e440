"""A file that lies elsewhere than where the user knows it: it is spoken of by the name that he gave."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gradewise.errors import InputError
from gradewise.essays.bad_rows import BadRow
from gradewise.protocols.tables import EssaySource


def renamed(open_source: Callable[[Path], EssaySource], path: Path, location: str) -> "RenamedSource":
    """Open a copy, and speak of the original.

    Raises:
        InputError: its name says a format that is not read.
    """
    with _renaming(path, location):
        return RenamedSource(open_source(path), path, location)


@dataclass(frozen=True, slots=True)
class RenamedSource:
    """Rows of a copy; everything that is said of them names the original. An `EssaySource`."""

    copy: EssaySource
    """Reads the copy."""
    path: Path
    """Where the copy lies."""
    location: str
    """What the user calls the original."""

    @property
    def notices(self) -> tuple[str, ...]:
        """What a user should know about how the file was read."""
        with _renaming(self.path, self.location):
            return tuple(each.replace(str(self.path), self.location) for each in self.copy.notices)

    def columns(self) -> tuple[str, ...]:
        """Column names, in order."""
        with _renaming(self.path, self.location):
            return self.copy.columns()

    def rows(self) -> Iterator[Mapping[str, str]]:
        """Rows in order, streamed."""
        with _renaming(self.path, self.location):
            yield from self.copy.rows()

    def records(self) -> Iterator[Mapping[str, str] | BadRow]:
        """The same, with each malformed row told in its place."""
        with _renaming(self.path, self.location):
            yield from self.copy.records()

    def sha256(self) -> str:
        """Digest of the stored bytes."""
        return self.copy.sha256()


@contextmanager
def _renaming(path: Path, location: str) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise InputError(str(error).replace(str(path), location)) from error
