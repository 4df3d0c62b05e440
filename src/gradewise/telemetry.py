"""What long work reports while it runs: to a listener, never to a terminal.

Use cases tell a listener. What has none, since its port has no place for one, such as an adapter that tries a
database again, writes to the logger of its module: ``logging.getLogger(__name__)``. Both come out as the same
structured log where somebody asked for one, see `gradewise.settings.Observability`.
"""

import secrets
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from gradewise.errors import GateError, GradewiseError, UnavailableError
from gradewise.service_events import (
    AccessRefused,
    BatchFinalized,
    CorrectionTaken,
    EssaysScored,
    ModelReloaded,
    RequestAnswered,
    ScoreLogChanged,
    ScoringFailed,
    ShadowEnded,
)
from gradewise.work_events import (
    ActEnded,
    CommandBegan,
    CommandEnded,
    DatasetStep,
    DriftMeasured,
    EssaysRead,
    GatesJudged,
    Outcome,
    RunBegan,
    RunEnded,
    SearchAdvanced,
    StepTaken,
)

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
    | ScoreLogChanged
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
