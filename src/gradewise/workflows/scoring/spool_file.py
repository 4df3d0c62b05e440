"""A file of answers, a line each, that one process holds until it ends however it may."""

import base64
import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from gradewise.scores.records import ScoreDraft

DAMAGED = ".damaged"
"""What the name of a file ends in that was put aside, since not all of it could be read."""

_logger = logging.getLogger(__name__)


class SpoolFile:
    """Lines that are only ever added, each with its digest; several threads take turns outside."""

    def __init__(self, path: Path, descriptor: int) -> None:
        """Hold an open file that is locked; `is_damaged` once something in it could not be read."""
        self.path, self._descriptor = path, descriptor
        self._size, self._forgotten = os.fstat(descriptor).st_size, 0
        self.is_damaged = False

    @classmethod
    def take(cls, path: Path, *, make: bool = False) -> "SpoolFile | None":
        """Hold a file; ``None`` when another process does, or it is gone."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | (os.O_CREAT if make else 0), 0o600)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            gone = os.fstat(descriptor).st_nlink == 0  # whoever held it has removed it meanwhile
        except BlockingIOError:
            gone = True
        if gone:
            os.close(descriptor)
            return None
        return cls(path, descriptor)

    @property
    def size(self) -> int:
        """Bytes that it takes on the disk."""
        return self._size

    @property
    def is_empty(self) -> bool:
        """Whether nothing in it waits."""
        return self._size == self._forgotten

    def add(self, lines: bytes) -> None:
        """Add lines, all or none; on the disk when this returns."""
        try:
            _write_all(self._descriptor, lines)
            os.fsync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, self._size)
            raise
        self._size += len(lines)

    def try_room(self, n_bytes: int) -> None:
        """Write so much, and take it back."""
        try:
            _write_all(self._descriptor, bytes(n_bytes))
            os.fsync(self._descriptor)
        finally:
            os.ftruncate(self._descriptor, self._size)

    def read(self, most: int) -> tuple[tuple[ScoreDraft, ...], int]:
        """The first answers that wait, and where the last of them ends, in bytes."""
        drafts, end = list[ScoreDraft](), self._forgotten
        for line in self._lines():
            end += len(line)
            drafts += self._read(line)
            if len(drafts) == most:
                break
        return tuple(drafts), end

    def count(self) -> int:
        """How many answers wait."""
        return sum(len(self._read(line)) for line in self._lines())

    def forget(self, end: int) -> None:
        """Forget what waited up to there; the file itself stays as it is."""
        self._forgotten = end

    def empty(self) -> None:
        """Take everything out, of which nothing waits."""
        os.ftruncate(self._descriptor, 0)
        os.fsync(self._descriptor)
        self._size = self._forgotten = 0

    def remove(self) -> None:
        """Remove the file, or put it aside where not all of it could be read; and let go of it."""
        if self.is_damaged:
            self.path.rename(self.path.with_suffix(DAMAGED))
            _logger.warning("spool %s is damaged, and kept as %s", self.path.name, self.path.stem + DAMAGED)
        else:
            self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def _lines(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            file.seek(self._forgotten)
            yield from file

    def _read(self, line: bytes) -> list[ScoreDraft]:
        """The answer of a line; none of a damaged one, nor of the last when it was not finished."""
        if not line.endswith(b"\n"):
            return []
        try:
            return [draft_of(line[:-1])]
        except (ValueError, KeyError, TypeError):
            self.is_damaged = True
            return []


def line_of(draft: ScoreDraft) -> bytes:
    """An answer as a line: the digest of the rest, and the rest."""
    plain = asdict(draft) | {
        "made_at": draft.made_at.isoformat(),
        "values": base64.b64encode(draft.values).decode(),
    }
    written = json.dumps(plain, ensure_ascii=True, separators=(",", ":")).encode()
    return hashlib.sha256(written).hexdigest().encode() + b" " + written + b"\n"


def draft_of(line: bytes) -> ScoreDraft:
    """The answer of a line without its end.

    Raises:
        ValueError: it is not as it was written; `KeyError` and `TypeError` too.
    """
    checksum, _, written = line.partition(b" ")
    if hashlib.sha256(written).hexdigest().encode() != checksum:
        raise ValueError(len(line))
    plain: dict[str, Any] = json.loads(written)
    changed = {
        "made_at": datetime.fromisoformat(plain["made_at"]),
        "values": base64.b64decode(plain["values"]),
    }
    return ScoreDraft(**{**plain, **changed})


def _write_all(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
