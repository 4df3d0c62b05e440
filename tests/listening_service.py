"""A small service that listens on a port of this machine, in a thread of the test's process."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gradewise.serving.http.running import Listening, answer_until_stopped, application, check_tokens, listen
from small_service import SmallService, small_service
from threaded_service import Announce, in_a_thread


@dataclass
class Listener:
    """A service that listens."""

    port: int
    small: SmallService
    loop: asyncio.AbstractEventLoop

    @property
    def url(self) -> str:
        """Where."""
        return f"http://127.0.0.1:{self.port}"

    def release(self) -> None:
        """Let essays called ``slow`` be graded."""
        self.loop.call_soon_threadsafe(self.small.scores.held.set)

    def hold(self) -> None:
        """Keep essays called ``slow`` waiting."""
        self.loop.call_soon_threadsafe(self.small.scores.held.clear)

    def connect(self) -> socket.socket:
        """A connection to it, for what no client would send."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


@contextmanager
def listening_service(directory: Path, listening: Listening) -> Iterator[Listener]:
    """A service on a free port, until the block ends."""

    async def serve(announce: Announce[Listener]) -> None:
        with listen(listening) as listener:
            async with small_service(directory) as small:
                app = application(small.serving, listening, check_tokens(listening))
                stop = announce(Listener(listener.getsockname()[1], small, asyncio.get_running_loop()))
                await answer_until_stopped(app, listener, listening.limits, reload=lambda: None, stop=stop)

    with in_a_thread(serve, release=Listener.release) as started:
        yield started
