"""What callers by gRPC send, held to the same bounds as what is sent by HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from gradewise.errors import InputError
from gradewise.essays.suggestions import quotable
from gradewise.scores.records import Route
from gradewise.serving.grpc import gradewise_pb2 as pb
from gradewise.serving.http.bodies import BatchBody, CorrectionBody, ScoreBody
from gradewise.serving.http.review import MOST_WAITING, USUAL_WAITING

T = TypeVar("T")
ROUTES: Mapping[str, Sequence[Route]] = {
    "": ("review", "audit"),
    "review": ("review",),
    "audit": ("audit",),
}


@dataclass(frozen=True, slots=True)
class QueueAsked:
    """What somebody wants to see of the review queue."""

    routes: Sequence[Route]
    """Held-back grades, the audit sample, or both."""
    limit: int
    """Most answers."""


def asked_score(request: pb.ScoreRequest) -> ScoreBody:
    """One essay; raises `InputError` where it breaks a bound."""
    return _within({**_essay(request.essay), "reasons": request.reasons}, ScoreBody)


def asked_batch(request: pb.ScoreBatchRequest) -> BatchBody:
    """Several essays; raises `InputError` where they break a bound."""
    essays = [_essay(essay) for essay in request.essays]
    return _within({"essays": essays, "batch_id": request.batch_id, "reasons": request.reasons}, BatchBody)


def asked_correction(request: pb.CorrectRequest) -> CorrectionBody:
    """What a teacher decided; raises `InputError` where it breaks a bound."""
    fields = ("score_id", "grade", "corrected_by", "reason")
    told = {name: getattr(request, name) for name in fields}
    return _within({**told, "id": request.id if request.HasField("id") else None}, CorrectionBody)


def asked_queue(request: pb.ReviewQueueRequest) -> QueueAsked:
    """What is asked of the review queue; raises `InputError` for another route, or too many answers."""
    routes, limit = ROUTES.get(request.route), request.limit or USUAL_WAITING
    if routes is None:
        raise InputError(f"route {quotable(request.route)!r} is neither review nor audit; name one, or none")
    if limit > MOST_WAITING:
        raise InputError(f"limit {limit} is above {MOST_WAITING}; ask for fewer")
    return QueueAsked(routes, limit)


def _essay(essay: pb.Essay) -> dict[str, Any]:
    return {
        "text": essay.text,
        "essay_id": essay.essay_id,
        "prompt": essay.prompt if essay.HasField("prompt") else None,
        "prompt_text": essay.prompt_text if essay.HasField("prompt_text") else None,
        "unit": essay.unit,
        "given": dict(essay.given),
    }


def _within(fields: dict[str, Any], kind: type[T]) -> T:
    # Not `from error`: what does not fit is the essay.
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        raise InputError(f"{error}; the fields are those of gradewise.proto") from None
