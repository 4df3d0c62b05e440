"""Connections that cannot be held open by sending little, nor fill the memory by sending much."""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from gradewise.serving.limits import Limits

BEYOND = 4
"""One for so many connections may be open besides, to be told that there are too many."""
_TOO_LARGE = b"request line and headers are too long"
_TOO_SLOW = b"the headers did not arrive in time"


class GuardedProtocol(HttpToolsProtocol):
    """One connection: uvicorn's, with bounds on how long headers may be, and may take.

    Uvicorn's own time limit begins after the first answer, and its parser takes headers of any length. Its
    own limit of connections refuses everybody while there are too many; here those are refused who came too
    late, and the others are answered.
    """

    limits = Limits()
    """What a client may take."""

    def __init__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any], **rest: Any
    ) -> None:
        super().__init__(config, server_state, app_state, **rest)
        self._timer: asyncio.TimerHandle | None = None
        self._in_headers, self._n_bytes = True, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Expect headers from now on; who is one too many is told so when they are there."""
        super().connection_made(transport)  # type: ignore[arg-type]
        most, n = self.limits.connections, len(self.connections)
        if n > most + max(1, most // BEYOND):
            transport.abort()  # type: ignore[attr-defined]  # even those who are only told cost a descriptor
            return
        self.limit_concurrency = 0 if n > most else None
        self._expect_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before the headers end."""
        if self._in_headers:
            self._n_bytes += len(data)
        super().data_received(data)
        if not self._in_headers or not self._n_bytes:
            return
        if self._n_bytes > self.limits.header_bytes:
            self._refuse(b"431 Request Header Fields Too Large", _TOO_LARGE)
        elif self._timer is None:  # mostly headers come at once
            self._expect_headers()

    def on_message_begin(self) -> None:
        """A request begins, perhaps within what was just received."""
        self._in_headers, self._n_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Headers are over."""
        self._in_headers = False
        self._stop_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """A request is over; the next one begins with its first byte."""
        super().on_message_complete()
        self._in_headers, self._n_bytes = True, 0

    def _expect_headers(self) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(self.limits.headers_within_s, self._too_slow)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._refuse(b"408 Request Timeout", _TOO_SLOW)

    def _refuse(self, status: bytes, said: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(
                b"HTTP/1.1 " + status + b"\r\ncontent-type: text/plain\r\nconnection: close\r\n"
                b"content-length: " + str(len(said)).encode() + b"\r\n\r\n" + said
            )
            self.transport.close()


def guarded_protocol(limits: Limits) -> type[asyncio.Protocol]:
    """The protocol of connections with these limits."""
    return type("GuardedProtocol", (GuardedProtocol,), {"limits": limits})
