"""What keeps answers, batches and events, and what carries events away."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from gradewise.judgement.batches import BatchResult, JudgedBatch, OutboxEvent
from gradewise.scores.correction_chain import CorrectionLink
from gradewise.scores.corrections import Correction
from gradewise.scores.erasures import Erasure, ErasureNote
from gradewise.scores.queue import QueueFaults, WaitingCount
from gradewise.scores.records import Route, ScoreDraft, ScoreRecord


@runtime_checkable
class ScoreLog(Protocol):
    """Keeps answers in a chain, and what teachers decided about them; both are only ever added to.

    The one way out is to be forgotten: the oldest by `forget`, those about one person by `erase`.

    Safe for use by many processes and machines at once; made and used within one event loop. Every method:
    `UnavailableError` when the database does not answer in time or is full, and `RegistryError` when its
    tables are not those of this gradewise or refuse a change to what is kept; nothing was changed then.
    """

    async def add(self, drafts: Sequence[ScoreDraft]) -> tuple[ScoreRecord, ...]:
        """Write answers down at the end of the chain, all or none; one that is there already is as it was.

        Returns:
            A record for each draft, in the same order.

        Raises:
            InputError: an answer would not come back as it was told; the message names the field.
        """
        ...

    async def require_writable(self) -> None:
        """Pass where something can be written down: it is tried, and nothing is another than before."""
        ...

    async def find(self, score_id: str) -> ScoreRecord | None:
        """The answer of that id, or whose id begins so and no other's does."""
        ...

    async def records(
        self, *, after: int = 0, limit: int = 1000, essay_id: str | None = None
    ) -> tuple[ScoreRecord, ...]:
        """Answers by serial, from the one after this."""
        ...

    async def newest(self, *, limit: int = 20) -> tuple[ScoreRecord, ...]:
        """The last answers, newest first."""
        ...

    async def waiting(
        self, *, routes: Sequence[Route] = ("review", "audit"), limit: int = 100
    ) -> tuple[ScoreRecord, ...]:
        """Answers that somebody is to look at and nobody has, most urgent first, then oldest.

        What was released waits for nobody.
        """
        ...

    async def count_waiting(
        self, *, routes: Sequence[Route] = ("review", "audit"), model_name: str | None = None
    ) -> WaitingCount:
        """How many of them there are, of models of that name or of any; reads none of them."""
        ...

    async def queue_faults(self) -> QueueFaults:
        """How what waits differs from what answers and decisions say; nothing is changed."""
        ...

    async def mend_queue(self) -> QueueFaults:
        """Let wait what does by answers and decisions, and nothing else; what was put right."""
        ...

    async def correct(self, correction: Correction) -> Correction:
        """Keep what a teacher decided; told again, the first telling is returned.

        Raises:
            InputError: there is no such answer.
        """
        ...

    async def corrections(
        self, *, since: datetime | None = None, score_ids: Sequence[str] | None = None
    ) -> tuple[Correction, ...]:
        """What teachers decided, oldest first; the last one of an answer counts."""
        ...

    async def correction_links(self, *, after: int = 0, limit: int = 1000) -> tuple[CorrectionLink, ...]:
        """The chain of corrections by serial, from the link after this; what is forgotten keeps its link."""
        ...

    async def forget(self, before: datetime) -> int:
        """Remove the oldest answers made before a moment, and what was decided about them; how many.

        What is left is still a chain: the digest that it begins from is kept.
        """
        ...

    async def erase(self, score_ids: Sequence[str], note: ErasureNote) -> Erasure:
        """Take answers out for good, wherever they stand, with what was decided about them, all or none.

        What is left is still a chain: of each answer its serial and digest stay, in a line of a chain of
        their own that says when, by whom and why.

        Raises:
            InputError: no answer is named, or the note says nothing or would not come back as it was told.
            NotFoundError: one of the answers is not there.
        """
        ...

    async def erasures(self) -> tuple[Erasure, ...]:
        """The chain of what was taken out, by serial."""
        ...

    async def origin(self) -> tuple[int, str]:
        """Serial and digest that the chain begins after: 0 and zeros until something was forgotten."""
        ...

    async def head(self) -> tuple[int, str]:
        """Serial and digest of the last answer; what the chain begins after where there is none."""
        ...


@runtime_checkable
class Batches(Protocol):
    """Keeps batches that are judged, and what they came to, with the events that tell of it.

    Safe for use by many processes and machines at once; made and used within one event loop. Every method:
    `UnavailableError` when the database does not answer in time or is full, in which case nothing was
    changed.
    """

    async def batch(self, batch_id: str) -> JudgedBatch:
        """A batch with its essays, anchors and comparisons.

        Raises:
            InputError: there is none, or the tables are not as they were described.
        """
        ...

    async def batch_ids(self, *, limit: int = 100) -> tuple[str, ...]:
        """Batches, newest first."""
        ...

    async def result(self, batch_id: str) -> BatchResult | None:
        """What a batch came to; ``None`` before it is final."""
        ...

    async def finalize(
        self, batch_id: str, decide: Callable[[], tuple[BatchResult, Sequence[OutboxEvent]]]
    ) -> BatchResult:
        """Keep what a batch came to, with its events, in one transaction; a batch is final once.

        `decide` is asked only while nobody else can make the batch final; where it is final already, what
        was kept is returned. It must be pure.
        """
        ...

    async def waiting_events(self, *, limit: int = 100) -> tuple[OutboxEvent, ...]:
        """Events that were not published yet, oldest first."""
        ...

    async def published(self, event_ids: Sequence[str]) -> None:
        """Say that events are published; told again, nothing happens."""
        ...

    async def count_published(self, before: datetime) -> int:
        """How many events `forget_published` would remove."""
        ...

    async def forget_published(self, before: datetime) -> int:
        """Remove events that were published before a moment; how many. What waits stays, however old."""
        ...


class FillableBatches(Batches, Protocol):
    """Batches in tables of ours, into which batches can be put."""

    async def add(self, batch: JudgedBatch, *, made_at: datetime) -> bool:
        """Put a batch in, in place of what it was; whether anything changed.

        Raises:
            InputError: the batch is final, or the tables are another program's.
        """
        ...


@runtime_checkable
class EventPublisher(Protocol):
    """Carries events to a broker."""

    @property
    def location(self) -> str:
        """Where to, without any secret."""
        ...

    async def publish(self, event: OutboxEvent) -> None:
        """Hand an event over; when this returns, the broker has it.

        Raises:
            UnavailableError: the broker does not take it; it may be handed over again.
        """
        ...
