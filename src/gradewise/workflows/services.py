"""What use cases need from the outside world, wired once by the composition root."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from gradewise.errors import MissingDependencyError, PlanError
from gradewise.protocols.experiments import ExperimentTracker, Studies
from gradewise.protocols.measuring import Cache, Embedder, LanguageChecker
from gradewise.protocols.tables import EssaySource, TableColumn, TableWriter
from gradewise.redaction import bare_addresses
from gradewise.workflows.plans.data import DataPlan
from gradewise.workflows.plans.embedder import EmbedderPlan
from gradewise.workflows.plans.research import TrackingPlan

PICKLES = (".pkl", ".pickle")
"""Suffixes of files that are opened only where a plan says so."""
MakeChecker = Callable[[], LanguageChecker]


def unwatched(_directory: Path) -> AbstractContextManager[None]:
    """Leave the process as it is: the default watch."""
    return nullcontext()


def untracked(_output: Path, _tracking: TrackingPlan) -> Sequence[ExperimentTracker]:
    """Write runs down nowhere but in their own directories: the default."""
    return ()


def no_studies() -> Studies:
    """Where nothing keeps studies."""
    raise MissingDependencyError("tuning needs optuna: pip install 'gradewise[tune]'")


def no_tables(path: Path, _columns: Sequence[TableColumn]) -> AbstractContextManager[TableWriter]:
    """Where nothing writes tables."""
    raise MissingDependencyError(f"writing {path.name} needs pyarrow: pip install 'gradewise[parquet]'")


def no_embedder(plan: EmbedderPlan) -> Embedder:
    """Refuse to open a text model where nothing can.

    Raises:
        PlanError: always.
    """
    raise PlanError(f"text model {plan.model} cannot be opened here; use `features.set: handcrafted`")


def no_pickle(path: Path) -> EssaySource:
    """Refuse to open a pickle where nothing can.

    Raises:
        PlanError: always.
    """
    raise PlanError(f"{path} is a pickle, which is not read here; save it as .parquet, .csv or .jsonl")


def no_texts(address: str, _most_bytes: int) -> AbstractContextManager[Path]:
    """Refuse to fetch where nothing leads to stores.

    Raises:
        PlanError: always.
    """
    raise PlanError(f"{bare_addresses(address)} cannot be read here; download it, and name the file")


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
    watch: Callable[[Path], AbstractContextManager[None]] = unwatched
    """Keeps what the process says and how it crashes in a run directory while a run goes on."""
    find_trackers: Callable[[Path, TrackingPlan], Sequence[ExperimentTracker]] = untracked
    """By output directory, and what the plan says of tracking."""
    command_line: str = ""
    """Exactly what was typed; empty when a program calls."""
    open_studies: Callable[[], Studies] = no_studies
    """Makes the keeper of studies; raises `MissingDependencyError` where its library is not installed."""
    study_database: str | None = field(default=None, repr=False)
    """SQLAlchemy URL of the database in which machines share studies; each run's own file when ``None``."""
    open_embedder: Callable[[EmbedderPlan], Embedder] = no_embedder
    """Opens a text model; its components are no concern of the model."""
    open_table: Callable[[Path, Sequence[TableColumn]], AbstractContextManager[TableWriter]] = no_tables
    """Writes a Parquet file; raises `MissingDependencyError` where its library is not installed."""
    open_pickle: Callable[[Path], EssaySource] = no_pickle
    """Opens a pickle of plain values; called through `open_data` alone, where a plan allows it."""
    fetch_texts: Callable[[str, int], AbstractContextManager[Path]] = no_texts
    """A copy of the file of texts at an address, of at most so many bytes, while the block lasts."""
    embedding_model: Path | None = None
    """Directory of the text model that bundles are used with, where they need one."""

    def open_data(self, path: Path, data: DataPlan) -> EssaySource:
        """Open a file that a plan names; a pickle only where the plan allows it.

        Raises:
            InputError: it is of no format that is read, or a pickle that the plan does not allow.
        """
        if data.allow_pickle and path.suffix.lower() in PICKLES:
            return self.open_pickle(path)
        return self.open_source(path)
