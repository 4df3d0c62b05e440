"""A small service that is called by gRPC, in a thread of the test's process."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradewise.serving.grpc.running import GrpcListening, answering_calls
from gradewise.serving.tokens import TokenFile
from small_service import SmallService, small_service
from threaded_service import Announce, in_a_thread


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

    async def serve(announce: Announce[Called]) -> None:
        async with (
            small_service(directory) as small,
            answering_calls(small.serving, listening, tokens) as address,
        ):
            await announce(Called(address, small, asyncio.get_running_loop())).wait()
            small.scores.held.set()

    with in_a_thread(serve) as called:
        yield called
