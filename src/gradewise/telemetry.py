"""What long work reports while it runs: to a listener, never to a terminal."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_correlation: ContextVar[str] = ContextVar("correlation", default="")


def correlation_id() -> str:
    """Names what a command does, in every log line, run and audit line that comes of it; may be empty."""
    return _correlation.get()


@contextmanager
def correlated(correlation: str | None = None) -> Iterator[str]:
    """Give everything that happens in the block one correlation id: this one, or a new one."""
    token = _correlation.set(correlation or uuid.uuid4().hex)
    try:
        yield _correlation.get()
    finally:
        _correlation.reset(token)


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


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step of a sequence that can be gone on with has been taken: from here on it counts."""

    sequence: str
    """Of which: ``register``, ``promote`` …"""
    step: str
    """Which: ``stored``, ``recorded`` …"""
    subject: str
    """About what."""


Event = StageStarted | StageAdvanced | StageFinished | StepTaken | Notice
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
