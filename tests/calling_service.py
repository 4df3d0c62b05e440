"""A small service that is called by gRPC, in a thread of the test's process."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

from gradewise.serving.grpc.running import GrpcListening, answering_calls
from gradewise.serving.tokens import TokenFile
from small_service import SmallService, small_service

START_WITHIN_S = 60.0


@dataclass
class Called:
    """A service that answers calls."""

    address: str
    small: SmallService
    loop: asyncio.AbstractEventLoop

    def do(self, act: Callable[..., object], *what: Any) -> None:
        """Do something where the service runs."""
        self.loop.call_soon_threadsafe(act, *what)


@contextmanager
def called_service(
    directory: Path, listening: GrpcListening, tokens: TokenFile | None = None
) -> Iterator[Called]:
    """A service on a free port, until the block ends."""
    started: list[Called] = []
    up, stops, failed = threading.Event(), list[asyncio.Event](), list[BaseException]()

    async def serve() -> None:
        async with (
            small_service(directory) as small,
            answering_calls(small.serving, listening, tokens) as address,
        ):
            stops.append(asyncio.Event())
            started.append(Called(address, small, asyncio.get_running_loop()))
            up.set()
            await stops[0].wait()
            small.scores.held.set()

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
        started[0].do(stops[0].set)
        thread.join(START_WITHIN_S)
        assert not thread.is_alive()
        assert not failed
