"""Essays in, grades out: one, a batch, a batch that was judged, and what was answered before."""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import Request

from gradewise.essays.suggestions import quotable
from gradewise.protocols.scoring import ScoreLog
from gradewise.serving.http.answers import BatchResultBody, ScoredBatchBody, ScoredBody
from gradewise.serving.http.bodies import BATCH_EXAMPLE, SCORE_EXAMPLE, BatchBody, ScoreBody, asked_requests
from gradewise.serving.http.endpoints import Endpoint, Parameter
from gradewise.serving.http.log_answers import RecordBody
from gradewise.serving.http.problems import ProblemError
from gradewise.serving.http.reading import BodyLimits, asked_deadline
from gradewise.serving.intake import finalized, require_own_ids
from gradewise.serving.limits import Limits
from gradewise.workflows.scoring.spelling import spelled

if TYPE_CHECKING:
    from gradewise.workflows.scoring.services import Serving

GROUP = "Grading"
_DEADLINES = (
    Parameter(
        name="Deadline-Ms", place="header", schema={"type": "integer", "minimum": 1, "maximum": 999_999_999},
        description="Milliseconds after which the answer is of no use; it is given up then (504).",
    ),
    Parameter(
        name="X-Request-Timeout", place="header",
        schema={"type": "number", "exclusiveMinimum": 0, "maximum": 999_999},
        description="The same in seconds.",
    ),
)  # fmt: skip
HEX_ID = {"type": "string", "pattern": "^[0-9a-f]{32}$", "minLength": 32, "maxLength": 32}
"""What an id of an answer looks like."""


def scoring_endpoints(serving: "Serving", limits: Limits) -> Sequence[Endpoint]:
    """What may be asked about essays and their grades."""
    handlers = _Scoring(serving, limits)
    return (*_grading(handlers, limits), *_looking_up(handlers))


def _grading(handlers: "_Scoring", limits: Limits) -> Sequence[Endpoint]:
    """What is asked with essays."""
    one = BodyLimits(n_bytes=limits.body_bytes, within_s=limits.body_within_s)
    many = BodyLimits(n_bytes=limits.batch_bytes, within_s=limits.body_within_s)
    return (
        Endpoint(
            method="POST", path="/v1/score", role="score", group=GROUP, body=ScoreBody, limits=one,
            answers=ScoredBody, answer=handlers.score, refusals=(429, 503, 504), parameters=_DEADLINES,
            summary="Grade one essay", example=SCORE_EXAMPLE,
            description="Grades one essay: grade, probabilities, plausible grades, what happens to it next.",
        ),
        Endpoint(
            method="POST", path="/v1/score/batch", role="score", group=GROUP, body=BatchBody, limits=many,
            answers=ScoredBatchBody, answer=handlers.score_batch, refusals=(429, 503, 504),
            parameters=_DEADLINES, example=BATCH_EXAMPLE,
            summary="Grade essays by one and the same model",
            description="Grades essays by one and the same model, all or none; answers come in their order.",
        ),
    )  # fmt: skip


def _looking_up(handlers: "_Scoring") -> Sequence[Endpoint]:
    """What is asked with the id of something that is here already."""
    return (
        Endpoint(
            method="POST", path="/v1/batches/{batch_id}/finalize", role="score", group=GROUP,
            answers=BatchResultBody, answer=handlers.finalize, refusals=(404, 422, 429, 503, 504),
            parameters=(
                Parameter(
                    name="batch_id", place="path", schema={"type": "string", "minLength": 1},
                    description="Of the database of judged essays.",
                ),
            ),
            summary="Make a judged batch final",
            description="Merges judgement and model for a batch of judged essays, once: asked again, what "
            "it came to is returned.",
        ),
        Endpoint(
            method="GET", path="/v1/scores/{score_id}", role="score", group=GROUP, answers=RecordBody,
            answer=handlers.stored, refusals=(404, 503),
            parameters=(
                Parameter(name="score_id", place="path", schema=HEX_ID, description="Of the answer."),
            ),
            summary="Show an answer that was given before",
            description="Shows an answer as the score log holds it, which is without the essay.",
        ),
    )  # fmt: skip


class _Scoring:
    def __init__(self, serving: "Serving", limits: Limits) -> None:
        self._serving, self._limits = serving, limits

    async def score(self, request: Request, body: ScoreBody) -> ScoredBody:
        deadline_s = asked_deadline(request, longest_s=self._limits.longest_deadline_s)
        (asked,) = await asked_requests([body], n_reasons=body.reasons)
        return ScoredBody.of_scored(await self._serving.scoring.score(asked, deadline_s=deadline_s))

    async def score_batch(self, request: Request, body: BatchBody) -> ScoredBatchBody:
        deadline_s = asked_deadline(request, longest_s=self._limits.longest_deadline_s)
        asked = await asked_requests(body.essays, n_reasons=body.reasons)
        require_own_ids(asked)
        scored = await self._serving.scoring.score_many(asked, batch_id=body.batch_id, deadline_s=deadline_s)
        return await spelled([each.prediction for each in scored], partial(ScoredBatchBody.of_scored, scored))

    async def finalize(self, request: Request, _body: None) -> BatchResultBody:
        if self._serving.finalize is None:
            raise _lacking("batches of judged essays")
        batch_id = request.path_params["batch_id"]
        result = await finalized(self._serving.finalize, batch_id)
        return BatchResultBody.of(result)

    async def stored(self, request: Request, _body: None) -> RecordBody:
        score_id = request.path_params["score_id"]
        record = await required_log(self._serving).find(score_id)
        if record is None or record.draft.id != score_id:
            raise ProblemError(
                HTTPStatus.NOT_FOUND, f"there is no answer {quotable(score_id)!r}; ids are 32 hex digits"
            )
        return RecordBody.of(record)


def required_log(serving: "Serving") -> ScoreLog:
    """The score log.

    Raises:
        ProblemError: the service keeps none.
    """
    if serving.log is None:
        raise _lacking("a log of its answers")
    return serving.log


def _lacking(what: str) -> ProblemError:
    return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, f"this service was started without {what}")
