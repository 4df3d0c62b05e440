"""What use cases need from the outside world, wired once by the composition root."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gradewise.errors import MissingDependencyError
from gradewise.protocols import Cache, EssaySource, LanguageChecker, Studies

MakeChecker = Callable[[], LanguageChecker]


def no_studies() -> Studies:
    """Where nothing keeps studies."""
    raise MissingDependencyError("tuning needs optuna: pip install 'gradewise[tune]'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The ports, and the few facts about the machine that a run records."""

    open_source: Callable[[Path], EssaySource]
    """Opens a file of essays by its suffix."""
    find_checker: Callable[[str, str], MakeChecker | None]
    """By checker name and language; ``None`` when that checker does not know the language."""
    cache: Cache
    """Keeps measured features between runs."""
    workers: int | None
    """Processes that measure essays; ``None`` means one a core."""
    clock: Callable[[], datetime]
    """The time, with its zone."""
    versions: Mapping[str, str]
    """Of gradewise, Python and the libraries that shape results, and the git revision when there is one."""
    open_studies: Callable[[], Studies] = no_studies
    """Makes the keeper of studies; raises `MissingDependencyError` where its library is not installed."""
