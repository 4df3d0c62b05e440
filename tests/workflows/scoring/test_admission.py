"""Places for reading: whoever leaves one without having read leaves it to the next."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from gradewise.errors import DeadlineError, UnavailableError
from gradewise.essays.records import Essay
from gradewise.testing.grading_models import MadeUpModel
from gradewise.workflows.scoring.admission import Admission, Lane
from gradewise.workflows.scoring.threads import Threads

ESSAY = Essay(id="one", text="some words")


def admitted(go: Callable[[Admission, Lane], Awaitable[None]]) -> None:
    """Do something where one text is read at a time."""

    async def _run() -> None:
        threads = Threads(1)
        try:
            admission = Admission(readers=1, most_waiting=1)
            await go(admission, admission.lane(threads))
        finally:
            threads.close()

    asyncio.run(_run())


def test_whoever_is_too_late_leaves_the_place_to_others() -> None:
    """However many come after their time is over, the next one is read."""

    async def go(admission: Admission, lane: Lane) -> None:
        now = asyncio.get_running_loop().time()
        for _late in range(2):
            with pytest.raises(DeadlineError, match="in time"):
                await admission.read(lane, MadeUpModel(), [ESSAY], deadline=now - 1)
        assert 1 == len(await admission.read(lane, MadeUpModel(), [ESSAY], deadline=now + 5))
        assert 0 == admission.admitted

    admitted(go)


def test_where_nothing_is_read_any_more_nobody_waits_for_it() -> None:
    """Each who asks after the end is told at once, and not at the end of his time."""

    async def go(admission: Admission, lane: Lane) -> None:
        lane.threads.close()
        deadline = asyncio.get_running_loop().time() + 5
        for _asked in range(2):
            with pytest.raises(UnavailableError, match="has ended"):
                await admission.read(lane, MadeUpModel(), [ESSAY], deadline=deadline)

    admitted(go)
