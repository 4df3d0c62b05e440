"""What teachers do about grades, by HTTP."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import Request

from gradewise.serving.http.bodies import CORRECTION_EXAMPLE, CorrectionBody
from gradewise.serving.http.endpoints import Endpoint, Parameter
from gradewise.serving.http.log_answers import CorrectedBody, QueueBody, RecordBody
from gradewise.serving.http.problems import ProblemError
from gradewise.serving.http.reading import BodyLimits
from gradewise.serving.http.scoring import required_log
from gradewise.serving.limits import Limits
from gradewise.workflows.scoring.reviewing import review_queue, take_correction

if TYPE_CHECKING:
    from gradewise.scores.records import Route
    from gradewise.workflows.scoring.services import Serving

GROUP = "Review"
MOST_WAITING, USUAL_WAITING = 500, 50
"""Answers shown of the queue, at most and usually."""
_QUEUE_PARAMETERS = (
    Parameter(
        name="limit", place="query", schema={"type": "integer", "minimum": 1, "maximum": MOST_WAITING},
        description="How many answers to show.",
    ),
    Parameter(
        name="route", place="query", schema={"type": "string", "enum": ["review", "audit"]},
        description="Grades that are held back, or the sample of those that are not; both when absent.",
    ),
)  # fmt: skip


def review_endpoints(serving: "Serving", limits: Limits) -> Sequence[Endpoint]:
    """What may be asked about what teachers look at."""
    handlers = _Review(serving)
    return (
        Endpoint(
            method="GET", path="/v1/review-queue", role="review", group=GROUP, answers=QueueBody,
            answer=handlers.queue, refusals=(400, 503),
            parameters=_QUEUE_PARAMETERS, summary="Show what waits for a teacher",
            description="Shows answers that somebody is to look at and nobody has, most urgent first.",
        ),
        Endpoint(
            method="POST", path="/v1/corrections", role="review", group=GROUP, body=CorrectionBody,
            limits=BodyLimits(n_bytes=limits.body_bytes, within_s=limits.body_within_s),
            answers=CorrectedBody, answer=handlers.correct, refusals=(404, 503), example=CORRECTION_EXAMPLE,
            summary="Say what a teacher decided",
            description="Keeps what a teacher decided about a grade; the newest of an answer counts. Who "
            "decides the same again is told so, and it stays once.",
        ),
    )  # fmt: skip


class _Review:
    def __init__(self, serving: "Serving") -> None:
        self._serving = serving

    async def queue(self, request: Request, _body: None) -> QueueBody:
        log, now = required_log(self._serving), self._serving.clock()
        routes, limit = _asked_routes(request), _asked_limit(request)
        found = await review_queue(
            log, now=now, capacity=self._serving.review_capacity, routes=routes, limit=limit
        )
        state = found.state
        return QueueBody(
            n_review=state.n_review, n_audit=state.n_audit, oldest=state.oldest, days=state.days,
            waiting=[RecordBody.of(record) for record in found.waiting],
        )  # fmt: skip

    async def correct(self, _request: Request, body: CorrectionBody) -> CorrectedBody:
        log = required_log(self._serving)
        record = await log.find(body.score_id)
        if record is None or record.draft.id != body.score_id:
            raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no answer {body.score_id!r} to be corrected")
        taken = await take_correction(
            log,
            body.score_id,
            body.grade,
            by=body.corrected_by,
            clock=self._serving.clock,
            reason=body.reason,
            correction_id=body.id,
            listener=self._serving.listener,
        )
        return CorrectedBody.of(taken)


def _asked_routes(request: Request) -> "Sequence[Route]":
    match request.query_params.getlist("route"):
        case []:
            return ("review", "audit")
        case ["review"]:
            return ("review",)
        case ["audit"]:
            return ("audit",)
        case _:
            raise ProblemError(HTTPStatus.BAD_REQUEST, "route is review or audit; leave it out for both")


def _asked_limit(request: Request) -> int:
    asked = request.query_params.getlist("limit")
    if not asked:
        return USUAL_WAITING
    limit = int(asked[0]) if asked[0].isascii() and asked[0].isdecimal() and len(asked[0]) < 9 else 0  # noqa: PLR2004 - digits of any sensible number
    if len(asked) > 1 or not 1 <= limit <= MOST_WAITING:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"limit is a whole number from 1 to {MOST_WAITING}")
    return limit
