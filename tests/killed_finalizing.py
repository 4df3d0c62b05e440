"""Batches that are made final by processes that are killed at one step after another, or by many at once.

A program of its own, so that it can fork: it imports everything once, and has no thread when it does.
``python tests/killed_finalizing.py URL`` prints what came of it as JSON.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.batches import open_batches
from gradewise.judgement.batches import BatchResult
from gradewise.telemetry import Event, silent
from gradewise.testing.judged import NOON, made_up_batch
from gradewise.testing.scripted import IDENTITY, ScriptedScoring
from gradewise.work_events import StepTaken
from gradewise.workflows.judge.finalize import FINALIZE, finalize

STEPS = ("merged", "kept")
"""Of those that are told while a batch becomes final: before and after anything is written."""
STATEMENTS = (2, 5)
"""Of those that insert something within the transaction: lock, head, essays, two events."""
MANY = 5
"""Processes at once."""


async def lay_out(url: str, *names: str) -> None:
    """Put batches into a database."""
    async with open_batches(read_address(url)) as batches:
        for name in names:
            await batches.add(made_up_batch(name, rounds=10), made_at=NOON)


async def make_final(
    url: str, name: str, hear: Callable[[Event], None] = silent, *, digest: str = IDENTITY.digest
) -> BatchResult:
    """Make a batch final by a model of this digest."""
    scoring = ScriptedScoring(identities=[replace(IDENTITY, digest=digest)])
    async with open_batches(read_address(url)) as batches:
        return await finalize(name, batches=batches, scoring=scoring, clock=lambda: NOON, listener=hear)


async def state(url: str, name: str) -> tuple[bool, int]:
    """Whether a batch is final, and how many events tell of it."""
    async with open_batches(read_address(url)) as batches:
        waiting = await batches.waiting_events()
        return await batches.result(name) is not None, sum(each.key == name for each in waiting)


def die_at(step: str, told: Event) -> None:
    """Be killed when a step is told."""
    if isinstance(told, StepTaken) and (told.sequence, told.step) == (FINALIZE, step):
        os.kill(os.getpid(), signal.SIGKILL)


def die_before(statement: int) -> None:
    """Be killed within the transaction, right before it inserts something for the n-th time."""
    seen = 0

    def count(*arguments: Any) -> None:
        nonlocal seen
        seen += str(arguments[2]).startswith("INSERT")
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)


def forked(work: Callable[[], object]) -> int:
    """A child that does something."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - a child must not go on as its parent
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        os._exit(0)
    return child


def ended(child: int) -> int:
    """How a child ended: below 0 by a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed(url: str, name: str, work: Callable[[], object]) -> tuple[int, bool, int]:
    """How a child ended that was to be killed, and what it left."""
    code = ended(forked(work))
    return (code, *asyncio.run(state(url, name)))


def make_final_and_say(url: str, digest: str, end: int) -> None:
    """Make a batch final, and write which model's grades were kept."""
    result = asyncio.run(make_final(url, "many", digest=digest))
    os.write(end, f"{result.model_digest}\n".encode())


def together(url: str) -> tuple[list[int], list[str]]:
    """How children ended that made a batch final at once, each by a model of its own, and what each got."""
    reading, writing = os.pipe()
    children = [forked(partial(make_final_and_say, url, f"{n:064x}", writing)) for n in range(MANY)]
    os.close(writing)
    codes = [ended(child) for child in children]
    with os.fdopen(reading) as said:
        return codes, said.read().splitlines()


def make_final_dying_at(url: str, step: str) -> None:
    """Make a batch final until a step is told."""
    asyncio.run(make_final(url, "steps", partial(die_at, step)))


def make_final_dying_before(url: str, statement: int) -> None:
    """Make a batch final until a statement is about to be done."""
    die_before(statement)
    asyncio.run(make_final(url, "statements"))


def main(url: str) -> None:
    """All of it."""
    asyncio.run(lay_out(url, "steps", "statements", "many"))
    came: dict[str, Any] = {
        "steps": {step: killed(url, "steps", partial(make_final_dying_at, url, step)) for step in STEPS},
        "within": [killed(url, "statements", partial(make_final_dying_before, url, n)) for n in STATEMENTS],
    }
    came["codes"], came["digests"] = together(url)
    names = ("steps", "statements", "many")
    came["again"] = {name: len(asyncio.run(make_final(url, name)).essays) for name in names}
    came["events"] = {name: asyncio.run(state(url, name))[1] for name in names}
    sys.stdout.write(json.dumps(came))


if __name__ == "__main__":
    main(sys.argv[1])
