"""What may be done about the models of one name: decided from the state as it is, written at once or not.

Each function takes the state of a name and says what changes; the database calls it while nobody else can
change that name, and writes what it says with one line of the audit trail.
"""

from dataclasses import dataclass
from datetime import datetime

from gradewise.registry.records import ModelRecord, NewModel, StageChange
from gradewise.registry.stages import ActKind, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, when and why."""

    id: str
    """Of the act: a UUID. An act that is told twice under one id is done once."""
    by: str
    """Who."""
    at: datetime
    """When, with its zone."""
    reason: str = ""
    """Why, in words."""
    correlation_id: str = ""
    """Leads to what is logged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameState:
    """Everything that is known of one name."""

    name: str
    """Of the models."""
    serial: int
    """How much was done under it so far; 0 for a name that is new."""
    models: tuple[ModelRecord, ...]
    """Its models, newest first by serial, those whose bundle was deleted among them."""
    changes: tuple[StageChange, ...]
    """What was done, newest first by serial."""

    @property
    def production(self) -> ModelRecord | None:
        """The model in use."""
        return next((model for model in self.models if model.stage == "production"), None)

    @property
    def staged(self) -> ModelRecord | None:
        """The model in staging that came there last."""
        latest = {change.model_id: change.serial for change in reversed(self.changes)}
        staged = [model for model in self.models if model.stage == "staging"]
        return max(staged, key=lambda model: latest.get(model.id, 0), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is written: one model changes, perhaps another makes room, and one line says so."""

    actor: Actor
    """Who acts."""
    kind: ActKind
    """What is done."""
    model_id: str
    """About which model."""
    from_stage: Stage | None
    """Where it was."""
    to_stage: Stage
    """Where it goes."""
    new: NewModel | None = None
    """The model that is registered; for acts of kind ``register`` alone."""
    replaced_id: str | None = None
    """The model that goes to ``archived`` to make room."""
    pruned: bool = False
    """Whether the model has no bundle from now on."""
    override: str | None = None
    """Why gates that were not passed do not count."""
    gate_report_id: str | None = None
    """What gates said."""
