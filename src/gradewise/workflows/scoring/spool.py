"""The spool: answers that are given and cannot be logged yet, in a file of this process; no essay text.

Lines are only ever added, and are on the disk when `keep` returns. A line that was not finished, because the
machine stopped, or was damaged, is passed over: its answer was not given, or is lost alone.
"""

import base64
import fcntl
import hashlib
import json
import logging
import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from gradewise.errors import UnavailableError
from gradewise.scores.records import ScoreDraft

LIMIT_BYTES = 256 * 1024 * 1024
"""About a hundred thousand answers."""

ROOM_BYTES = 16 * 1024
"""Of some answers: what must be free before essays are taken again."""

_PATTERN = "*.spool"
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Spooled:
    """What waits in a spool at some moment."""

    drafts: tuple[ScoreDraft, ...]
    """Oldest first."""
    end: int
    """Where the last one ends in the file, in bytes."""


class Spool:
    """Keeps answers on disk until they are in the score log; safe for use by several threads."""

    def __init__(self, directory: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        """Keep answers in a directory, which several processes may share: each has a file of its own."""
        self._directory, self._limit = directory, limit_bytes
        self._lock = Lock()
        self._file: _Held | None = None
        self._forgotten = 0  # bytes of the file that the log has
        self._size = 0

    @property
    def is_empty(self) -> bool:
        """Whether no answer of this process waits."""
        return self._size == self._forgotten

    def keep(self, drafts: Sequence[ScoreDraft]) -> None:
        """Add answers, all or none; on the disk when this returns.

        Raises:
            UnavailableError: the spool is full, or cannot be written.
        """
        lines = b"".join(map(_line, drafts))
        with self._lock:
            self._require_limit(len(lines))
            with self._told():
                self._own().add(lines)
            self._size += len(lines)

    def require_room(self) -> None:
        """Pass where another answer or two could be kept: as much is written, and taken back.

        Raises:
            UnavailableError: as `keep`.
        """
        with self._lock:
            self._require_limit(ROOM_BYTES)
            with self._told():
                self._own().try_room(ROOM_BYTES)

    def waiting(self) -> Spooled:
        """The answers that wait."""
        with self._lock:
            if self._file is None:
                return Spooled((), 0)
            return Spooled(tuple(self._file.drafts(self._forgotten)), self._size)

    def forget(self, end: int) -> None:
        """Forget what waited up to there: the log has it.

        The file is emptied only when nothing is left in it, so that no crash loses what waits: a log takes
        what it has already as it was.
        """
        with self._lock:
            self._forgotten = end
            if self._file is not None and self._forgotten == self._size:
                self._file.empty()
                self._forgotten = self._size = 0

    def adopt(self) -> int:
        """Take over what processes left behind that have ended; how many answers.

        Raises:
            UnavailableError: as `keep`.
        """
        adopted = 0
        for path in sorted(self._directory.glob(_PATTERN)):
            held = _Held.take(path)
            if held is None or (self._file is not None and path == self._file.path):
                continue
            drafts = tuple(held.drafts(0))
            if drafts:
                self.keep(drafts)
            held.remove()
            adopted += len(drafts)
        return adopted

    def close(self) -> None:
        """Let go of the file, which goes away if nothing waits in it; may be called twice."""
        with self._lock:
            if self._file is not None:
                self._file.remove() if self.is_empty else self._file.close()
            self._file = None

    def _require_limit(self, n_bytes: int) -> None:
        if self._size + n_bytes > self._limit:
            raise UnavailableError(
                f"spool {self._directory} holds {self._size} of {self._limit} bytes; bring the score log back"
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UnavailableError(
                f"spool {self._directory} cannot be written ({error.strerror}); make room, or make it "
                "writable"
            ) from error

    def _own(self) -> "_Held":
        if self._file is None:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = _Held.take(self._directory / f"{uuid.uuid4().hex}.spool", make=True)
        if self._file is None:
            raise UnavailableError(f"spool {self._directory} is held by another process; give it its own")
        return self._file


class _Held:
    """A file of lines that this process holds, until it ends however it may."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path, self._descriptor = path, descriptor

    @classmethod
    def take(cls, path: Path, *, make: bool = False) -> "_Held | None":
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

    def add(self, lines: bytes) -> None:
        size = os.fstat(self._descriptor).st_size
        try:
            _write_all(self._descriptor, lines)
            os.fsync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, size)
            raise

    def try_room(self, n_bytes: int) -> None:
        size = os.fstat(self._descriptor).st_size
        try:
            _write_all(self._descriptor, bytes(n_bytes))
            os.fsync(self._descriptor)
        finally:
            os.ftruncate(self._descriptor, size)

    def drafts(self, start: int) -> Iterator[ScoreDraft]:
        for line in self.path.read_bytes()[start:].splitlines():
            try:
                yield _draft(line)
            except (ValueError, KeyError, TypeError):
                _logger.warning("spool %s: a damaged line is passed over", self.path.name)

    def empty(self) -> None:
        os.ftruncate(self._descriptor, 0)
        os.fsync(self._descriptor)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        os.close(self._descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def _line(draft: ScoreDraft) -> bytes:
    plain = asdict(draft) | {
        "made_at": draft.made_at.isoformat(),
        "values": base64.b64encode(draft.values).decode(),
    }
    written = json.dumps(plain, ensure_ascii=True, separators=(",", ":")).encode()
    return hashlib.sha256(written).hexdigest().encode() + b" " + written + b"\n"


def _draft(line: bytes) -> ScoreDraft:
    checksum, _, written = line.partition(b" ")
    if hashlib.sha256(written).hexdigest().encode() != checksum:
        raise ValueError(len(line))
    plain: dict[str, Any] = json.loads(written)
    changed = {
        "made_at": datetime.fromisoformat(plain["made_at"]),
        "values": base64.b64decode(plain["values"]),
    }
    return ScoreDraft(**{**plain, **changed})
