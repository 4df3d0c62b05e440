"""What teachers do about grades: see what waits, decide, and see how good the grades were."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.essays.scales import find_scale
from gradewise.scores.corrections import Correction
from gradewise.scores.records import ScoreDraft
from gradewise.scores.routing import ReviewRouting
from gradewise.service_events import CorrectionTaken, EssaysScored
from gradewise.telemetry import Event
from gradewise.testing.grading_models import MadeUpModel
from gradewise.testing.score_logs import MemoryScoreLog
from gradewise.workflows.scoring.arms import Arms
from gradewise.workflows.scoring.auditing import audit_findings, decided_answers
from gradewise.workflows.scoring.models import GradingModel
from gradewise.workflows.scoring.requests import ScoreRequest
from gradewise.workflows.scoring.reviewing import (
    ReviewDay,
    Taken,
    find_answer,
    review_queue,
    take_correction,
)
from gradewise.workflows.scoring.scoring import Scoring
from reviewed_essays import CLOCK_STANDS, answered, decided, keep, later, log_of


def take(*drafts: ScoreDraft, **asked: str) -> tuple[list[Taken], list[Event], MemoryScoreLog]:
    """Decide twice, alike, about the first of these answers."""
    heard: list[Event] = []

    async def work() -> tuple[list[Taken], MemoryScoreLog]:
        log = MemoryScoreLog()
        await log_of(*drafts, log=log)
        told: dict[str, Any] = {"grade": "b", "by": "anna@school", **asked}
        grade = told.pop("grade")
        return [
            await take_correction(
                log, drafts[0].id, grade, clock=lambda: CLOCK_STANDS, listener=heard.append, **told
            )
            for _ in range(2)
        ], log  # fmt: skip

    kept, log = asyncio.run(work())
    return kept, heard, log


def test_a_decision_is_kept_once_and_heard_once() -> None:
    """Deciding the same again changes nothing; the grade is spelled as the model's scale does."""
    (first, second), heard, log = take(answered(1))
    assert (Taken(first.correction, already=False), Taken(first.correction, already=True)) == (first, second)
    kept = first.correction
    assert ("B", "C", False, CLOCK_STANDS) == (
        kept.grade, kept.model_grade, kept.confirms, kept.corrected_at,
    )  # fmt: skip
    assert [CorrectionTaken(confirms=False, steps=2)] == heard
    assert 1 == len(asyncio.run(log.corrections()))


def test_a_decision_with_a_name_of_its_own_is_kept_once() -> None:
    """Whoever sends it again, since no answer came, does not decide twice."""
    (first, second), heard, _ = take(answered(1), correction_id="a" * 32, grade="C")
    assert (Taken(first.correction, already=False), Taken(first.correction, already=True)) == (first, second)
    assert [CorrectionTaken(confirms=True, steps=0)] == heard


def test_a_teacher_may_think_again_and_back() -> None:
    """Each change of mind is a decision, the newest counts, and all are kept."""

    async def work() -> list[str]:
        log = await log_of(answered(1))
        for grade in ("B", "A", "B"):
            await take_correction(log, answered(1).id, grade, by="anna", clock=lambda: CLOCK_STANDS)
        assert ("B",) == tuple(each.correction.grade for each in await decided_answers(log))
        return [each.grade for each in await log.corrections()]

    assert ["B", "A", "B"] == asyncio.run(work())


@pytest.mark.parametrize(
    ("told", "already"),
    [
        (("B", "anna", "well argued"), True),
        (("b", " anna ", ""), True),
        (("B", "anna", "short, too"), False),
        (("B", "bo", ""), False),
        (("A", "anna", ""), False),
    ],
    ids=["word-for-word", "without-reason", "another-reason", "another-teacher", "another-grade"],
)
def test_the_same_decision_is_kept_once(told: tuple[str, str, str], already: bool) -> None:  # noqa: FBT001 - of the table
    """It is said that it was; what adds a grade, a person or a reason is a decision of its own."""

    async def work() -> tuple[bool, int]:
        log = await log_of(answered(1))
        for grade, by, reason in (("B", "anna", "well argued"), told):
            taken = await take_correction(
                log, answered(1).id, grade, by=by, reason=reason, clock=lambda: CLOCK_STANDS
            )
        return taken.already, len(await log.corrections())

    assert (already, 1 if already else 2) == asyncio.run(work())


class _Late(MemoryScoreLog):
    """A log whose decisions are not seen yet by who decides at the same time."""

    async def corrections(
        self, *, since: datetime | None = None, score_ids: Sequence[str] | None = None
    ) -> tuple[Correction, ...]:
        """None by answer; all of them otherwise."""
        return () if score_ids is not None else await super().corrections(since=since)


def test_a_decision_that_is_told_twice_at_once_is_kept_once() -> None:
    """A double click sends both before either is written; one of them hears that it was."""

    async def work() -> tuple[list[bool], int]:
        log = _Late()
        await log_of(answered(1), log=log)
        take = partial(take_correction, log, answered(1).id, "B", by="anna")
        moments = [CLOCK_STANDS, CLOCK_STANDS + timedelta(milliseconds=1)]
        taken = await asyncio.gather(*(take(clock=partial(min, each, each)) for each in moments))
        return [each.already for each in taken], len(await log.corrections())

    assert ([False, True], 1) == asyncio.run(work())


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"grade": "Z"}, "'Z' is not a grade"),
        ({"by": " "}, "who decides"),
        ({"by": "a" * 201}, "201 characters"),
        ({"reason": "a" * 2001}, "2,001 characters"),
    ],
    ids=["grade", "nobody", "long-name", "long-reason"],
)
def test_what_is_no_decision_is_refused(asked: dict[str, str], word: str) -> None:
    """Nothing is written, and the message says what to do."""
    with pytest.raises(InputError, match=word):
        take(answered(1), **asked)


def test_the_scale_may_be_told() -> None:
    """Where an older answer does not say which grades there were."""

    async def work() -> Correction:
        log = await log_of(answered(1, prediction="{}"))
        taken = await take_correction(
            log, answered(1).id[:6], "A", by="a", clock=lambda: CLOCK_STANDS, scale=find_scale("swedish8")
        )
        return taken.correction

    assert "A" == asyncio.run(work()).grade


def test_an_answer_that_is_not_there_is_refused() -> None:
    """The message shows the id, and where to look."""
    with pytest.raises(InputError, match="'feed' is in the score log.*scores list"):
        asyncio.run(find_answer(MemoryScoreLog(), "feed"))


def test_the_queue_shows_the_most_urgent_and_counts_all() -> None:
    """What was decided about waits no more; a limit shortens the list and not the count."""

    async def work() -> None:
        drafts = [answered(n, urgency=n / 10) for n in range(5)]
        drafts.append(answered(9, route="audit", urgency=1))
        log = await log_of(*drafts)
        await take_correction(log, drafts[4].id, "C", by="anna", clock=lambda: CLOCK_STANDS)
        queue = await review_queue(log, now=CLOCK_STANDS, capacity=2, limit=2)
        assert (4, 1, 3) == (queue.state.n_review, queue.state.n_audit, queue.state.days)
        assert [drafts[5].id, drafts[3].id] == [each.draft.id for each in queue.waiting]
        only = await review_queue(log, now=CLOCK_STANDS, routes=("audit",))
        assert [drafts[5].id] == [each.draft.id for each in only.waiting]

    asyncio.run(work())


def test_findings_are_of_one_name_and_of_a_time() -> None:
    """Other models' answers, and earlier decisions, are in no figure; the newest decision counts."""

    async def work() -> None:
        log = MemoryScoreLog()
        mine = [decided(n, "C", route="audit") for n in range(3)]
        other = decided(5, "A", route="audit", model_name="other")
        await keep(log, [*mine, later(mine[2], grade="A"), other])
        await log.add([answered(7, route="audit"), answered(8, route="audit", model_name="other")])
        found = await audit_findings(log, model_name="essays")
        assert found is not None
        assert found.audited is not None
        assert (3, 2 / 3, 1) == (found.audited.n, found.audited.exact.estimate, found.n_audits_waiting)
        since = mine[2].correction.corrected_at + timedelta(minutes=1)
        late = await audit_findings(log, since=since)
        assert late is not None
        assert late.audited is not None
        assert 2 == late.audited.n
        assert None is await audit_findings(log, since=CLOCK_STANDS)

    asyncio.run(work())


def test_a_day_takes_what_teachers_can_read() -> None:
    """Beyond the capacity it says so; released grades take nothing, and the next day begins anew."""
    now = [CLOCK_STANDS]

    def clock() -> datetime:
        return now[0]

    day = ReviewDay(2, clock=clock, taken=1)
    assert [True, True, False, False, True] == [
        day.takes(route) for route in ("release", "review", "audit", "review", "release")
    ]
    now[0] += timedelta(days=1)
    assert day.takes("review")
    assert all(ReviewDay(None, clock=clock).takes("review") for _ in range(3))


def test_a_service_sends_to_teachers_and_takes_what_they_decide() -> None:
    """What a service writes down is listed, says its grades, and can be corrected; a full day is told of."""
    heard: list[Event] = []

    @dataclass
    class Slot:
        current: GradingModel | None

    async def work() -> None:
        log = MemoryScoreLog()
        scoring = Scoring(
            Arms(Slot(MadeUpModel())), log=log, readers=1, clock=lambda: CLOCK_STANDS,
            review=ReviewRouting(audit_rate=1, salt="s", capacity=2), listener=heard.append,
        )  # fmt: skip
        await scoring.start()
        try:
            asked = [ScoreRequest(essay=Essay(id=f"{n}", text="word " * 7)) for n in range(3)]
            scored = await scoring.score_many(asked)
        finally:
            await scoring.close()
        assert [(), (), ("review_capacity",)] == [each.lacks for each in scored]
        assert [("review_capacity",)] == [each.lacks for each in heard if isinstance(each, EssaysScored)]
        queue = await review_queue(log, now=CLOCK_STANDS, capacity=2)
        assert (3, 2) == (queue.state.n_audit, queue.state.days)
        taken = await take_correction(log, scored[0].score_id, "a", by="anna", clock=lambda: CLOCK_STANDS)
        assert ("D", "A") == (taken.correction.model_grade, taken.correction.grade)
        found = await audit_findings(log)
        assert found is not None
        assert MadeUpModel().scale.grades == found.scale.grades

    asyncio.run(work())
