"""The one way to a score while gradewise serves: behind the library, HTTP, gRPC and events alike."""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from gradewise.errors import DeadlineError, UnavailableError
from gradewise.protocols.scoring import ScoreLog
from gradewise.scores.records import ScoreDraft
from gradewise.scores.routing import ReviewRouting, Routed
from gradewise.service_events import EssaysScored, ScoringFailed
from gradewise.telemetry import Listener, silent
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.answering import Answering, ModelAnswer
from gradewise.workflows.scoring.arms import Arms, Chosen
from gradewise.workflows.scoring.drafts import UNSEEN, draft_of
from gradewise.workflows.scoring.failures import NoModelError, failure_reason
from gradewise.workflows.scoring.log_writer import LogWriter
from gradewise.workflows.scoring.models import GradingModel, Reading
from gradewise.workflows.scoring.requests import Lack, Scored, ScoreRequest
from gradewise.workflows.scoring.reviewing import ReviewDay
from gradewise.workflows.scoring.spelling import spelled
from gradewise.workflows.scoring.spool import Spool
from gradewise.workflows.scoring.threads import Threads

MOST_WAITING = 512
"""Essays that wait to be read, such as a batch of the largest size: at 30 a second 17 seconds."""
DEADLINE_S = 30.0
"""Seconds within which an answer is of use, where nobody says otherwise."""
ID_BYTES = 16
"""Of the id of an answer, which nobody can guess: routes depend on it."""


def no_lack() -> bool:
    """Say that nothing is lacking: the default."""
    return False


class Scoring:
    """Grades essays with whichever model is in service, and writes every answer down before it is given.

    Made, started and used within one event loop. Texts that were read before do not wait for others.
    """

    def __init__(
        self,
        arms: Arms,
        *,
        log: ScoreLog | None,
        readers: int,
        clock: Callable[[], datetime],
        review: ReviewRouting,
        most_waiting: int = MOST_WAITING,
        deadline_s: float = DEADLINE_S,
        spool: Spool | None = None,
        require_log: bool = False,
        cache_is_away: Callable[[], bool] = no_lack,
        listener: Listener = silent,
    ) -> None:
        """Take what scoring needs.

        Args:
            arms: which model answers whom.
            log: where answers are written down; nowhere when ``None``.
            readers: texts that are read at once.
            clock: the time, with its zone.
            review: what happens to grades.
            most_waiting: essays that may wait beside those that are read.
            deadline_s: seconds for an answer, where a request says nothing.
            spool: keeps answers while the log is away.
            require_log: refuse to answer while the log is away, spool or not.
            cache_is_away: whether the feature cache does not work just now.
            listener: hears of every answer and refusal.
        """
        self._arms, self._review, self._clock = arms, review, clock
        self._day = ReviewDay(review.capacity, clock=clock)
        self._deadline_s, self._listener = deadline_s, listener
        self._cache_is_away = cache_is_away
        self._threads = Threads(readers)
        self._answering = Answering(arms, self._threads, readers=readers, most_waiting=most_waiting)
        self._writer = (
            None if log is None else LogWriter(log, spool=None if require_log else spool, listener=listener)
        )

    @property
    def waiting(self) -> int:
        """Essays that are being read or wait for it."""
        return self._answering.waiting

    @property
    def log_is_unwritable(self) -> bool:
        """Whether answers could be written down nowhere, so that essays are refused."""
        return self._writer is not None and self._writer.is_unwritable

    @property
    def hangs(self) -> bool:
        """Whether the model hangs in every thread that could ask it, so that only another process helps."""
        return self._threads.are_lost

    async def start(self) -> int:
        """Write down what an earlier process could not; how many answers it left."""
        return 0 if self._writer is None else await self._writer.start()

    async def close(self) -> None:
        """Finish writing down; begin nothing more. May be called twice."""
        await self._arms.close()
        if self._writer is not None:
            await self._writer.close()
        self._answering.close()
        self._threads.close()
        await asyncio.to_thread(self._threads.join)

    async def aside(self, work: Callable[[], None]) -> None:
        """Do something by the way that texts take, after what the threads that read are at.

        Raises:
            UnavailableError: scoring has ended.
        """
        await self._threads.read(work)

    async def score(self, request: ScoreRequest, *, deadline_s: float | None = None) -> Scored:
        """Grade one essay.

        Args:
            request: what is asked.
            deadline_s: seconds from now within which the answer is of use.

        Raises:
            InputError: the essay cannot be graded, by any model or by this one.
            BusyError: more is asked than can be answered; nothing was begun.
            DeadlineError: it could not be answered in time.
            BundleError: the model failed.
            UnavailableError: no model is loaded, or the answer cannot be written down.
        """
        return (await self.score_many((request,), deadline_s=deadline_s))[0]

    async def score_many(
        self, requests: Sequence[ScoreRequest], *, batch_id: str = "", deadline_s: float | None = None
    ) -> tuple[Scored, ...]:
        """Grade essays by one and the same model, in order; all, or none.

        Args:
            requests: what is asked; those of one batch share a model, so that one unit decides which.
            batch_id: of a batch that is to be found again; divides units where it is not empty.
            deadline_s: seconds from now within which the answers are of use.

        Raises:
            InputError: an essay cannot be graded; the message names it.
            BusyError: as `score`.
            DeadlineError: as `score`.
            BundleError: as `score`.
            UnavailableError: as `score`.
        """
        if not requests:
            return ()
        began, loop = time.perf_counter(), asyncio.get_running_loop()
        deadline = loop.time() + (self._deadline_s if deadline_s is None else deadline_s)
        try:
            chosen = self._choose(requests, batch_id)
            async with asyncio.timeout_at(deadline):
                answer = await self._answering.answer(chosen, requests, deadline)
                scored = await self._kept(requests, answer, batch_id)
        except Exception as error:
            self._listener(ScoringFailed(failure_reason(error), len(requests)))
            if isinstance(error, TimeoutError):
                raise DeadlineError(
                    f"{len(requests)} at once could not be graded in time; allow more time, or ask for fewer"
                ) from error
            raise
        self._tell(answer, scored, time.perf_counter() - began)
        keep = partial(self._keep_shadow, requests, batch_id)
        self._arms.shadow(answer.chosen, [each.essay for each in requests], answer.readings, keep=keep)
        return scored

    def _choose(self, requests: Sequence[ScoreRequest], batch_id: str) -> Chosen:
        try:
            return self._arms.choose(_unit_of(requests, batch_id))
        except UnavailableError as error:
            raise NoModelError(str(error)) from error

    async def _kept(
        self, requests: Sequence[ScoreRequest], answer: ModelAnswer, batch_id: str
    ) -> tuple[Scored, ...]:
        """The answers, written down."""
        model, predictions = answer.chosen.model, answer.predictions
        ids = [each.score_id or secrets.token_hex(ID_BYTES) for each in requests]
        routed = [self._review.route(each, name) for each, name in zip(predictions, ids, strict=True)]
        make = partial(self._drafts, requests, answer, ids, routed, batch_id)
        lacks = await self._written(answer.chosen.lacks, await spelled(predictions, make))
        return tuple(
            Scored(
                score_id=name,
                prediction=prediction,
                model=model.identity,
                arm=answer.chosen.arm,
                route=route.route,
                cached=reading.cached,
                reads_judgement=model.reads_judgement,
                lacks=lacks if self._day.takes(route.route) else (*lacks, "review_capacity"),
            )
            for name, prediction, route, reading in zip(
                ids, predictions, routed, answer.readings, strict=True
            )
        )

    def _drafts(
        self,
        requests: Sequence[ScoreRequest],
        answer: ModelAnswer,
        ids: Sequence[str],
        routed: Sequence[Routed],
        batch_id: str,
    ) -> list[ScoreDraft]:
        if self._writer is None:
            return []
        now, chosen = self._clock(), answer.chosen
        return [
            draft_of(
                name, asked.essay, reading, prediction,
                model=chosen.model, arm=chosen.arm, routed=route, made_at=now, batch_id=batch_id,
            )
            for name, asked, reading, prediction, route in zip(
                ids, requests, answer.readings, answer.predictions, routed, strict=True
            )
        ]  # fmt: skip

    async def _written(self, lacks: tuple[Lack, ...], drafts: Sequence[ScoreDraft]) -> tuple[Lack, ...]:
        """What is lacking, once the answers are written down."""
        if self._cache_is_away():
            lacks = (*lacks, "feature_cache")
        if self._writer is not None and not await self._writer.write(drafts):
            lacks = (*lacks, "score_log")
        return lacks

    def _tell(self, answer: ModelAnswer, scored: Sequence[Scored], seconds: float) -> None:
        identity = answer.chosen.model.identity
        self._listener(
            EssaysScored(
                arm=answer.chosen.arm,
                grades=tuple((each.prediction.grade, each.prediction.confidence) for each in scored),
                routes=tuple(each.route for each in scored),
                model_name=identity.name,
                model_version=identity.version,
                read_seconds=answer.read_seconds,
                seconds=seconds,
                n_cached=sum(each.cached for each in scored),
                lacks=tuple(dict.fromkeys(lack for each in scored for lack in each.lacks)),
            )
        )

    async def _keep_shadow(
        self,
        requests: Sequence[ScoreRequest],
        batch_id: str,
        model: GradingModel,
        readings: Sequence[Reading],
        predictions: Sequence[Prediction],
    ) -> None:
        """Write down what the challenger says unseen."""
        if self._writer is None:
            return
        now = self._clock()
        await self._writer.write(
            [
                draft_of(
                    secrets.token_hex(ID_BYTES), asked.essay, reading, prediction,
                    model=model, arm="shadow", routed=UNSEEN, made_at=now, batch_id=batch_id,
                )
                for asked, reading, prediction in zip(requests, readings, predictions, strict=True)
            ]
        )  # fmt: skip


def _unit_of(requests: Sequence[ScoreRequest], batch_id: str) -> str:
    """Whose essays these are: the one student or class of all of them, else the batch, which stays whole."""
    first = requests[0]
    if first.unit and all(each.unit == first.unit for each in requests):
        return first.unit
    return batch_id or first.unit or first.essay.id
