"""What clients get of the service itself: its models, and how it stands."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gradewise.serving.http.answers import ModelBody


class SlotBody(msgspec.Struct, kw_only=True, frozen=True):
    """A place for a model, and what is in it."""

    slot: Literal["champion", "challenger"]
    """Which place."""
    place: Annotated[str, Meta(description="Where it looks for models; empty for roles other than admin.")]
    """Where it looks for models."""
    model: ModelBody | None
    """What answers; nothing while there is none."""
    loaded_at: datetime | None
    """Since when."""
    looked_at: datetime | None
    """When another was looked for last."""
    refused: Annotated[
        str, Meta(description="Why the last one that was found is not used: a code; empty where it is.")
    ]
    """Why another was refused."""
    detail: Annotated[str, Meta(description="The same in words; empty for roles other than admin.")]
    """The same in words."""


class SlotsBody(msgspec.Struct, kw_only=True, frozen=True):
    """Which models answer."""

    slots: list[SlotBody]
    """Champion first."""


class ReloadedBody(msgspec.Struct, kw_only=True, frozen=True):
    """What came of looking for another model."""

    slot: Literal["champion", "challenger"]
    """Where."""
    outcome: Annotated[
        Literal["same", "swapped", "refused"],
        Meta(description="refused: another was found and is not used; the one before it still answers."),
    ]
    """What came of it."""
    reason: str
    """Why it was refused: a code."""
    detail: str
    """The same in words."""
    model: ModelBody | None
    """What answers now."""
    seconds: float
    """Time it took."""


class ReloadsBody(msgspec.Struct, kw_only=True, frozen=True):
    """What came of looking for other models."""

    reloads: list[ReloadedBody]
    """Champion first."""


class LiveBody(msgspec.Struct, kw_only=True, frozen=True):
    """The process answers."""

    status: Literal["alive"] = "alive"
    """That is all."""


class CheckBody(msgspec.Struct, kw_only=True, frozen=True):
    """One thing without which no essay can be graded."""

    check: str
    """Which."""
    passed: bool
    """Whether it is so."""
    detail: str
    """What was found."""


class ReadyBody(msgspec.Struct, kw_only=True, frozen=True):
    """Whether essays can be graded now."""

    status: Literal["ready", "not ready"]
    """In a word."""
    checks: list[CheckBody]
    """What it rests on."""


class ModelHealthBody(msgspec.Struct, kw_only=True, frozen=True):
    """How the model in production fares."""

    loaded: bool
    """Whether there is one."""
    version: str | None
    """Which version."""
    loaded_at: datetime | None
    """Since when."""
    error: str | None
    """Why it is not the newest one, or cannot grade; nothing when all is well."""


class HealthBody(msgspec.Struct, kw_only=True, frozen=True):
    """How the service fares."""

    status: Annotated[
        Literal["healthy", "degraded", "unhealthy"],
        Meta(
            description="degraded: grades come, but not from the newest model, or they are not "
            "written down where they belong. unhealthy: none come."
        ),
    ]
    """In a word."""
    timestamp: datetime
    """When it was asked."""
    ml_model: ModelHealthBody
    """The model."""
    score_log: Annotated[
        Literal["kept", "away", "unwritable", "off"],
        Meta(
            description="away: answers wait in a file until the database is back. unwritable: they "
            "cannot wait there either, such as on a full disk, and no essay is graded. off: none is kept."
        ),
    ]
    """What becomes of answers."""
