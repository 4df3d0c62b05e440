"""What clients get of the score log: answers, what waits of them, and what teachers decided."""

from datetime import datetime
from typing import Annotated, Any, Self

import msgspec
from msgspec import Meta

from gradewise.scores.records import Arm, Route, ScoreRecord
from gradewise.serving.http.answers import Digest, ModelBody
from gradewise.workflows.scoring.reviewing import Taken

URGENCY = (
    "In the review queue the higher comes first. From 2: an alert. From 1: a person must read it; exactly 1: "
    "drawn by chance. Below 1: the model is unsure. Of grades that are held back, what stands after the "
    "point is how unsure it is, 1 minus agreement."
)
"""What the number means."""


class RecordBody(msgspec.Struct, kw_only=True, frozen=True):
    """An answer as the score log holds it: without the essay."""

    score_id: str
    """Names it."""
    serial: Annotated[int, Meta(ge=1, description="Counts answers, without gaps.")]
    """Place in the chain."""
    made_at: datetime
    """When."""
    essay_id: str
    """Which essay."""
    text_sha256: Digest
    """Digest of its text."""
    grade: str
    """What was answered."""
    route: Route
    """What happens to the grade."""
    urgency: Annotated[float, Meta(ge=0, description=URGENCY)]
    """In the review queue the higher comes first."""
    model: ModelBody
    """Which model answered."""
    arm: Arm
    """In which role."""
    batch_id: str
    """Of which batch; empty for an essay of its own."""
    correlation_id: str
    """Names the request."""
    prediction: Annotated[dict[str, Any], Meta(description="Everything that was answered.")]
    """Everything that was answered."""
    digest: Annotated[str, Meta(description="Of this link of the chain: 64 hex digits.")]
    """Of this link."""

    @classmethod
    def of(cls, record: ScoreRecord) -> Self:
        """A record as clients see it."""
        draft = record.draft
        return cls(
            score_id=draft.id, serial=record.serial, made_at=draft.made_at, essay_id=draft.essay_id,
            text_sha256=draft.text_sha256, grade=draft.grade, route=draft.route, urgency=draft.urgency,
            model=ModelBody(name=draft.model_name, version=draft.model_version, digest=draft.model_digest),
            arm=draft.arm, batch_id=draft.batch_id, correlation_id=draft.correlation_id,
            prediction=msgspec.json.decode(draft.prediction, type=dict[str, Any]), digest=record.digest,
        )  # fmt: skip


class QueueBody(msgspec.Struct, kw_only=True, frozen=True):
    """What waits for a teacher."""

    n_review: Annotated[int, Meta(ge=0, description="Grades that are held back until somebody looks.")]
    """Held back."""
    n_audit: Annotated[int, Meta(ge=0, description="Released grades that chance drew for a look.")]
    """Drawn by chance."""
    oldest: datetime | None
    """Since when the oldest waits."""
    days: Annotated[int, Meta(ge=0, description="Until all is looked at, if nothing more comes.")] | None
    """How long it will take, where the capacity is known."""
    """Whether all was counted."""
    waiting: list[RecordBody]
    """The answers."""


class CorrectedBody(msgspec.Struct, kw_only=True, frozen=True):
    """What a teacher decided, as it is kept."""

    id: str
    """Names the correction."""
    score_id: str
    """Of the answer that was looked at."""
    essay_id: str
    """Which essay."""
    model_digest: Digest
    """The model that had graded it."""
    model_grade: str
    """What it had said."""
    grade: str
    """What the teacher says."""
    confirms: bool
    """Whether they agree."""
    corrected_by: str
    """Who decided."""
    corrected_at: datetime
    """When."""
    reason: str
    """Why."""
    already: Annotated[
        bool, Meta(description="Whether it had been decided so before: nothing was added.")
    ] = False
    """Whether it was there."""

    @classmethod
    def of(cls, taken: Taken) -> Self:
        """A correction as clients see it."""
        correction = taken.correction
        return cls(
            id=correction.id, score_id=correction.score_id, essay_id=correction.essay_id,
            model_digest=correction.model_digest, model_grade=correction.model_grade, grade=correction.grade,
            confirms=correction.confirms, corrected_by=correction.corrected_by,
            corrected_at=correction.corrected_at, reason=correction.reason, already=taken.already,
        )  # fmt: skip
