"""Reviews as the terminal shows them: the queue, an answer, a decision, and how good grades were."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast

from gradewise.cli.columns import in_columns, listed
from gradewise.cli.moments import moment
from gradewise.cli.observer import with_observer
from gradewise.cli.scores.running import with_score_log
from gradewise.cli.terminal import err, out, printable
from gradewise.protocols.scoring import ScoreLog
from gradewise.reporting.likelier import likelier_sentence
from gradewise.reporting.wording import ABSENT, counted, shortened
from gradewise.scores.answers import read_answer, why_reviewed
from gradewise.scores.corrections import Correction
from gradewise.scores.queue import QueueState
from gradewise.scores.records import Route, ScoreRecord
from gradewise.scores.routing import urgency_words
from gradewise.settings import read_settings
from gradewise.telemetry import silent
from gradewise.workflows.registry.export import answer_json
from gradewise.workflows.scoring.reviewing import (
    ReviewQueue,
    Taken,
    find_answer,
    review_queue,
    take_correction,
)

ID_SHOWN = 12
"""Characters of an answer's id in a list: enough to name it."""
_LONG_ID, _LONG_REASON = 24, 80
_WHAT_WAITS = (
    "what gradewise serve and worker answer comes here, what gradewise score writes says so itself "
    "(needs_a_look)"
)
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)

_now = partial(datetime.now, UTC)


def show_queue(*, route: str | None, capacity: int | None, limit: int, json: bool) -> None:
    """List what waits."""
    routes: tuple[Route, ...] = ("review", "audit") if route is None else (cast("Route", route),)
    work = partial(review_queue, now=_now(), capacity=capacity, routes=routes, limit=limit)
    queue = with_score_log(work)
    if json:
        out.print(answer_json(**queue_to_json(queue)), soft_wrap=True)
    elif queue.waiting:
        out.print(printable(_queue_table(queue, _now())), soft_wrap=True)
        out.print(f"\n{queue_line(queue.state)}", soft_wrap=True)
        first = queue.waiting[0].draft.id[:ID_SHOWN]
        err.print(f"look at one: gradewise reviews show {first}; decide: {_decide(first)}", soft_wrap=True)
    else:
        err.print(f"no grade waits for a teacher; {_WHAT_WAITS}", soft_wrap=True)


def show_answer(score_id: str, *, json: bool) -> None:
    """Show an answer with what was decided about it."""

    async def asked(log: ScoreLog) -> tuple[ScoreRecord, tuple[Correction, ...]]:
        """The answer and its decisions."""
        record = await find_answer(log, score_id)
        return record, await log.corrections(score_ids=(record.draft.id,))

    record, decisions = with_score_log(asked)
    if json:
        decided = [correction_to_json(each) for each in decisions]
        out.print(answer_json(**answer_to_json(record), decisions=decided), soft_wrap=True)
        return
    out.print(printable(listed(_facts(record))), soft_wrap=True)
    for each in decisions:
        said = f"{moment(each.corrected_at)}  {each.grade}  by {each.corrected_by}"
        out.print(
            printable(f"decided        {said}{f': {each.reason}' if each.reason else ''}"), soft_wrap=True
        )
    if not decisions and why_reviewed(record.draft):
        next_step = f"read essay {record.draft.essay_id}, then: {_decide(record.draft.id)}"
        err.print(printable(next_step), soft_wrap=True, markup=False)


def repair_shown() -> None:
    """Put the queue right, and say what was done."""
    mended = with_score_log(lambda log: log.mend_queue())
    if mended:
        back, gone = counted(mended.n_missing, "answer"), counted(mended.n_stray, "place")
        out.print(f"{back} put back into the review queue, {gone} for no answer taken out")
    else:
        out.print("the review queue is as answers and decisions say")


def _decide(score_id: str) -> str:
    return f"gradewise reviews take {score_id[:ID_SHOWN]} GRADE --reason 'why'"


def take_shown(score_id: str, grade: str | None, *, by: str | None, reason: str) -> None:
    """Decide about a grade, ``None`` being none of the classes, and say what it was."""

    async def asked(log: ScoreLog) -> Taken:
        """The decision as it was kept."""
        answer = read_answer((await find_answer(log, score_id)).draft)
        return await take_correction(
            log,
            score_id,
            answer.no_class if grade is None else grade,
            by=by or read_settings().user,
            clock=_now,
            reason=reason,
            listener=with_observer(silent),
        )

    taken = with_score_log(asked)
    kept = taken.correction
    said = f"{kept.grade} confirms the model" if kept.confirms else f"{kept.model_grade} becomes {kept.grade}"
    so = "already decided so" if taken.already else "decided"
    line = f"essay {kept.essay_id}: {said}, {so} by {kept.corrected_by} at {moment(kept.corrected_at)}"
    out.print(printable(line), soft_wrap=True)


def queue_line(state: QueueState) -> str:
    """How the queue stands."""
    line = f"{counted(state.n_review, 'grade')} held back, {state.n_audit:,} drawn by chance wait"
    if state.oldest is not None:
        line += f"; the oldest for {age_words(state.age)}"
    if state.days is not None:
        line += f"; {counted(state.days, 'day')} of work at {state.capacity} a day"
    return line


def age_words(age: timedelta) -> str:
    """How long something waits, roughly.

    >>> age_words(timedelta(days=3, hours=5)), age_words(timedelta(minutes=90)), age_words(timedelta(0))
    ('3 days', '1 hour', 'under 1 hour')
    """
    if age >= _DAY:
        return counted(age // _DAY, "day")
    return counted(age // _HOUR, "hour") if age >= _HOUR else "under 1 hour"


def queue_to_json(queue: ReviewQueue) -> dict[str, Any]:
    """The queue as JSON values."""
    state = queue.state
    return {
        "review": state.n_review,
        "audit": state.n_audit,
        "oldest": None if state.oldest is None else state.oldest.isoformat(),
        "capacity": state.capacity,
        "days": state.days,
        "waiting": [answer_to_json(record) for record in queue.waiting],
    }


def answer_to_json(record: ScoreRecord) -> dict[str, Any]:
    """An answer as JSON values."""
    draft, no_class = record.draft, read_answer(record.draft).out_of_scope
    return {
        "score_id": draft.id,
        "essay_id": draft.essay_id,
        "made_at": draft.made_at.isoformat(),
        "grade": draft.grade,
        **({} if no_class is None else {"out_of_scope": no_class}),
        "route": draft.route,
        "urgency": draft.urgency,
        "why": why_reviewed(draft),
        "model": f"{draft.model_name} {draft.model_version}",
        "model_digest": draft.model_digest,
    }


def correction_to_json(correction: Correction) -> dict[str, Any]:
    """A decision as JSON values."""
    return {
        "id": correction.id,
        "score_id": correction.score_id,
        "essay_id": correction.essay_id,
        "model_grade": correction.model_grade,
        "grade": correction.grade,
        "confirms": correction.confirms,
        "corrected_by": correction.corrected_by,
        "corrected_at": correction.corrected_at.isoformat(),
        "reason": correction.reason,
    }


def _queue_table(queue: ReviewQueue, now: datetime) -> str:
    rows = [("answer", "essay", "grade", "waits for", "why")]
    for record in queue.waiting:
        draft = record.draft
        waits = age_words(max(now - draft.made_at, timedelta(0)))
        essay = shortened(draft.essay_id, most=_LONG_ID)
        rows.append(
            (
                draft.id[:ID_SHOWN],
                essay,
                draft.grade,
                waits,
                shortened(why_reviewed(draft), most=_LONG_REASON),
            )
        )
    return in_columns(rows)


def _facts(record: ScoreRecord) -> dict[str, object]:
    draft, answer = record.draft, read_answer(record.draft)
    facts: dict[str, object] = {
        "answer": draft.id,
        "essay": draft.essay_id,
        "given at": moment(draft.made_at),
        "model": f"{draft.model_name} {draft.model_version} ({draft.model_digest[:ID_SHOWN]})",
        "grade": f"{draft.grade} of {' '.join(answer.grades) or ABSENT}",
        "what happens": draft.route if not why_reviewed(draft) else f"{draft.route}: {why_reviewed(draft)}",
    }
    if draft.route != "release":
        facts["how urgent"] = urgency_words(draft.route, draft.urgency)
    if answer.out_of_scope is not None:
        facts["none of these"] = f"{answer.out_of_scope}  (--none-of-these)"
    if answer.cuts:
        facts["sure whether"] = ", ".join(
            f"it reaches {cut}: {sure:.0%}" for cut, sure in answer.cuts.items()
        )
    if answer.ordered and (odd := likelier_sentence(draft.grade, answer.probabilities)):
        facts["but"] = odd
    return facts
