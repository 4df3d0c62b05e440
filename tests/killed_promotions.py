"""Production is exchanged beside a running service, by processes that are killed at one step after another.

A program of its own, so that it can fork: ``python tests/killed_promotions.py DIRECTORY PAUSE`` expects the
bundles ``1`` and ``2`` of one name in DIRECTORY and brings both to production, one after the other. Once a
line comes by standard input it goes back and forth between the two in children, each of which kills itself at
another step that is told, with a pause of so many seconds after each. It prints a line for each.
"""

import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from gradewise.telemetry import Event
from gradewise.work_events import StepTaken
from gradewise.workflows.registry.promote import promote
from gradewise.workflows.registry.register import register
from gradewise.workflows.registry.rollback import rollback
from gradewise.workflows.registry.services import RegistryServices
from lifecycle_trials import NAME, Place, judge_of

MOST_STEPS = 10
"""Children; two for each step."""


async def lay_out(services: RegistryServices, bundles: Path) -> None:
    """Two models; the second one is in production, where the first was before."""
    for name in "12":
        model = await register(services, bundles / name)
        for stage in ("staging", "production"):
            await promote(services, model, stage=stage, judge=judge_of(model))


async def go_back_and_die(services: RegistryServices, at: int) -> None:
    """Bring the other version back to production, and be killed at the n-th step that is told."""
    seen = 0

    def hear(event: Event) -> None:
        nonlocal seen
        if isinstance(event, StepTaken):
            seen += 1
            if seen > at:
                os.kill(os.getpid(), signal.SIGKILL)

    models = await services.registry.models(name=NAME)
    other = next(model for model in models if model.stage != "production")
    await rollback(services, NAME, to=other, listener=hear)


def in_child(place: Place, act: Callable[[RegistryServices], Awaitable[None]]) -> bool:
    """Act in a child; whether it was killed."""
    if pid := os.fork():
        return os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    place.within(act)
    os._exit(0)


def main(directory: Path, pause_s: float) -> None:
    """Kill an exchange at every step, twice."""
    place = Place(directory)
    in_child(place, partial(lay_out, bundles=directory))
    sys.stdout.write("laid out\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for at in range(MOST_STEPS):
        killed = in_child(place, partial(go_back_and_die, at=at // 2))
        sys.stdout.write("killed\n" if killed else "done\n")
        sys.stdout.flush()
        time.sleep(pause_s)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
