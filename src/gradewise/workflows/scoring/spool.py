"""The spool: answers that are given and cannot be logged yet, in a file of this process; no essay text.

Lines are only ever added, and are on the disk when `keep` returns. A line that was not finished, because the
machine stopped, is passed over: its answer was not given. One that was damaged is lost alone, and the file
that holds it is put aside once the rest is logged.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from gradewise.errors import UnavailableError
from gradewise.scores.records import ScoreDraft
from gradewise.workflows.scoring.spool_file import SpoolFile, line_of

LIMIT_BYTES = 256 * 1024 * 1024
"""About a hundred thousand answers."""

ROOM_BYTES = 16 * 1024
"""Of some answers: what must be free before essays are taken again."""

AT_ONCE = 500
"""Answers that are read at once, so that many that wait take no more memory than these."""

_PATTERN = "*.spool"


@dataclass(frozen=True, slots=True)
class Spooled:
    """The first of what waits in a spool at some moment."""

    drafts: tuple[ScoreDraft, ...]
    """Oldest first; there may be none where nothing could be read."""
    file: str
    """In which file they are; empty where nothing waits."""
    end: int
    """Where the last one ends in it, in bytes."""


class Spool:
    """Keeps answers on disk until they are in the score log; safe for use by several threads."""

    def __init__(self, directory: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        """Keep answers in a directory, which several processes may share: each has a file of its own."""
        self._directory, self._limit = directory, limit_bytes
        self._lock = Lock()
        self._file: SpoolFile | None = None
        self._left_behind: list[SpoolFile] = []  # by processes that have ended

    @property
    def is_empty(self) -> bool:
        """Whether no answer waits that is this process's to log."""
        return all(file.is_empty for file in self._held())

    def keep(self, drafts: Sequence[ScoreDraft]) -> None:
        """Add answers, all or none; on the disk when this returns.

        Raises:
            UnavailableError: the spool is full, or cannot be written.
        """
        lines = b"".join(map(line_of, drafts))
        with self._lock:
            self._require_limit(len(lines))
            with self._told():
                self._own().add(lines)

    def require_room(self) -> None:
        """Pass where another answer or two could be kept: as much is written, and taken back.

        Raises:
            UnavailableError: as `keep`.
        """
        with self._lock:
            self._require_limit(ROOM_BYTES)
            with self._told():
                self._own().try_room(ROOM_BYTES)

    def waiting(self, *, most: int = AT_ONCE) -> Spooled:
        """The first answers that wait; those of ended processes come before one's own."""
        with self._lock:
            file = next((file for file in self._held() if not file.is_empty), None)
            return Spooled((), "", 0) if file is None else _first_of(file, most)

    def forget(self, logged: Spooled) -> None:
        """Forget what waited: the log has it.

        A file is emptied only when nothing is left in it, so that no crash loses what waits: a log takes
        what it has already as it was.
        """
        with self._lock:
            for file in [file for file in self._held() if file.path.name == logged.file]:
                file.forget(logged.end)
                if file.is_empty:
                    self._let_go(file)

    def adopt(self) -> int:
        """Take over what processes left behind that have ended, where it lies; how many answers.

        Nothing is copied: the disk may be full of just these.

        Raises:
            UnavailableError: it cannot be read or written.
        """
        adopted = 0
        with self._lock, self._told():
            for path in sorted(self._directory.glob(_PATTERN)):
                file = SpoolFile.take(path)
                if file is None:
                    continue
                n = file.count()
                adopted += n
                if n:
                    self._left_behind.append(file)
                else:
                    file.remove()
        return adopted

    def close(self) -> None:
        """Let go of the files; one's own goes away if nothing waits in it. May be called twice."""
        with self._lock:
            for file in self._held():
                file.remove() if file.is_empty else file.close()
            self._file, self._left_behind = None, []

    def _held(self) -> list[SpoolFile]:
        return [*self._left_behind, *([] if self._file is None else [self._file])]

    def _let_go(self, file: SpoolFile) -> None:
        if file is self._file and not file.is_damaged:
            file.empty()
            return
        if file is self._file:
            self._file = None
        else:
            self._left_behind.remove(file)
        file.remove()

    def _require_limit(self, n_bytes: int) -> None:
        size = sum(file.size for file in self._held())
        if size + n_bytes > self._limit:
            raise UnavailableError(
                f"spool {self._directory} holds {size} of {self._limit} bytes; bring the score log back"
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

    def _own(self) -> SpoolFile:
        if self._file is None:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = SpoolFile.take(self._directory / f"{uuid.uuid4().hex}.spool", make=True)
        if self._file is None:
            raise UnavailableError(f"spool {self._directory} is held by another process; give it its own")
        return self._file


def _first_of(file: SpoolFile, most: int) -> Spooled:
    drafts, end = file.read(most)
    return Spooled(drafts, file.path.name, end)
