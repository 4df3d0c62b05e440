"""What keeps bundles, and what is known of models."""

from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from gradewise.experiments import ExperimentEntry
from gradewise.registry.acts import Act, NameState
from gradewise.registry.records import GateRecord, ModelRecord, RunSummary, StageChange


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
