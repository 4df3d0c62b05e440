"""What others hear: grades, and why there is none; never an essay."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gradewise.errors import GradewiseError
from gradewise.judgement.batches import OutboxEvent
from gradewise.scores.records import ScoreDraft
from gradewise.serving.events.messages import SCHEMA_VERSION, SCORE_COMPLETED, derived_id
from gradewise.workflows.scoring.failures import failure_reason
from gradewise.workflows.scoring.prediction_json import prediction_record
from gradewise.workflows.scoring.requests import Scored


def completed_from_log(draft: ScoreDraft, *, request_id: str, correlation_id: str) -> OutboxEvent:
    """The answer as the score log holds it: however often it is told, it is the same."""
    data = {
        "score_id": draft.id,
        "essay_id": draft.essay_id,
        "grade": draft.grade,
        "prediction": json.loads(draft.prediction),
        "model": {
            "name": draft.model_name, "version": draft.model_version, "digest": draft.model_digest
        },
        "arm": draft.arm,
        "route": draft.route,
        "lacks": [],
    }  # fmt: skip
    return _event(SCORE_COMPLETED, request_id, data, correlation_id=correlation_id, at=draft.made_at)


def completed_unlogged(scored: Scored, *, request_id: str, correlation_id: str, at: datetime) -> OutboxEvent:
    """The answer while the log is away: it waits on disk, and ``lacks`` says so."""
    model = scored.model
    data = {
        "score_id": scored.score_id,
        "essay_id": scored.prediction.essay_id,
        "grade": scored.prediction.grade,
        "prediction": prediction_record(scored.prediction),
        "model": {"name": model.name, "version": model.version, "digest": model.digest},
        "arm": scored.arm,
        "route": scored.route,
        "lacks": list(scored.lacks),
    }
    return _event(SCORE_COMPLETED, request_id, data, correlation_id=correlation_id, at=at)


def failed(
    topic: str, error: Exception, *, request_id: str, correlation_id: str, tries: int, at: datetime
) -> OutboxEvent:
    """Why there is no answer, and that there will be none."""
    # Words of an error that is not gradewise's own may quote the essay.
    detail = str(error) if isinstance(error, GradewiseError) else "a fault of the service; its log says more"
    data = {"reason": failure_reason(error), "detail": detail, "tries": tries}
    return _event(topic, request_id, data, correlation_id=correlation_id, at=at)


def _event(
    topic: str, request_id: str, data: Mapping[str, Any], *, correlation_id: str, at: datetime
) -> OutboxEvent:
    return OutboxEvent(
        id=derived_id(topic, request_id),
        topic=topic,
        key=request_id,
        payload={
            "schema_version": SCHEMA_VERSION,
            "correlation_id": correlation_id,
            "data": {"request_id": request_id, **data},
        },
        made_at=at,
    )
