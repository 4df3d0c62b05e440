"""What every table file needs: digest, decompression, encoding, errors in our words, distinct columns."""

import gzip
import hashlib
import zlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from gradewise.errors import InputError
from gradewise.essays.bad_rows import BadRow
from gradewise.essays.suggestions import quotable

_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


class TableFile(ABC):
    """What files of essays have alike, whatever their form: an `EssaySource` but for columns and records.

    A form says what its `columns` are and yields its `records`; both read the file when they are asked.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def location(self) -> str:
        """The path."""
        return str(self._path)

    @property
    def notices(self) -> tuple[str, ...]:
        """What a user should know about how the file was read: nothing."""
        return ()

    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """Column names, in order."""

    @abstractmethod
    def records(self) -> Iterator[Mapping[str, str] | BadRow]:
        """Rows in order, malformed ones told in their place; what is absent is empty."""

    def rows(self) -> Iterator[Mapping[str, str]]:
        """Rows in order, up to the first that is malformed."""
        return _sound_rows(self.records(), self.location)

    def sha256(self) -> str:
        """Digest of the stored bytes."""
        return file_sha256(self._path)


def file_sha256(path: Path) -> str:
    """Digest of the bytes as stored: 64 hex digits.

    Raises:
        InputError: the file cannot be read.
    """
    with reading(path), path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def open_bytes(path: Path) -> BinaryIO:
    """The content, decompressed when the name ends in ``.gz``; use within `reading`."""
    return cast("BinaryIO", gzip.open(path)) if path.suffix.lower() == ".gz" else path.open("rb")


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say in our words what goes wrong while a file is read.

    Raises:
        InputError: it is absent, a directory, not permitted, or damaged.
    """
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; check the path") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a directory; name the file in it") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{path} is damaged and cannot be decompressed; fetch it again") from error
    except UnicodeError as error:
        raise InputError(f"{path} is not sound {_encoding_of(error)}; save the file as UTF-8") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error


def detect_encoding(path: Path) -> str:
    """The encoding of a text file: ``utf-8-sig``, ``utf-16``, or ``cp1252`` as older spreadsheets write.

    UTF-8 is what decodes as such. A file that does not, and in which no line with other than ASCII is
    sound UTF-8, is taken for Windows-1252; if some lines are, the file is UTF-8 with damaged lines.

    Raises:
        InputError: it cannot be read.
    """
    sound, faults, windows = 0, 0, True
    with reading(path), open_bytes(path) as handle:
        for number, line in enumerate(handle, start=1):
            if number == 1 and line.startswith(_BYTE_ORDER_MARKS):
                return "utf-16"
            if line.isascii():
                continue
            try:
                line.decode()
                sound += 1
            except UnicodeDecodeError:
                faults += 1
                windows = windows and _is_windows(line)
    return "cp1252" if faults and sound == 0 and windows else "utf-8-sig"


def _is_windows(line: bytes) -> bool:
    try:
        line.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return True


def _encoding_of(error: UnicodeError) -> str:
    return error.encoding.upper() if isinstance(error, UnicodeDecodeError) else "text"


def _sound_rows(records: Iterable[Mapping[str, str] | BadRow], location: str) -> Iterator[Mapping[str, str]]:
    """The rows of a file up to its end, or to the first that is malformed.

    Raises:
        InputError: one is; the message names its place.
    """
    for record in records:
        if isinstance(record, BadRow):
            raise InputError(f"{location}, {record}")
        yield record


def require_distinct(columns: Sequence[str], location: str) -> None:
    """Pass when no column name occurs twice.

    Raises:
        InputError: one does.
    """
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        raise InputError(f"{location} names column {quotable(twice[0])!r} twice; rename one")
