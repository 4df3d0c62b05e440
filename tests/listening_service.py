"""A small service that listens on a port of this machine, in a thread of the test's process."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from gradewise.serving.http.running import Listening, answer_until_stopped, application, check_tokens, listen
from small_service import SmallService, small_service

START_WITHIN_S = 60.0


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
    started: list[Listener] = []
    up, failed = threading.Event(), []
    stops: list[asyncio.Event] = []

    async def serve() -> None:
        with listen(listening) as listener:
            async with small_service(directory) as small:
                app = application(small.serving, listening, check_tokens(listening))
                stops.append(asyncio.Event())
                started.append(Listener(listener.getsockname()[1], small, asyncio.get_running_loop()))
                up.set()
                await answer_until_stopped(
                    app, listener, listening.limits, reload=lambda: None, stop=stops[0]
                )

    def run() -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(serve())
        except BaseException as error:  # noqa: BLE001 - told to the test
            failed.append(error)
            up.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert up.wait(START_WITHIN_S)
    if failed:
        raise failed[0]
    try:
        yield started[0]
    finally:
        started[0].release()
        started[0].loop.call_soon_threadsafe(stops[0].set)
        thread.join(START_WITHIN_S)
        assert not thread.is_alive()
        assert not failed
