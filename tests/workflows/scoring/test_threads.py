"""Threads that models are called in: one that hangs is left behind with what it took."""

import asyncio
import threading
from functools import partial

import pytest

from gradewise.errors import UnavailableError
from gradewise.workflows.scoring.failures import HangsError
from gradewise.workflows.scoring.threads import Threads


def _told(begun: threading.Event, gate: threading.Event) -> bool:
    """Say that it has begun, and wait."""
    begun.set()
    return gate.wait()


def test_work_is_done_elsewhere_and_told() -> None:
    """What comes of it, also when that is an error; nothing begins after the end."""

    async def go() -> None:
        threads, own = Threads(1), threading.get_ident()
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


def test_what_nobody_waits_for_is_not_begun() -> None:
    """Given up while others are at work, or still waiting at the end."""

    async def go() -> list[str]:
        threads, gate, done = Threads(1), threading.Event(), list[str]()
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
        threads, gate, begun = Threads(2), threading.Event(), threading.Event()
        await threads.read(int)
        before = threads.hang(after_s=0)

        hanging = threads.read(partial(_told, begun, gate))
        await asyncio.to_thread(begun.wait)
        among = [each for each in threading.enumerate() if each.name == "reading"]
        assert all(each.daemon for each in among)
        found = before, threads.hang(after_s=0), threads.hang(after_s=3600)
        gate.set()
        await hanging
        assert not threads.hang(after_s=0)
        threads.close()
        return found

    assert (False, True, False) == asyncio.run(go())


def test_where_every_thread_hangs_nothing_is_begun() -> None:
    """One that hangs takes its own thread; what the others are for goes on; all is well again afterwards."""

    async def go() -> list[bool]:
        threads, gate = Threads(2, hangs_s=0.0), threading.Event()
        begun = [threading.Event() for _ in range(2)]
        first = threads.read(partial(_told, begun[0], gate))
        await asyncio.to_thread(begun[0].wait)
        lost = [threads.are_lost]
        second = threads.read(partial(_told, begun[1], gate))
        await asyncio.to_thread(begun[1].wait)
        lost.append(threads.are_lost)
        for ask in (lambda: threads.read(int), threads.require_readers):
            with pytest.raises(HangsError, match="every thread for reading.*started again"):
                ask()
        assert 0 == await threads.answer(int)
        gate.set()
        await asyncio.gather(first, second)
        threads.require_readers()
        assert 0 == await threads.read(int)
        return [*lost, threads.are_lost]

    assert [False, True, False] == asyncio.run(go())


def test_an_end_waits_for_what_is_being_done_and_for_nothing_that_hangs() -> None:
    """As long as it is told to, and no longer."""

    async def go() -> tuple[bool, bool]:
        threads, gate, begun = Threads(1), threading.Event(), threading.Event()
        hanging = threads.answer(partial(_told, begun, gate))
        await asyncio.to_thread(begun.wait)
        threads.close()
        early = threads.join(within_s=0.0)
        gate.set()
        late = await asyncio.to_thread(threads.join)
        assert await hanging
        return early, late

    assert (False, True) == asyncio.run(go())
