"""What teachers do about grades: see what waits, decide, and see how good the grades were."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.essays.suggestions import quotable
from gradewise.protocols.scoring import ScoreLog
from gradewise.scores.answers import read_answer
from gradewise.scores.chain import digest_of_pieces, piece_of
from gradewise.scores.corrections import Correction
from gradewise.scores.queue import QueueState, queue_state
from gradewise.scores.records import Route, ScoreRecord
from gradewise.service_events import CorrectionTaken
from gradewise.telemetry import Listener, silent

LONGEST_REASON = 2_000
"""Characters of a teacher's reason."""
ID_DIGITS = 32
"""Hex digits of a decision's id."""
LONGEST_NAME = 200
"""Characters of who decided."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision as it is kept."""

    correction: Correction
    """What was decided."""
    already: bool
    """Whether it had been decided so before; nothing was added."""


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """What waits for a teacher."""

    state: QueueState
    """How much, since when, for how long."""
    waiting: tuple[ScoreRecord, ...]
    """The first of it, most urgent first, then oldest."""


async def review_queue(
    log: ScoreLog,
    *,
    now: datetime,
    capacity: int | None = None,
    routes: Sequence[Route] = ("review", "audit"),
    limit: int = 20,
) -> ReviewQueue:
    """What waits, most urgent first, and how the queue stands.

    Args:
        log: where answers are.
        now: with its zone.
        capacity: essays that teachers look at in a day.
        routes: held-back grades, the audit sample, or both.
        limit: most answers in the result; the state counts all.

    Raises:
        UnavailableError: the log does not answer.
    """
    state = queue_state(await log.count_waiting(routes=routes), now=now, capacity=capacity)
    return ReviewQueue(state, await log.waiting(routes=routes, limit=limit))


async def take_correction(
    log: ScoreLog,
    score_id: str,
    grade: str,
    *,
    by: str,
    clock: Callable[[], datetime],
    reason: str = "",
    correction_id: str | None = None,
    scale: Scale | None = None,
    listener: Listener = silent,
) -> Taken:
    """Write down what a teacher decides about an answer; deciding the same again changes nothing.

    The same is what the same person decided last of all about it, for the same reason or without one. Told
    twice at once it is kept once.

    Args:
        log: where answers are.
        score_id: the answer, or how its id begins.
        grade: what the teacher says, spelled as leniently as the scale allows; the same grade confirms. Of
            classes also the model's label of texts that belong to none.
        by: who decides.
        clock: tells the time, with its zone.
        reason: why, in the teacher's words.
        correction_id: names the decision: 32 hex digits; told again, it stays once, and whatever else is
            decided in between stands. Made of what is decided when absent.
        scale: of the model that answered; as the answer says when absent.
        listener: hears `CorrectionTaken`, once a decision.

    Raises:
        InputError: there is no such answer, the grade is not on its scale, or something is too long.
        UnavailableError: the log does not answer; nothing was written.
    """
    record = await find_answer(log, score_id)
    answer = record.draft
    scale = scale or read_answer(answer).decidable
    told = await log.corrections(score_ids=(answer.id,))
    correction = Correction(
        id=correction_id or "",
        score_id=answer.id,
        essay_id=answer.essay_id,
        text_sha256=answer.text_sha256,
        model_digest=answer.model_digest,
        model_grade=answer.grade,
        grade=scale.canonical(grade),
        corrected_by=_within(by, LONGEST_NAME, what="who decides"),
        corrected_at=clock(),
        reason=_within(reason, LONGEST_REASON, what="the reason", empty=True),
    )
    if correction_id is None:
        if told and _same_decision(told[-1], correction):
            return Taken(told[-1], already=True)
        correction = replace(correction, id=_id_after(told, correction))
    kept = await log.correct(correction)
    already = kept != correction or correction.id in {each.id for each in told}
    if not already:
        listener(CorrectionTaken(kept.confirms, scale.code(kept.grade) - scale.code(kept.model_grade)))
    return Taken(kept, already=already)


async def find_answer(log: ScoreLog, score_id: str) -> ScoreRecord:
    """The answer of that id, or whose id begins so.

    Raises:
        InputError: there is none, or more than one.
    """
    record = await log.find(score_id)
    if record is None:
        raise InputError(
            f"no answer {quotable(score_id)!r} is in the score log, or more than one begins so; it may have "
            "been forgotten, of which gradewise scores verify tells; look up others: gradewise scores list"
        )
    return record


class ReviewDay:
    """Counts what is sent to teachers on one day, in one process, against what they can look at.

    What is beyond still waits and is never released; only the answer says so.
    """

    def __init__(self, capacity: int | None, *, clock: Callable[[], datetime], taken: int = 0) -> None:
        """Begin with what was sent today before, by whomever."""
        self._capacity, self._clock = capacity, clock
        self._day, self._taken = clock().date(), taken

    def takes(self, route: Route) -> bool:
        """Count an answer; whether teachers will get round to it today, or need not."""
        today = self._clock().date()
        if today != self._day:
            self._day, self._taken = today, 0
        self._taken += route != "release"
        return self._capacity is None or route == "release" or self._taken <= self._capacity


def _same_decision(before: Correction, now: Correction) -> bool:
    alike = (before.grade, before.corrected_by) == (now.grade, now.corrected_by)
    return alike and now.reason in ("", before.reason)


def _id_after(told: Sequence[Correction], now: Correction) -> str:
    """The id of a decision after those: the same for whoever tells the same at the same time."""
    before = told[-1].id if told else ""
    pieces = before, now.score_id, now.grade, now.corrected_by, now.reason
    return digest_of_pieces(map(piece_of, pieces))[:ID_DIGITS]


def _within(text: str, most: int, *, what: str, empty: bool = False) -> str:
    stripped = text.strip()
    if not stripped and not empty:
        raise InputError(f"{what} is not told; name somebody")
    if len(stripped) > most:
        raise InputError(f"{what} has {len(stripped):,} characters, more than {most:,}; shorten it")
    return stripped
