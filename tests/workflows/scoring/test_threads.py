"""Threads of a model on trial: one that hangs is left behind with what it took."""

import asyncio
import threading
from collections.abc import Callable
from functools import partial

import pytest

from gradewise.errors import UnavailableError
from gradewise.workflows.scoring.threads import Threads, TrialThreads

MakeThreads = Callable[[int], Threads]


def _told(begun: threading.Event, gate: threading.Event) -> bool:
    """Say that it has begun, and wait."""
    begun.set()
    return gate.wait()


@pytest.mark.parametrize("make", [Threads, TrialThreads], ids=["usual", "trial"])
def test_work_is_done_elsewhere_and_told(make: MakeThreads) -> None:
    """What comes of it, also when that is an error; nothing begins after the end."""

    async def go() -> None:
        threads, own = make(1), threading.get_ident()
        found = await asyncio.gather(*(threads.read(threading.get_ident) for _ in range(3)))
        assert 1 == len({*found})
        assert own not in found
        with pytest.raises(ZeroDivisionError):
            await threads.answer(lambda: 1 // 0)
        threads.close()
        threads.close()
        with pytest.raises(UnavailableError, match="has ended"):
            threads.read(int)

    asyncio.run(go())


@pytest.mark.parametrize("make", [Threads, TrialThreads], ids=["usual", "trial"])
def test_what_nobody_waits_for_is_not_begun(make: MakeThreads) -> None:
    """Given up while others are at work, or still waiting at the end."""

    async def go() -> list[str]:
        threads, gate, done = make(1), threading.Event(), list[str]()
        first = threads.read(gate.wait)
        given_up, last = (threads.read(partial(done.append, name)) for name in ("a", "b"))
        given_up.cancel()
        await asyncio.sleep(0)  # so that the thread's own end of it hears
        gate.set()
        await asyncio.gather(first, last)
        held, begun = threading.Event(), threading.Event()
        busy = threads.read(partial(_told, begun, held))
        await asyncio.to_thread(begun.wait)
        late = threads.read(lambda: done.append("late"))
        threads.close()
        held.set()
        assert await busy
        with pytest.raises(asyncio.CancelledError):
            await late
        return done

    assert ["b"] == asyncio.run(go())


def test_work_that_does_not_end_is_seen_and_holds_no_process_up() -> None:
    """However much has ended before; Python waits for such threads at no end."""

    async def go() -> tuple[bool, bool, bool]:
        threads, gate, begun = TrialThreads(2), threading.Event(), threading.Event()
        await threads.read(int)
        before = threads.hang(after_s=0)

        hanging = threads.read(partial(_told, begun, gate))
        await asyncio.to_thread(begun.wait)
        among = [each for each in threading.enumerate() if each.name == "trial"]
        assert all(each.daemon for each in among)
        found = before, threads.hang(after_s=0), threads.hang(after_s=3600)
        gate.set()
        await hanging
        assert not threads.hang(after_s=0)
        threads.close()
        return found

    assert (False, True, False) == asyncio.run(go())
