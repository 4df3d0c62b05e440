"""A service whose model hangs for good ends by itself."""

import asyncio

import pytest

from gradewise.cli.service.hanging import LOOKS, ended_when_hanging
from gradewise.errors import UnavailableError


def test_a_service_ends_when_its_model_hangs_for_good() -> None:
    """Not at the first look that finds it so; the error says that it is to be started again."""
    looks = [True] * (LOOKS - 1) + [False] + [True] * LOOKS
    found = iter(looks)

    async def serve() -> int:
        stop = asyncio.Event()
        with pytest.raises(UnavailableError, match="the model hangs.*start it again"):
            async with ended_when_hanging(lambda: next(found), stop, every_s=0):
                await stop.wait()
        return len([*found])

    assert 0 == asyncio.run(serve())


def test_a_service_that_answers_ends_when_it_is_told_to() -> None:
    """Nothing is raised, and nobody goes on looking."""

    async def serve() -> bool:
        stop = asyncio.Event()
        async with ended_when_hanging(lambda: False, stop, every_s=0):
            await asyncio.sleep(0)
        assert {asyncio.current_task()} == asyncio.all_tasks()
        return stop.is_set()

    assert not asyncio.run(serve())
