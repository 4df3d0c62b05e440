"""A service that answers in a thread of the test's process, with an event loop of its own."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import uvloop

START_WITHIN_S = 60.0

Started = TypeVar("Started")
Announce = Callable[[Started], asyncio.Event]
"""Says that the service is up, and gives what ends it."""


def nothing_held(_started: object) -> None:
    """Let go of nothing: the service ends by itself what it holds."""


@contextmanager
def in_a_thread(
    serve: Callable[[Announce[Started]], Awaitable[None]],
    release: Callable[[Started], object] = nothing_held,
) -> Iterator[Started]:
    """What a service announces when it is up, until the block ends; its failure is the test's.

    Args:
        serve: runs until the event is set that `Announce` gives.
        release: lets go, from this thread, of whatever the service still holds back.
    """
    started: list[Started] = []
    up, failed = threading.Event(), list[BaseException]()
    stops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    def announce(what: Started) -> asyncio.Event:
        stop = asyncio.Event()
        stops.append((asyncio.get_running_loop(), stop))
        started.append(what)
        up.set()
        return stop

    async def served() -> None:
        await serve(announce)

    def run() -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(served())
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
        release(started[0])
        loop, stop = stops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(START_WITHIN_S)
        assert not thread.is_alive()
        assert not failed
