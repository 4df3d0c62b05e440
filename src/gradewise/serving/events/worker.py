"""The worker: what a message asks for is done, kept and answered before it is acknowledged."""

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from gradewise.errors import BusyError, DeadlineError, InputError, PlanError, UnavailableError
from gradewise.essays.texts import text_sha256
from gradewise.judgement.batches import OutboxEvent
from gradewise.protocols.events import EventBroker
from gradewise.service_events import RequestAnswered
from gradewise.serving.events.answers import completed_from_log, completed_unlogged, failed
from gradewise.serving.events.messages import (
    BATCH_FAILED,
    BATCH_FINALIZE,
    SCORE_FAILED,
    SCORE_REQUESTED,
    BatchAsked,
    Envelope,
    derived_id,
    event_id_in,
    read_data,
    read_envelope,
)
from gradewise.serving.http.bodies import ScoreBody, asked_requests
from gradewise.serving.http.problems import problem_of
from gradewise.serving.intake import finalized
from gradewise.telemetry import correlated, correlation_id, reason_of, stack_of
from gradewise.workflows.scoring.requests import Scored, ScoreRequest
from gradewise.workflows.scoring.services import Serving

REMEMBERED = 10_000
"""Events that are known to be done, and are not answered again by this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a worker goes on trying."""

    tries: int = 3
    """Attempts at what fails by itself, such as a text that a model cannot bear."""
    pause_s: float = 0.5
    """Before the second attempt; twice as long before each further one."""
    longest_pause_s: float = 5.0
    """Between attempts, while something does not answer that will again."""


Work = Callable[[Envelope], Awaitable[OutboxEvent | None]]


@dataclass(frozen=True, slots=True)
class _Failed:
    """What will not be answered."""

    error: Exception
    """Why."""
    tries: int
    """Attempts that were made."""


class Worker:
    """Answers events over the use cases that HTTP asks too; of one event loop.

    What asks for the impossible, or fails again and again, is answered with a reason. While the database, the
    model or the broker is away, messages are held, and given back when the worker is asked to end.
    """

    def __init__(self, serving: Serving, broker: EventBroker, *, patience: Patience | None = None) -> None:
        """Take what answers, and where messages come from.

        Raises:
            PlanError: answers are not written down, so that nobody would know what was answered before.
        """
        if serving.log is None:
            raise PlanError("a worker needs the score log, which tells it what was answered; keep the log")
        self._serving, self._log, self._broker = serving, serving.log, broker
        self._patience = patience or Patience()
        self._ending = asyncio.Event()
        self._answered: OrderedDict[str, None] = OrderedDict()
        self._turns: dict[str, asyncio.Lock] = {}
        broker.listen(SCORE_REQUESTED, self.score)
        broker.listen(BATCH_FINALIZE, self.finalize)

    def drain(self) -> None:
        """Try nothing again from now on: what cannot be done at once is left to others."""
        self._ending.set()

    async def score(self, body: bytes) -> None:
        """Grade the essay of a message, and answer.

        Raises:
            UnavailableError: the worker ends; another one is to be asked.
        """
        await self._handle(SCORE_REQUESTED, body, self._scored, failed_topic=SCORE_FAILED)

    async def finalize(self, body: bytes) -> None:
        """Make the batch of a message final; what it came to is told by the outbox.

        Raises:
            UnavailableError: as `score`.
        """
        await self._handle(BATCH_FINALIZE, body, self._finalized, failed_topic=BATCH_FAILED)

    async def _handle(self, topic: str, body: bytes, work: Work, *, failed_topic: str) -> None:
        event_id = event_id_in(body)
        key = derived_id(topic, event_id)
        # The same event may come twice at once, as after its broker was away.
        turn = self._turns.setdefault(key, asyncio.Lock())
        try:
            async with turn:
                if key not in self._answered and await self._answer(
                    topic, body, work, event_id=event_id, failed_topic=failed_topic
                ):
                    self._remember(key)
        finally:
            if not turn.locked():
                self._turns.pop(key, None)

    async def _answer(self, topic: str, body: bytes, work: Work, *, event_id: str, failed_topic: str) -> bool:
        """Do what is asked and tell; whether it was done: who mends a request may send its id again."""
        began = time.perf_counter()
        envelope, answer = _opened(body), None
        asked = envelope.correlation_id if isinstance(envelope, Envelope) else ""
        with correlated(asked or None):
            done = envelope if isinstance(envelope, _Failed) else await self._tried(work, envelope)
            if isinstance(done, _Failed):
                answer = failed(
                    failed_topic, done.error, request_id=event_id, correlation_id=correlation_id(),
                    tries=done.tries, at=self._serving.clock(),
                )  # fmt: skip
            else:
                answer = done
            if answer is not None:
                await self._published(answer)
            self._tell(topic, done, len(body), time.perf_counter() - began)
        return not isinstance(done, _Failed)

    async def _tried(self, work: Work, envelope: Envelope) -> OutboxEvent | _Failed | None:
        """What came of it, or why there will be nothing; goes on as long as something is away."""
        faults, pause_s = 0, self._patience.pause_s
        while True:
            try:
                return await work(envelope)
            except (InputError, PlanError) as error:
                return _Failed(error, faults + 1)
            except Exception as error:  # noqa: BLE001 - the one place where an error becomes an answer
                if not _is_away(error):
                    faults += 1
                    if faults >= self._patience.tries:
                        return _Failed(error, faults)
                wait_s = error.retry_after_s if isinstance(error, BusyError) else pause_s
            await self._pause(wait_s)
            pause_s = min(2 * pause_s, self._patience.longest_pause_s)

    async def _published(self, event: OutboxEvent) -> None:
        """Hand an answer over, however long the broker is away."""
        pause_s = self._patience.pause_s
        while True:
            try:
                await self._broker.publish(event)
            except UnavailableError:
                await self._pause(pause_s)
                pause_s = min(2 * pause_s, self._patience.longest_pause_s)
            else:
                return

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ending.wait()
        if self._ending.is_set():
            raise UnavailableError("the worker ends, and what it asked does not answer; ask another worker")

    async def _scored(self, envelope: Envelope) -> OutboxEvent:
        body = read_data(envelope, ScoreBody)
        score_id = derived_id(SCORE_REQUESTED, envelope.id)
        (asked,) = await asked_requests([body], n_reasons=body.reasons)
        request = replace(asked, score_id=score_id)
        known = await self._known(request, envelope)
        if known is not None:
            return known
        scored = await self._serving.scoring.score(request)
        return await self._logged(scored, request, envelope)

    async def _known(self, request: ScoreRequest, envelope: Envelope) -> OutboxEvent | None:
        """The answer that was given to the event before."""
        record = await self._log.find(request.score_id)
        if record is None:
            return None
        if record.draft.text_sha256 != text_sha256(request.essay.text):
            raise InputError("an event of this id asked for another essay before; give each an id of its own")
        return completed_from_log(record.draft, request_id=envelope.id, correlation_id=correlation_id())

    async def _logged(self, scored: Scored, request: ScoreRequest, envelope: Envelope) -> OutboxEvent:
        """The answer as it is kept: where another worker was first, its answer is the one."""
        with contextlib.suppress(UnavailableError):
            known = await self._known(request, envelope)
            if known is not None:
                return known
        return completed_unlogged(
            scored, request_id=envelope.id, correlation_id=correlation_id(), at=self._serving.clock()
        )

    async def _finalized(self, envelope: Envelope) -> None:
        asked = read_data(envelope, BatchAsked)
        if self._serving.finalize is None:
            raise PlanError("this worker was started without batches of judged essays")
        await finalized(self._serving.finalize, asked.batch_id)

    def _remember(self, key: str) -> None:
        self._answered[key] = None
        while len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)

    def _tell(self, topic: str, done: OutboxEvent | _Failed | None, n_bytes: int, seconds: float) -> None:
        error = done.error if isinstance(done, _Failed) else None
        status = 200 if error is None else int(problem_of(error).status)
        self._serving.listener(
            RequestAnswered(
                route=f"event {topic}",
                status=status,
                seconds=seconds,
                n_bytes=n_bytes,
                error_type=None if error is None else type(error).__name__,
                reason=reason_of(error) if status >= 500 else None,  # noqa: PLR2004 - of the service
                stack=stack_of(error) if error is not None and status == 500 else (),  # noqa: PLR2004 - a fault of ours
            )
        )


def _opened(body: bytes) -> Envelope | _Failed:
    try:
        return read_envelope(body)
    except InputError as error:
        return _Failed(error, 1)


def _is_away(error: Exception) -> bool:
    """Whether something does not answer just now, which is no fault of the message."""
    return isinstance(error, UnavailableError) and not isinstance(error, DeadlineError)
