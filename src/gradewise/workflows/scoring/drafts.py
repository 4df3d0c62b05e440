"""Answers as they are written down."""

from datetime import datetime

from gradewise.essays.records import Essay
from gradewise.essays.texts import text_sha256
from gradewise.scores.records import Arm, ScoreDraft
from gradewise.scores.routing import Routed
from gradewise.telemetry import correlation_id
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.kept_readings import values_to_bytes
from gradewise.workflows.scoring.models import GradingModel, Reading
from gradewise.workflows.scoring.prediction_json import prediction_to_json

UNSEEN = Routed("release", 0.0)
"""What happens to an answer in the shadow: nobody looks at it."""


def draft_of(
    score_id: str,
    essay: Essay,
    reading: Reading,
    prediction: Prediction,
    *,
    model: GradingModel,
    arm: Arm,
    routed: Routed,
    made_at: datetime,
    batch_id: str = "",
) -> ScoreDraft:
    """An answer with all that is needed to give it again; the text and the task as digests."""
    identity = model.identity
    return ScoreDraft(
        id=score_id,
        made_at=made_at,
        essay_id=essay.id,
        text_sha256=text_sha256(essay.text),
        task_sha256=text_sha256(essay.prompt_text) if essay.prompt_text else "",
        model_name=identity.name,
        model_version=identity.version,
        model_digest=identity.digest,
        arm=arm,
        reading_fingerprint=model.reading_fingerprint,
        values=values_to_bytes(reading.values),
        prediction=prediction_to_json(prediction),
        grade=prediction.grade,
        route=routed.route,
        urgency=routed.urgency,
        batch_id=batch_id,
        correlation_id=correlation_id(),
    )
