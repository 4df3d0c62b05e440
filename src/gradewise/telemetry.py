"""What long work reports while it runs: to a listener, never to a terminal.

Use cases tell a listener. What has none, since its port has no place for one, such as an adapter that tries a
database again, writes to the logger of its module: ``logging.getLogger(__name__)``. Both come out as the same
structured log where somebody asked for one, see `gradewise.settings.Observability`.
"""

import secrets
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

from gradewise.errors import GateError, GradewiseError, UnavailableError
from gradewise.experiments import ExperimentEntry
from gradewise.service_events import (
    AccessRefused,
    BatchFinalized,
    CorrectionTaken,
    EssaysScored,
    ModelReloaded,
    RequestAnswered,
    ScoringFailed,
    ShadowEnded,
)

Outcome = Literal["done", "refused", "not passed", "unavailable", "stopped", "failed"]
"""What became of a command or an act: only ``failed`` is a fault of gradewise itself."""

MOST_FRAMES = 12
"""Of the stack of an error, innermost last."""

_correlation: ContextVar[str] = ContextVar("correlation", default="")


def correlation_id() -> str:
    """Names what a command does, in every log line, run and audit line that comes of it; may be empty."""
    return _correlation.get()


@contextmanager
def correlated(correlation: str | None = None) -> Iterator[str]:
    """Give everything that happens in the block one correlation id: this one, or a new one.

    Threads know it that run in a copy of the context; processes, when it is passed on to them, see
    `take_over`.
    """
    token = _correlation.set(correlation or secrets.token_hex(16))
    try:
        yield _correlation.get()
    finally:
        _correlation.reset(token)


def take_over(correlation: str) -> None:
    """Do what this process does from now on under another's correlation id: for worker processes."""
    _correlation.set(correlation)


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


@dataclass(frozen=True, slots=True)
class EssaysRead:
    """A source of essays has been read to its end."""

    source: str
    """What kind of source: ``csv``, ``parquet``, ``postgresql`` …; never where it is."""
    count: int
    """Essays that were taken in."""
    seconds: float
    """Wall-clock time it took."""


@dataclass(frozen=True, slots=True)
class SearchAdvanced:
    """A search for better settings has finished another trial."""

    search: str
    """Which search."""
    done: int
    """Trials that are finished."""
    total: int
    """Trials that there will be."""
    best_loss: float | None
    """Least loss so far; ``None`` before there is one, and where the terms of the data allow no figures."""


@dataclass(frozen=True, slots=True)
class RunBegan:
    """A run has begun, or goes on."""

    entry: ExperimentEntry
    """As trackers are told."""


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run has ended, well or not."""

    entry: ExperimentEntry
    """As trackers are told."""


@dataclass(frozen=True, slots=True)
class ActEnded:
    """Something was done about a registered model, or was refused."""

    act: str
    """What: ``register``, ``promote`` …"""
    subject: str
    """About which model."""
    outcome: Outcome
    """What became of it."""
    seconds: float
    """Wall-clock time it took."""
    error_type: str | None = None
    """Kind of the error that ended it."""
    reason: str | None = None
    """Why it was not done; ``None`` where the error is not one of gradewise's own, whose words may quote."""


@dataclass(frozen=True, slots=True)
class GatesJudged:
    """Gates have said whether a model may go on."""

    subject: str
    """Which model."""
    gates: str
    """Which gates: ``plan``, or the name of a preset."""
    passed: bool
    """Whether every rule that counts was passed."""
    short: tuple[str, ...] = ()
    """Metrics of the rules that were not."""


@dataclass(frozen=True, slots=True)
class CommandBegan:
    """A command begins."""

    command: str
    """As it is typed: ``train``, ``registry promote`` …"""


@dataclass(frozen=True, slots=True)
class CommandEnded:
    """A command has ended."""

    command: str
    """As it is typed."""
    outcome: Outcome
    """What became of it."""
    seconds: float
    """Wall-clock time it took."""
    error_type: str | None = None
    """Kind of the error that ended it."""
    reason: str | None = None
    """Why it ended; ``None`` where the error is not one of gradewise's own, whose words may quote."""
    stack: tuple[str, ...] = ()
    """Where such an error came from: ``file:line function``, innermost last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetStep:
    """A dataset that was found in a watched directory has come a step further."""

    dataset: str
    """Name of its file."""
    step: str
    """Which step, see `gradewise.workflows.watching.standing.Step`, or ``put off``."""
    sha256: str
    """Digest of its content."""
    run: str = ""
    """Directory of its run."""
    model: str = ""
    """The registered model: ``name:version``."""
    reason: str = ""
    """Why it failed, was held back or put off; holds no text of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftMeasured:
    """Texts were held against what a model learnt from."""

    model: str
    """Its name; empty where texts were compared without one."""
    verdict: Literal["alike", "slight", "drift", "too few"]
    """What follows of all checks together."""
    n_texts: int
    """Texts that were looked at."""
    checks: Mapping[str, int] = field(default_factory=dict)
    """How many checks came to each verdict."""
    moved: Mapping[str, float] = field(default_factory=dict)
    """How far single things have moved, 1 being the least that raises the alarm; the most moved."""


Event = (
    StageStarted
    | StageAdvanced
    | StageFinished
    | StepTaken
    | Notice
    | EssaysRead
    | SearchAdvanced
    | RunBegan
    | RunEnded
    | ActEnded
    | GatesJudged
    | DriftMeasured
    | CommandBegan
    | CommandEnded
    | EssaysScored
    | ShadowEnded
    | ScoringFailed
    | ModelReloaded
    | BatchFinalized
    | CorrectionTaken
    | RequestAnswered
    | AccessRefused
    | DatasetStep
)
Listener = Callable[[Event], None]


def silent(event: Event) -> None:
    """Hear nothing: the default listener."""


def all_hear(*listeners: Listener) -> Listener:
    """One listener for several; those that hear nothing are left out."""
    hearing = tuple(listener for listener in listeners if listener is not silent)
    if len(hearing) <= 1:
        return hearing[0] if hearing else silent

    def hear(event: Event) -> None:
        for listener in hearing:
            listener(event)

    return hear


def outcome_of(error: BaseException | None) -> Outcome:
    """What an error says of what it ended; none at all is ``done``."""
    match error:
        case None:
            return "done"
        case GateError():
            return "not passed"
        case UnavailableError():
            return "unavailable"
        case GradewiseError():
            return "refused"
        case KeyboardInterrupt() | SystemExit():
            return "stopped"
        case _:
            return "failed"


def reason_of(error: BaseException | None) -> str | None:
    """The words of an error of gradewise's own, or of the system; others may quote what they met."""
    if isinstance(error, OSError):
        return error.strerror
    return str(error) if isinstance(error, GradewiseError) else None


def stack_of(error: BaseException) -> tuple[str, ...]:
    """Where an error came from, without words and variables: ``file:line function``, innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    return tuple(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)


@contextmanager
def acting(listener: Listener, act: str, subject: str) -> Iterator[None]:
    """Report what became of an act on a registered model."""
    started, ended = time.perf_counter(), None
    try:
        yield
    except BaseException as error:
        ended = error
        raise
    finally:
        listener(
            ActEnded(
                act,
                subject,
                outcome_of(ended),
                time.perf_counter() - started,
                error_type=None if ended is None else type(ended).__name__,
                reason=reason_of(ended),
            )
        )


@contextmanager
def stage(
    listener: Listener, name: str, *, total: int | None = None, unit: str = ""
) -> Iterator[Callable[[int], None]]:
    """Report a stage around a block; the block gets a function that says how many units are done."""
    listener(StageStarted(name, total, unit))
    started = time.perf_counter()
    yield lambda done: listener(StageAdvanced(name, done))
    listener(StageFinished(name, time.perf_counter() - started))
