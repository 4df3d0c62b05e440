"""What use cases need from the outside world, wired once by the composition root."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gradewise.errors import PlanError
from gradewise.protocols import Cache, Embedder, EssaySource, LanguageChecker
from gradewise.workflows.plan_embedder import EmbedderPlan

MakeChecker = Callable[[], LanguageChecker]


def no_embedder(plan: EmbedderPlan) -> Embedder:
    """Refuse to open a text model where nothing can.

    Raises:
        PlanError: always.
    """
    raise PlanError(f"text model {plan.model} cannot be opened here; use `features.set: handcrafted`")


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
    open_embedder: Callable[[EmbedderPlan], Embedder] = no_embedder
    """Opens a text model; its components are no concern of the model."""
    embedding_model: Path | None = None
    """Directory of the text model that bundles are used with, where they need one."""
