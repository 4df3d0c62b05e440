"""What a watcher is given: a directory, what is done with datasets, time, and what is looked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from gradewise.protocols.watched_files import FileSeen
from gradewise.workflows.watching.names import AnyTable, Names
from gradewise.workflows.watching.standing import (
    Target,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDirectory:
    """What can be told of the directory that is watched."""

    files: Callable[[], Sequence[FileSeen]]
    """Every plain file in it; raises `InputError` where it cannot be read."""
    digest: Callable[[str], str]
    """SHA-256 of a file by name; raises `UnavailableError` where it changed meanwhile."""
    is_held: Callable[[str], bool | None]
    """Whether anybody has a file open to write; ``None`` where that cannot be told."""
    why_cut_off: Callable[[str], str | None]
    """Why a file seems to end in the middle; ``None`` where it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """What is done with a dataset. Each may raise any error of gradewise, and may be done twice."""

    train: Callable[[str, Path | None, Callable[[Path], None]], Path]
    """Trains on a file by name, going on with a run where one is named; tells the run as soon as it is there;
    gives its directory."""
    register: Callable[[Path], str]
    """Registers the model of a run: ``name:version``."""
    push: Callable[[Path], str]
    """Sends the model of a run to object storage: its address."""
    promote: Callable[[str, Target], None]
    """Brings a registered model to a stage; raises `GateError` where it does not pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clockwork:
    """Time, and whether it is time to stop."""

    now: Callable[[], datetime]
    """The time, with its zone."""
    monotonic: Callable[[], float]
    """Seconds that never go back."""
    wait: Callable[[float], object]
    """Waits so many seconds, or until it is time to stop."""
    stopping: Callable[[], bool]
    """Whether it is time to stop; asked between steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What is looked for, and how often."""

    names: Names = field(default_factory=AnyTable)
    """Which files are meant."""
    every_s: float = 10.0
    """Seconds between looks."""
    settle_s: float = 5.0
    """For how long a file must stay as it is to be whole."""
    once: bool = False
    """Whether to stop after what is there now."""
    retry: bool = False
    """Whether datasets that failed, or were held back, are tried once more."""
