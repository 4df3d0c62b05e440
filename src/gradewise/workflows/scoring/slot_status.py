"""How things stand with a model slot, and what came of a look for another model."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from gradewise.models.bundles.metadata import BundleMetadata
from gradewise.service_events import ModelReloaded
from gradewise.workflows.scoring.models import ModelIdentity
from gradewise.workflows.scoring.refusals import RefusalReason

SlotName = Literal["champion", "challenger"]
"""In which role a model answers."""
AskedBy = Literal["start", "watch", "signal", "request"]
"""Why another model is looked for."""
ReloadOutcome = Literal["same", "swapped", "refused"]
"""What came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A bundle that was wanted and is not served."""

    reason: RefusalReason
    """Why, as a code."""
    detail: str
    """The same in words."""
    at: datetime
    """When."""
    place: str
    """Where it lies."""
    version: str = ""
    """Its version, where that is known."""
    content_id: str = ""
    """Its content id, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotStatus:
    """How things stand with a slot."""

    slot: SlotName
    """Which."""
    place: str
    """Where it looks for models."""
    identity: ModelIdentity | None = None
    """The model that answers; ``None`` without one."""
    metadata: BundleMetadata | None = None
    """What is known of it."""
    loaded_at: datetime | None = None
    """Since when it answers."""
    serial: int | None = None
    """Of the manifest that spoke for it; ``None`` where none is asked for."""
    looked_at: datetime | None = None
    """When it was last looked whether another one is wanted."""
    refusal: Refusal | None = None
    """What is wanted instead and not served; ``None`` where what is wanted answers."""

    @property
    def stale(self) -> bool:
        """Whether another model should answer than does, or none does."""
        return self.identity is None or self.refusal is not None


def without_places(status: SlotStatus) -> SlotStatus:
    """The same for those who do not keep the machine: no directory of it is named."""
    refusal = None if status.refusal is None else replace(status.refusal, detail="", place="")
    return replace(status, place="", refusal=refusal)


def reloaded(status: SlotStatus, outcome: ReloadOutcome, asked_by: AskedBy, seconds: float) -> ModelReloaded:
    """What is told of a look that took so many seconds."""
    why = status.refusal if outcome == "refused" else None
    return ModelReloaded(
        slot=status.slot,
        asked_by=asked_by,
        outcome=outcome,
        reason="" if why is None else why.reason,
        detail="" if why is None else why.detail,
        model_name="" if status.identity is None else status.identity.name,
        model_version="" if status.identity is None else status.identity.version,
        model_digest="" if status.identity is None else status.identity.digest,
        trained_at="" if status.metadata is None else trained_at(status.metadata.version),
        seconds=seconds,
    )


def alike(before: Refusal | None, now: Refusal | None) -> bool:
    """Whether two refusals are of the same thing for the same reason, or neither is one."""
    if before is None or now is None:
        return before is now
    return (before.reason, before.place, before.content_id) == (now.reason, now.place, now.content_id)


def trained_at(version: str) -> str:
    """When a model was trained, as its version says: ISO 8601, UTC; empty where it says no such time.

    >>> trained_at("20260131_120000")
    '2026-01-31T12:00:00+00:00'
    """
    try:
        return datetime.strptime(version, "%Y%m%d_%H%M%S").replace(tzinfo=UTC).isoformat()
    except ValueError:
        return ""
