"""What the registry keeps: models, what was done about them, and what gates said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gradewise.registry.stages import ActKind, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class NewModel:
    """A model as it is registered; its bundle lies in the artifact store already."""

    id: str
    """Names this model and no other: a UUID, chosen by who registers."""
    model_name: str
    """Of the model; versions of one name replace each other."""
    version: str
    """When its bundle was made: ``YYYYMMDD_HHMMSS``; unique under its name."""
    content_id: str
    """Digest of its bundle: 64 hex digits."""
    model_path: str
    """Where the local copy of the bundle lies."""
    metrics: Mapping[str, Any] = field(default_factory=dict)
    """Figures with intervals by metric, as `interval_to_json` writes them; empty where none may be shown."""
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    """How it was grown."""
    feature_names: tuple[str, ...] = ()
    """What it reads, in order."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Whatever else is known, as JSON values: data, licence, scale, versions, run, copies, size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRecord:
    """A registered model."""

    id: str
    """Names this model and no other: a UUID."""
    model_name: str
    """Of the model; versions of one name replace each other."""
    version: str
    """When its bundle was made: ``YYYYMMDD_HHMMSS``; unique under its name."""
    content_id: str | None
    """Digest of its bundle: 64 hex digits; ``None`` for rows that were there before gradewise."""
    created_at: datetime
    """When it was registered, by the clock of who did it, which may have been wrong."""
    stage: Stage
    """Where it stands."""
    model_path: str
    """Where the local copy of the bundle lies."""
    serial: int
    """Counts what was done under its name: that of its registration. Orders models whatever clocks say."""
    metrics: Mapping[str, Any]
    """Figures with intervals by metric; empty where none may be shown."""
    hyperparameters: Mapping[str, Any]
    """How it was grown."""
    feature_names: tuple[str, ...]
    """What it reads, in order."""
    metadata: Mapping[str, Any]
    """Whatever else is known, as JSON values."""
    pruned_at: datetime | None = None
    """When its bundle was deleted; ``None`` while there is one."""

    @property
    def label(self) -> str:
        """How to call it."""
        return f"{self.model_name} {self.version}"

    @property
    def has_bundle(self) -> bool:
        """Whether its bundle is kept: it was registered with one, which was not deleted."""
        return self.content_id is not None and self.pruned_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChange:
    """A line of the audit trail; never changed, never deleted."""

    id: str
    """Names this act and no other: a UUID, chosen by who acts."""
    serial: int
    """Counts what was done under the name, from 1; the order of acts, whatever clocks say."""
    act: ActKind
    """What was done."""
    model_id: str
    """About which model."""
    model_name: str
    """Its name."""
    version: str
    """Its version."""
    from_stage: Stage | None
    """Where it was; ``None`` before it was registered."""
    to_stage: Stage
    """Where it is since."""
    replaced_id: str | None
    """The model that was in production until then and was archived."""
    changed_at: datetime
    """When."""
    changed_by: str
    """Who."""
    reason: str
    """Why, in words."""
    override: str | None
    """Why gates that were not passed did not count; ``None`` where none were overridden."""
    gate_report_id: str | None
    """What gates said; ``None`` for acts without gates."""
    correlation_id: str
    """Leads to what was logged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRecord:
    """What gates said of a bundle on some essays, once."""

    id: str
    """Names this report and no other: a UUID."""
    content_id: str
    """Of the bundle that was judged: 64 hex digits."""
    model_name: str
    """Its name."""
    version: str
    """Its version."""
    against: str | None
    """Content id of the bundle in production that it was held against; ``None`` without one."""
    made_at: datetime
    """When."""
    passed: bool
    """Whether every rule that counts was passed."""
    rules_digest: str
    """Digest of the rules: 64 hex digits."""
    data_sha256: str
    """Digest of the essays: 64 hex digits."""
    report: Mapping[str, Any]
    """The report as JSON values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """The runs of one command of one experiment."""

    experiment: str
    """The plan's name."""
    command: str
    """Which use case."""
    n: int
    """How many runs."""
    completed: int
    """How many ended well."""
    failed: int
    """How many failed."""
    metric: str | None
    """The figure that counts most; ``None`` where no run has one."""
    best: float | None
    """Its best value among completed runs: least for errors, greatest for all others."""
    latest_at: datetime
    """When the newest of them said something last."""
