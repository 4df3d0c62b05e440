"""What may be called, over the use cases that HTTP asks too."""

import asyncio
from http import HTTPStatus

from gradewise.errors import NotFoundError
from gradewise.essays.suggestions import quotable
from gradewise.protocols import ScoreLog
from gradewise.scores.records import ScoreRecord
from gradewise.serving.grpc import gradewise_pb2 as pb
from gradewise.serving.grpc.answers import (
    batch_message,
    correction_message,
    queue_message,
    record_message,
    reload_message,
    scored_message,
    slot_message,
)
from gradewise.serving.grpc.asked import asked_batch, asked_correction, asked_queue, asked_score
from gradewise.serving.grpc.calls import Calls, Context, Method
from gradewise.serving.grpc.gradewise_pb2_grpc import ScoringServicer
from gradewise.serving.http.bodies import asked_request
from gradewise.serving.http.problems import ProblemError
from gradewise.serving.intake import require_own_ids
from gradewise.serving.limits import Limits
from gradewise.workflows.scoring.reviewing import review_queue, take_correction
from gradewise.workflows.scoring.services import Serving

SCORE = Method(name="Score", role="score")
SCORE_BATCH = Method(name="ScoreBatch", role="score")
FINALIZE = Method(name="Finalize", role="score")
RELOAD = Method(name="Reload", role="admin")
CORRECT = Method(name="Correct", role="review")
FIND_SCORE = Method(name="FindScore", role="score")
REVIEW_QUEUE = Method(name="ReviewQueue", role="review")
MODELS = Method(name="Models", role="score")


class Methods(ScoringServicer):
    """Answers what gradewise.proto describes.

    Args:
        serving: what answers.
        calls: what every call has in common.
        limits: how much a caller may take.
    """

    def __init__(self, serving: Serving, calls: Calls, limits: Limits) -> None:
        self._serving, self._calls, self._limits = serving, calls, limits

    async def Score(self, request: pb.ScoreRequest, context: Context) -> pb.Scored:  # noqa: N802 - of the protocol
        """Grade one essay."""
        return await self._calls.answer(SCORE, request, context, self._score)

    async def ScoreBatch(self, request: pb.ScoreBatchRequest, context: Context) -> pb.ScoredBatch:  # noqa: N802 - the same
        """Grade essays by one model."""
        return await self._calls.answer(SCORE_BATCH, request, context, self._score_batch)

    async def Finalize(self, request: pb.FinalizeRequest, context: Context) -> pb.BatchResult:  # noqa: N802 - the same
        """Make a judged batch final."""
        return await self._calls.answer(FINALIZE, request, context, self._finalize)

    async def Reload(self, request: pb.ReloadRequest, context: Context) -> pb.Reloads:  # noqa: N802 - the same
        """Look for other models."""
        return await self._calls.answer(RELOAD, request, context, self._reload)

    async def Correct(self, request: pb.CorrectRequest, context: Context) -> pb.Correction:  # noqa: N802 - the same
        """Keep what a teacher decided."""
        return await self._calls.answer(CORRECT, request, context, self._correct)

    async def FindScore(self, request: pb.FindScoreRequest, context: Context) -> pb.Record:  # noqa: N802 - the same
        """Show an answer."""
        return await self._calls.answer(FIND_SCORE, request, context, self._find_score)

    async def ReviewQueue(self, request: pb.ReviewQueueRequest, context: Context) -> pb.Queue:  # noqa: N802 - the same
        """Show what waits for a teacher."""
        return await self._calls.answer(REVIEW_QUEUE, request, context, self._review_queue)

    async def Models(self, request: pb.ModelsRequest, context: Context) -> pb.Slots:  # noqa: N802 - the same
        """Show which models answer."""
        return await self._calls.answer(MODELS, request, context, self._models)

    async def _score(self, request: pb.ScoreRequest, context: Context) -> pb.Scored:
        body = asked_score(request)
        asked = asked_request(body, n_reasons=body.reasons)
        return scored_message(await self._serving.scoring.score(asked, deadline_s=self._deadline_s(context)))

    async def _score_batch(self, request: pb.ScoreBatchRequest, context: Context) -> pb.ScoredBatch:
        body = asked_batch(request)
        asked = [asked_request(essay, n_reasons=body.reasons) for essay in body.essays]
        require_own_ids(asked)
        scored = await self._serving.scoring.score_many(
            asked, batch_id=body.batch_id, deadline_s=self._deadline_s(context)
        )
        return pb.ScoredBatch(scores=[scored_message(each) for each in scored])

    async def _finalize(self, request: pb.FinalizeRequest, _context: Context) -> pb.BatchResult:
        if self._serving.finalize is None:
            raise _lacking("batches of judged essays")
        return batch_message(await self._serving.finalize(request.batch_id))

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

    async def _models(self, _request: pb.ModelsRequest, _context: Context) -> pb.Slots:
        return pb.Slots(slots=[slot_message(slot.status) for slot in self._serving.slots])

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


def _lacking(what: str) -> ProblemError:
    return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, f"this service was started without {what}")
