"""What may be called, over the use cases that HTTP asks too."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

import grpc
from google.protobuf.message import Message

from gradewise.errors import NotFoundError
from gradewise.essays.suggestions import quotable
from gradewise.protocols.scoring import ScoreLog
from gradewise.scores.records import ScoreRecord
from gradewise.serving.grpc import gradewise_pb2 as pb
from gradewise.serving.grpc.answers import (
    batch_message,
    batch_scored_message,
    correction_message,
    queue_message,
    record_message,
    reload_message,
    scored_message,
    slot_message,
)
from gradewise.serving.grpc.asked import asked_batch, asked_correction, asked_queue, asked_score
from gradewise.serving.grpc.calls import SERVICE, Calls, Context, Method, Sent
from gradewise.serving.http.bodies import asked_requests
from gradewise.serving.http.problems import ProblemError
from gradewise.serving.intake import finalized, require_own_ids
from gradewise.serving.limits import Limits
from gradewise.workflows.scoring.reviewing import review_queue, take_correction
from gradewise.workflows.scoring.services import Serving
from gradewise.workflows.scoring.slot_status import without_places
from gradewise.workflows.scoring.spelling import spelled

SCORE = Method(name="Score", role="score", asked=pb.ScoreRequest)
SCORE_BATCH = Method(name="ScoreBatch", role="score", asked=pb.ScoreBatchRequest)
FINALIZE = Method(name="Finalize", role="score", asked=pb.FinalizeRequest)
RELOAD = Method(name="Reload", role="admin", asked=pb.ReloadRequest)
CORRECT = Method(name="Correct", role="review", asked=pb.CorrectRequest)
FIND_SCORE = Method(name="FindScore", role="score", asked=pb.FindScoreRequest)
REVIEW_QUEUE = Method(name="ReviewQueue", role="review", asked=pb.ReviewQueueRequest)
MODELS = Method(name="Models", role="score", asked=pb.ModelsRequest)


class Methods:
    """Answers what gradewise.proto describes.

    Args:
        serving: what answers.
        calls: what every call has in common.
        limits: how much a caller may take.
    """

    def __init__(self, serving: Serving, calls: Calls, limits: Limits) -> None:
        self._serving, self._calls, self._limits = serving, calls, limits

    def handler(self) -> grpc.GenericRpcHandler:
        """What a server is given."""
        work: Mapping[Method[Any], Callable[[Any, Context], Awaitable[Message]]] = {
            SCORE: self._score, SCORE_BATCH: self._score_batch, FINALIZE: self._finalize,
            RELOAD: self._reload, CORRECT: self._correct, FIND_SCORE: self._find_score,
            REVIEW_QUEUE: self._review_queue, MODELS: self._models,
        }  # fmt: skip
        return grpc.method_handlers_generic_handler(
            SERVICE, {method.name: self._answered(method, does) for method, does in work.items()}
        )

    def _answered(
        self, method: Method[Any], work: Callable[[Any, Context], Awaitable[Message]]
    ) -> grpc.RpcMethodHandler:
        async def answer(sent: Sent, context: Context) -> Message:
            return await self._calls.answer(method, sent, context, work)

        return grpc.stream_unary_rpc_method_handler(answer, response_serializer=_as_bytes)

    async def _score(self, request: pb.ScoreRequest, context: Context) -> pb.Scored:
        body = asked_score(request)
        (asked,) = await asked_requests([body], n_reasons=body.reasons)
        return scored_message(await self._serving.scoring.score(asked, deadline_s=self._deadline_s(context)))

    async def _score_batch(self, request: pb.ScoreBatchRequest, context: Context) -> pb.ScoredBatch:
        body = asked_batch(request)
        asked = await asked_requests(body.essays, n_reasons=body.reasons)
        require_own_ids(asked)
        scored = await self._serving.scoring.score_many(
            asked, batch_id=body.batch_id, deadline_s=self._deadline_s(context)
        )
        return await spelled([each.prediction for each in scored], partial(batch_scored_message, scored))

    async def _finalize(self, request: pb.FinalizeRequest, _context: Context) -> pb.BatchResult:
        if self._serving.finalize is None:
            raise _lacking("batches of judged essays")
        return batch_message(await finalized(self._serving.finalize, request.batch_id))

    async def _reload(self, _request: pb.ReloadRequest, _context: Context) -> pb.Reloads:
        told = await asyncio.gather(*(slot.reload(asked_by="request") for slot in self._serving.slots))
        return pb.Reloads(reloads=[reload_message(each) for each in told])

    async def _correct(self, request: pb.CorrectRequest, _context: Context) -> pb.Correction:
        log, body = self._log(), asked_correction(request)
        await self._found(body.score_id)
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
        return correction_message(taken)

    async def _find_score(self, request: pb.FindScoreRequest, _context: Context) -> pb.Record:
        return record_message(await self._found(request.score_id))

    async def _review_queue(self, request: pb.ReviewQueueRequest, _context: Context) -> pb.Queue:
        asked = asked_queue(request)
        return queue_message(
            await review_queue(
                self._log(),
                now=self._serving.clock(),
                capacity=self._serving.review_capacity,
                routes=asked.routes,
                limit=asked.limit,
            )
        )

    async def _models(self, _request: pb.ModelsRequest, context: Context) -> pb.Slots:
        shown = [slot.status for slot in self._serving.slots]
        if not self._calls.may(context, "admin"):
            shown = [without_places(status) for status in shown]
        return pb.Slots(slots=[slot_message(status) for status in shown])

    async def _found(self, score_id: str) -> ScoreRecord:
        """The answer of an id, whole."""
        record = await self._log().find(score_id)
        if record is None or record.draft.id != score_id:
            raise NotFoundError(f"there is no answer {quotable(score_id)!r}; ids are 32 hex digits")
        return record

    def _log(self) -> ScoreLog:
        if self._serving.log is None:
            raise _lacking("a log of its answers")
        return self._serving.log

    def _deadline_s(self, context: Context) -> float | None:
        """Seconds that the caller waits; ``None`` where the call has no deadline."""
        left = context.time_remaining()
        return None if left is None else min(left, self._limits.longest_deadline_s)


def _as_bytes(answer: Message) -> bytes:
    return bytes(answer.SerializeToString())


def _lacking(what: str) -> ProblemError:
    return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, f"this service was started without {what}")
