"""Every port on one screen: what gradewise asks of the outside world."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.source_queries import SourceRow
from gradewise.experiments import ExperimentEntry
from gradewise.features.findings import Finding
from gradewise.models.search import SearchSpace, Settings, Trial
from gradewise.registry.acts import Act, NameState
from gradewise.registry.records import GateRecord, ModelRecord, RunSummary, StageChange


@runtime_checkable
class LanguageChecker(Protocol):
    """Finds language errors in texts.

    Deterministic: the same text gives the same findings, whatever was checked before it.
    Not thread-safe: one instance per thread or process. Construction is cheap; `warm_up` is not.
    """

    @property
    def fingerprint(self) -> str:
        """Name, version and rule list, so that cached findings of another checker are not reused."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639-1 codes that it can check."""
        ...

    def warm_up(self) -> None:
        """Do now what would make the first check slow; may be called twice."""
        ...

    def check(self, text: str) -> tuple[Finding, ...]:
        """Findings ordered by ``(start, end)``, spans within the text, none empty; no text, no findings."""
        ...


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors that lie close together where texts are alike.

    Deterministic: a text has one vector, the same bytes whatever else is embedded with it or before it.
    Not thread-safe. Construction is cheap; `warm_up` is not.
    """

    @property
    def fingerprint(self) -> str:
        """Digest of model, tokens and pooling, so that vectors of another embedder are not reused.

        Raises:
            InputError: the model cannot be read.
        """
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def warm_up(self) -> None:
        """Do now what would make the first text slow; may be called twice."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts, in their order: shape ``(n, dimensions)``, finite; no text, no rows.

        No text is too long: what cannot be read at once is read in pieces, none of it left out.

        Raises:
            InputError: the model fails on a text.
        """
        ...

    def count_pieces(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """In how many pieces each text is read, 1 at least: shape ``(n,)``."""
        ...


@runtime_checkable
class Cache(Protocol):
    """Keeps bytes by key. Losing an entry is allowed; returning a wrong one is not.

    Safe for use by several processes at once; a damaged entry reads as absent.
    """

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The entries that are present; absent keys are left out."""
        ...

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        """Keep these entries, replacing older ones; all of them or none."""
        ...

    def close(self) -> None:
        """Release what is held; may be called twice."""
        ...


@runtime_checkable
class EssaySource(Protocol):
    """Yields the rows of a table, each a mapping from column name to text; may be read again."""

    @property
    def location(self) -> str:
        """Where the rows come from, for messages."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader should know about how it was read, such as its encoding; one line each."""
        ...

    def columns(self) -> tuple[str, ...]:
        """Column names, in order.

        Raises:
            InputError: it cannot be read, is empty, or names a column twice.
        """
        ...

    def rows(self) -> Iterator[Mapping[str, str]]:
        """Rows in order, streamed; an absent or null value is the empty string.

        Raises:
            InputError: a row is malformed; the message names its line.
        """
        ...

    def sha256(self) -> str:
        """Digest of the stored bytes: 64 hex digits."""
        ...


@runtime_checkable
class ExperimentTracker(Protocol):
    """Writes down what became of runs, so that they can be compared later.

    Safe for use by several processes at once, each of which may end at any moment: what was recorded before
    stays. A run is told when it begins, as ``running``, and when it has ended; one that was resumed is told
    again. Trackers of ended runs alone pass over what is ``running``.
    """

    def record(self, entry: ExperimentEntry) -> None:
        """Take down what a run has become.

        Raises:
            RunError: it could not be written; the run itself is none the worse.
        """
        ...


@runtime_checkable
class Study(Protocol):
    """Trials of one search, which threads and processes share.

    A finished trial never changes: what is said of it afterwards is not heard. Whatever cannot be written is
    a `TrainingError`.
    """

    def trials(self) -> tuple[Trial, ...]:
        """Every trial, by number."""
        ...

    def queue(self, settings: Sequence[Settings]) -> None:
        """Add waiting trials, numbered onwards; one process at a time may do so."""
        ...

    def claim(self) -> Trial | None:
        """Take the first waiting trial, which then runs and is nobody else's; ``None`` if none waits."""
        ...

    def report(self, number: int, step: int, loss: float) -> None:
        """Say a trial's loss on a fold; said again, the last counts."""
        ...

    def finish(self, number: int, loss: float | None, facts: Mapping[str, Any]) -> None:
        """Say what a trial came to, with further facts as JSON values; no loss is a trial given up."""
        ...

    def release(self, number: int) -> None:
        """Make a running trial wait again, as when whoever took it is gone."""
        ...

    def end(self) -> None:
        """Say that the search is over."""
        ...

    @property
    def ended(self) -> bool:
        """Whether somebody has said so."""
        ...


@runtime_checkable
class Studies(Protocol):
    """Keeps studies in databases, and proposes what to try."""

    def open(self, url: str, name: str, space: SearchSpace) -> Study:
        """The study of that name in a database, made when there is none; others in it are not touched.

        Raises:
            PlanError: the database cannot be reached.
        """
        ...

    def holds(self, url: str, name: str) -> bool:
        """Whether a database has a study of that name; nothing is made.

        Raises:
            PlanError: the database cannot be reached.
        """
        ...

    def suggest(self, space: SearchSpace, told: Sequence[Trial], n: int, seed: int) -> Sequence[Settings]:
        """Configurations to try after finished trials: the same arguments give the same ones, anywhere."""
        ...

    def close(self) -> None:
        """Release what is held; may be called twice."""
        ...


@runtime_checkable
class ArtifactStore(Protocol):
    """Keeps bundles by content, whole.

    A bundle is there when its signature is, which is written last: whatever was killed midway is not there,
    and is gone on with when the same bundle is put again. Safe for use by several processes and machines at
    once. Every method: `UnavailableError` when the store does not answer, denies access, or is full.
    """

    @property
    def location(self) -> str:
        """Where it is, without any secret."""
        ...

    def put(self, files: Mapping[str, bytes]) -> str:
        """Keep a signed bundle, read it back to be sure, and say its content id; done again, nothing happens.

        Raises:
            BundleError: the files are not what their signature says; nothing is kept.
        """
        ...

    def get(self, content_id: str) -> dict[str, bytes]:
        """The files of a bundle by name, each verified.

        Raises:
            BundleError: it is not there, or is damaged; the message names the file.
        """
        ...

    def holds(self, content_id: str) -> bool:
        """Whether a bundle is there; says nothing of damage."""
        ...

    def content_ids(self) -> frozenset[str]:
        """Every bundle that is there."""
        ...

    def place(self, content_id: str) -> str:
        """Where a bundle lies, or would lie: a path or an address."""
        ...

    def remove(self, content_id: str) -> None:
        """Forget a bundle, and what a killed `put` may have left of it; the signature goes first."""
        ...


@runtime_checkable
class ModelRegistry(Protocol):
    """Knows models, what was done about them, what gates said, and runs.

    Safe for use by many processes and machines at once; made and used within one event loop. Every method:
    `UnavailableError` when the database does not answer in time or is full, in which case nothing was
    changed; `RegistryError` when its tables are of another version than this gradewise.
    """

    async def act(self, name: str, decide: Callable[[NameState], Act | None]) -> StageChange | None:
        """Do something about the models of a name while nobody else can.

        `decide` gets the state as it is, and says what changes; that and its line of the audit trail are
        written at once, or nothing is. It must be pure: it is asked again when the database was interrupted,
        and what it raises reaches the caller. ``None`` changes nothing. An act whose id is in the audit trail
        is not done again.

        Returns:
            The line of the audit trail; ``None`` where nothing was changed.

        Raises:
            RegistryError: two models would be in production, or a version would be given twice.
        """
        ...

    async def state(self, name: str) -> NameState:
        """Everything about a name; one that is new has no models."""
        ...

    async def names(self) -> tuple[str, ...]:
        """Every name, in the order of the alphabet."""
        ...

    async def models(
        self, *, name: str | None = None, stage: str | None = None, limit: int | None = None
    ) -> tuple[ModelRecord, ...]:
        """Models, newest first: within a name by serial, across names by time of registration."""
        ...

    async def find_models(self, text: str) -> tuple[ModelRecord, ...]:
        """Models whose id or content id begins with a text, or whose version it is; newest first."""
        ...

    async def changes(self, *, name: str | None = None, limit: int | None = None) -> tuple[StageChange, ...]:
        """The audit trail, newest first: within a name by serial, across names by time."""
        ...

    async def add_gate_record(self, record: GateRecord) -> None:
        """Keep what gates said; told again, it stays once."""
        ...

    async def gate_records(self, content_id: str) -> tuple[GateRecord, ...]:
        """What gates said of a bundle, newest first."""
        ...

    async def record_run(self, entry: ExperimentEntry) -> None:
        """Keep what a run has become; a run is known by `ExperimentEntry.run_id`, its newest word counts."""
        ...

    async def runs(
        self, *, experiment: str | None = None, state: str | None = None, limit: int | None = None
    ) -> tuple[ExperimentEntry, ...]:
        """Runs, newest first by when they began; without their plans."""
        ...

    async def run_summary(self) -> tuple[RunSummary, ...]:
        """The runs of each command of each experiment, by experiment and command."""
        ...


@runtime_checkable
class EssayStream(Protocol):
    """Essays of a database as they were at one moment; made and used within one event loop."""

    @property
    def location(self) -> str:
        """Where the database is, without user, password and options."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader should know about how it is read; one line each."""
        ...

    @property
    def tables(self) -> Mapping[str, str]:
        """The tables that are read: what the query calls them, and what the database does."""
        ...

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Of `SourceRow.given`, in its order."""
        ...

    @property
    def n_in_table(self) -> int:
        """Rows of the main table."""
        ...

    @property
    def n_asked(self) -> int:
        """Those that the filters leave."""
        ...

    def rows(self) -> AsyncIterator[SourceRow]:
        """Rows by id, each id once, some at a time; may be asked for once.

        Raises:
            InputError: an id occurs twice, or a value is of the wrong kind.
            UnavailableError: the database does not answer any more, or not in time.
        """
        ...


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table that is written."""

    name: str
    """Unique among the columns."""
    holds: Literal["text", "number", "time"]
    """What stands in it."""


@runtime_checkable
class TableWriter(Protocol):
    """Writes a table as rows come; the file is there when the whole of it is."""

    def add(self, values: Sequence[Any]) -> None:
        """Take a row, one value a column; ``None`` is absent."""
        ...

    def describe(self, facts: Mapping[str, str]) -> None:
        """Keep facts about the table in the file, text by name; before the last row is asked for or after."""
        ...
