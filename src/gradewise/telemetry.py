"""What long work reports while it runs: to a listener, never to a terminal."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StageStarted:
    """A stage of a use case begins."""

    stage: str
    """What is being done, for a reader."""
    total: int | None
    """How many units there are, when known."""
    unit: str
    """What one unit is: ``essays``, ``folds`` …"""


@dataclass(frozen=True, slots=True)
class StageAdvanced:
    """Some units of the running stage are done."""

    stage: str
    """The stage."""
    done: int
    """Units done so far, never falling."""


@dataclass(frozen=True, slots=True)
class StageFinished:
    """A stage has ended well."""

    stage: str
    """The stage."""
    seconds: float
    """Wall-clock time it took."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a user should know, in one line; holds no essay text."""

    message: str
    """The line."""


Event = StageStarted | StageAdvanced | StageFinished | Notice
Listener = Callable[[Event], None]


def silent(event: Event) -> None:
    """Hear nothing: the default listener."""


@contextmanager
def stage(
    listener: Listener, name: str, *, total: int | None = None, unit: str = ""
) -> Iterator[Callable[[int], None]]:
    """Report a stage around a block; the block gets a function that says how many units are done."""
    listener(StageStarted(name, total, unit))
    started = time.perf_counter()
    yield lambda done: listener(StageAdvanced(name, done))
    listener(StageFinished(name, time.perf_counter() - started))
