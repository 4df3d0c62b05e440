"""A directory of datasets: what lies there, who writes it, and whether it ends in the middle."""

import gzip
import hashlib
import json
import os
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from gradewise.adapters.table_file import open_bytes
from gradewise.errors import InputError, UnavailableError
from gradewise.protocols.watched_files import FileSeen

_PROCESSES = Path("/proc")
_WRITING = os.O_WRONLY | os.O_RDWR
_PARQUET = b"PAR1"
_PLACES = 12
"""Bytes that the shortest Parquet file has: its mark twice, and the length of what stands before the last."""


class WatchedDirectory:
    """The plain files of one directory; links and what lies deeper are passed over."""

    def __init__(self, path: Path) -> None:
        """Say which."""
        self._path = path

    def path(self, name: str) -> Path:
        """Where a file lies."""
        return self._path / name

    def files(self) -> tuple[FileSeen, ...]:
        """Every plain file as it is now, by name.

        Raises:
            InputError: the directory cannot be read.
        """
        try:
            with os.scandir(self._path) as entries:
                found = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
        except OSError as error:
            raise InputError(
                f"{self._path} cannot be read: {error.strerror}; name a directory of datasets"
            ) from error
        seen = (_seen(entry) for entry in sorted(found, key=lambda entry: entry.name))
        return tuple(each for each in seen if each is not None)

    def digest(self, name: str) -> str:
        """SHA-256 of a file: 64 hex digits.

        Raises:
            InputError: it is gone, or cannot be read.
            UnavailableError: it was written to meanwhile.
        """
        path = self._path / name
        try:
            with path.open("rb") as file:
                before = os.fstat(file.fileno())
                found = hashlib.file_digest(file, "sha256").hexdigest()
                after = os.fstat(file.fileno())
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}; put it back") from error
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise UnavailableError(f"{path} was written to while it was read; it waits")
        return found

    def is_held(self, name: str) -> bool | None:
        """Whether any process has a file open to write.

        Linux tells it of processes of the same user, and root of all; ``None`` where some could not be asked.
        """
        try:
            wanted = (self._path / name).stat()
        except OSError:
            return None
        told = [_holds(process, wanted) for process in _processes()]
        if any(told):
            return True
        return None if not told or None in told else False

    def why_cut_off(self, name: str) -> str | None:
        """Why a file seems to end in the middle, in words; ``None`` where it does not.

        A table of text must end with a line break, since half a row may look like a whole one; JSON Lines may
        end with a whole object instead. Parquet says so itself, and what is compressed too.
        """
        path = self._path / name
        try:
            return _why_cut_off(path)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return "cannot be decompressed to its end"
        except OSError:
            return "cannot be read"


def _seen(entry: os.DirEntry[str]) -> FileSeen | None:
    """A file as it is; ``None`` when it has gone meanwhile."""
    with suppress(OSError):
        found = entry.stat(follow_symlinks=False)
        return FileSeen(
            name=entry.name,
            size=found.st_size,
            changed_ns=found.st_mtime_ns,
            identity=(found.st_dev, found.st_ino),
        )
    return None


def _processes() -> Iterator[Path]:
    with suppress(OSError):
        yield from (path for path in _PROCESSES.iterdir() if path.name.isdigit())


def _holds(process: Path, wanted: os.stat_result) -> bool | None:
    """Whether a process has a file open to write; ``None`` when it may not be asked."""
    try:
        descriptors = list((process / "fd").iterdir())
    except PermissionError:
        return None
    except OSError:  # it has ended
        return False
    return any(_writes(process, descriptor, wanted) for descriptor in descriptors)


def _writes(process: Path, descriptor: Path, wanted: os.stat_result) -> bool:
    with suppress(OSError, ValueError):
        if not os.path.samestat(descriptor.stat(), wanted):
            return False
        told = (process / "fdinfo" / descriptor.name).read_text(encoding="ascii").splitlines()
        flags = next(line.split()[1] for line in told if line.startswith("flags:"))
        return bool(int(flags, 8) & _WRITING)
    return False


def _why_cut_off(path: Path) -> str | None:
    if path.stat().st_size == 0:
        return "is empty"
    bare = path.name.lower().removesuffix(".gz")
    if bare.endswith(".parquet"):
        return _parquet_cut_off(path)
    last = _last_line(path)
    if last.rstrip(b"\0").endswith((b"\n", b"\r")):
        return None
    if bare.endswith((".jsonl", ".ndjson")) and _is_object(last):
        return None
    return "ends amid a line" if bare.endswith((".csv", ".tsv", ".txt", ".jsonl", ".ndjson")) else None


def _parquet_cut_off(path: Path) -> str | None:
    with path.open("rb") as file:
        first = file.read(len(_PARQUET))
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - len(_PARQUET)))
        whole = size >= _PLACES and first == file.read() == _PARQUET
    return None if whole else "lacks its last part"


def _last_line(path: Path) -> bytes:
    """The last line; what is compressed is read to its end, where its checksum stands."""
    with open_bytes(path) as file:
        return b"".join(deque(file, maxlen=1))


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
