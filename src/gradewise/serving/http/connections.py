"""Connections that cannot be held open by sending or reading little, nor fill the memory by sending much."""

import asyncio
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from gradewise.serving.http.plain_heads import head_bytes, plain_head
from gradewise.serving.limits import Limits

BEYOND = 4
"""One for so many connections may be open besides, to be told that there are too many."""
_TOO_LARGE = b"request line and headers are too long"
_TOO_SLOW = b"the headers did not arrive in time"
_UNREADABLE = "Invalid HTTP request received."


class _TooLongError(Exception):
    """Request line and headers came at once, and are too long."""


class GuardedProtocol(HttpToolsProtocol):
    """One connection: uvicorn's, with bounds on how long headers may be, and on how long a client may take.

    Uvicorn's own time limit begins after the first answer, ends with the next byte, and its parser takes
    headers of any length. Its own limit of connections refuses everybody while there are too many; here
    those are refused who came too late, and the others are answered. But for while a request is answered,
    where what answers bounds how long its body may take, a clock of the client's always runs.

    Its parser ends at a request that offers another protocol, such as HTTP/2, which clients in Java do of
    their own accord: what follows would be lost, or taken for another request. Such an offer is passed over.
    """

    limits = Limits()
    """What a client may take."""

    def __init__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any], **rest: Any
    ) -> None:
        super().__init__(config, server_state, app_state, **rest)
        self._timer: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._in_headers, self._in_request, self._n_bytes, self._n_last = True, True, 0, 0
        self._switching: bytes | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Expect headers from now on; who is one too many is told so when they are there."""
        super().connection_made(transport)  # type: ignore[arg-type]
        most, n = self.limits.connections, len(self.connections)
        if n > most + max(1, most // BEYOND):
            transport.abort()  # type: ignore[attr-defined]  # even those who are only told cost a descriptor
            return
        self.limit_concurrency = 0 if n > most else None
        self._keep_time()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers."""
        self._stop_timer()
        self._stop_expecting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before the headers end."""
        self._n_last = len(data)
        if self._in_headers:
            self._n_bytes += len(data)
        self._unset_keepalive_if_required()
        self._parse(data)
        if self._in_headers and self._n_bytes > self.limits.header_bytes:
            self._refuse(b"431 Request Header Fields Too Large", _TOO_LARGE)
        else:
            self._keep_time()

    def _parse(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as switch:
            if self._switching is not None:
                self._go_on_plainly(data[switch.args[0] :])
        except httptools.HttpParserError as error:
            if isinstance(error.__context__, _TooLongError):
                self._refuse(b"431 Request Header Fields Too Large", _TOO_LARGE)
            else:
                self.send_400_response(_UNREADABLE)

    def _go_on_plainly(self, rest: bytes) -> None:
        """Read a request anew, without the protocol that it offered: a parser that met an offer has ended."""
        head, self._switching = self._switching or b"", None
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's
        self._parse(head + rest)

    def on_message_begin(self) -> None:
        """A request begins, perhaps within what was just received."""
        self._in_headers, self._in_request, self._n_bytes = True, True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Headers are over."""
        self._in_headers = False
        if max(self._n_bytes, self._n_last) > self.limits.header_bytes < head_bytes(self.url, self.headers):
            raise _TooLongError
        method = self.parser.get_method()
        if self.parser.should_upgrade() and method != b"CONNECT":
            version = self.parser.get_http_version()
            self._switching = plain_head(method, self.url, version, self.headers)
        else:
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """A request is over; the next one begins with its first byte."""
        if self._switching is not None:  # it is read anew
            return
        super().on_message_complete()
        self._in_headers, self._in_request, self._n_bytes = True, False, 0

    def on_response_complete(self) -> None:
        """An answer is given: from here on it is the client's turn again, to read it and to go on."""
        super().on_response_complete()
        if not self.flow.write_paused:
            self._expect_reader()
        self._keep_time()

    def pause_writing(self) -> None:
        """Much of an answer waits to be read."""
        super().pause_writing()
        self._expect_reader()

    def resume_writing(self) -> None:
        """Most of it was."""
        self._expect_reader()
        super().resume_writing()

    def _keep_time(self) -> None:
        """See that a clock runs wherever it is the client's turn.

        One for the headers of a request, and for what is left of it after its answer; or else uvicorn's, for
        another request.
        """
        if self.cycle is not None and not self.cycle.response_complete:  # type: ignore[redundant-expr]  # not before a request
            self._stop_timer()
        elif self._in_request or self._n_bytes:
            if self._timer is None:
                self._timer = self.loop.call_later(self.limits.headers_within_s, self._too_slow)
        else:
            self._stop_timer()
            if self.timeout_keep_alive_task is None and not self.transport.is_closing():
                # Something came after the answer that was no request yet, such as the rest of its body.
                self.timeout_keep_alive_task = self.loop.call_later(
                    self.timeout_keep_alive, self.timeout_keep_alive_handler
                )

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        if self._in_headers:
            self._refuse(b"408 Request Timeout", _TOO_SLOW)
        else:  # was answered already
            self.transport.close()

    def _expect_reader(self) -> None:
        """Give up a client that leaves unread what waits for it now."""
        self._stop_expecting()
        if self.transport.get_write_buffer_size():
            self._unread = self.loop.call_later(self.limits.idle_s, self._give_up_reader)

    def _stop_expecting(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _give_up_reader(self) -> None:
        # Nobody says when the last of an answer has gone out, so that it may have by now.
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def _refuse(self, status: bytes, said: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(
                b"HTTP/1.1 " + status + b"\r\ncontent-type: text/plain\r\nconnection: close\r\n"
                b"content-length: " + str(len(said)).encode() + b"\r\n\r\n" + said
            )
            self._expect_reader()
            self.transport.close()


def guarded_protocol(limits: Limits) -> type[asyncio.Protocol]:
    """The protocol of connections with these limits."""
    return type("GuardedProtocol", (GuardedProtocol,), {"limits": limits})
