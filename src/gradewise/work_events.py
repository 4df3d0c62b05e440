"""What a command, a run or an act on a model reports; a listener of `gradewise.telemetry` hears it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gradewise.experiments import ExperimentEntry

Outcome = Literal["done", "refused", "not passed", "unavailable", "stopped", "failed"]
"""What became of a command or an act: only ``failed`` is a fault of gradewise itself."""


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
    """Texts, or those that a service answered, were held against what a model learnt from."""

    model: str
    """Its name; empty where texts were compared without one."""
    version: str = ""
    """Its version, where its answers were looked at; empty where texts of a file were."""
    verdict: Literal["alike", "slight", "drift", "too few"]
    """What follows of all checks together."""
    n_texts: int
    """Texts that were looked at."""
    checks: Mapping[str, int] = field(default_factory=dict)
    """How many checks came to each verdict."""
    moved: Mapping[str, float] = field(default_factory=dict)
    """How far single things have moved, 1 being the least that raises the alarm; the most moved."""
