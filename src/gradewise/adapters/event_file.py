"""Events as lines of JSON at the end of a file."""

import asyncio
import json
from pathlib import Path

from gradewise.errors import UnavailableError
from gradewise.file_locks import locked
from gradewise.judgement.batch_events import envelope
from gradewise.judgement.batches import OutboxEvent
from gradewise.whole_files import append_whole


class EventFile:
    """An `EventPublisher` to a file, which is only ever added to, by several processes at once if need be."""

    def __init__(self, path: Path) -> None:
        """Write to a file, which is made with the first event."""
        self._path = path

    @property
    def location(self) -> str:
        """The path."""
        return str(self._path)

    async def publish(self, event: OutboxEvent) -> None:
        """Add a line; when this returns, it is on the disk.

        Raises:
            UnavailableError: the file cannot be written, or the disk is full; nothing was added.
        """
        line = json.dumps(envelope(event), ensure_ascii=False, allow_nan=False) + "\n"
        await asyncio.to_thread(self._append, line.encode())

    def _append(self, line: bytes) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with locked(self._path) as descriptor:
                append_whole(descriptor, line)
        except OSError as error:
            raise UnavailableError(
                f"{self._path} cannot be written: {error.strerror or error}; check the path, or make room"
            ) from error
