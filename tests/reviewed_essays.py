"""Answers about made-up essays, and what teachers decided about them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from gradewise.features.advisories.advisory import Advisory
from gradewise.protocols.scoring import ScoreLog
from gradewise.scores.audits import Decided
from gradewise.scores.records import Route, ScoreDraft, ScoreRecord
from gradewise.testing.score_logs import MemoryScoreLog, made_up_correction, made_up_draft

GRADES = ("F", "E", "D", "D+", "C", "C+", "B", "A")
"""Of the scale, lowest first."""
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""When the first answer was given."""
CLOCK_STANDS = MONDAY + timedelta(days=30)
"""When tests look at what happened."""

ALERT = Advisory(code="alert", message="1 sentence names harm", value=1, limit=1)
SHORT = Advisory(code="too_short", message="40 words, fewest 100", value=40, limit=100)
LONG = Advisory(code="too_long", message="1,200 words", value=1200, limit=1000)


def answered(
    number: int,
    *,
    grade: str = "C",
    route: Route = "review",
    agreement: float = 0.7,
    cuts: Sequence[str] = ("E",),
    advisories: Sequence[Advisory] = (),
    grades: Sequence[str] = GRADES,
    text: str | None = None,
    **changes: Any,
) -> ScoreDraft:
    """An answer that says as much as those of a scoring service do."""
    prediction = {
        "grade": grade,
        "probabilities": dict.fromkeys(grades, 1 / len(grades)),
        "agreement": agreement,
        "cuts": dict.fromkeys(cuts, agreement),
        "advisories": [each.to_json() for each in advisories],
    }
    told: dict[str, Any] = {
        "grade": grade,
        "route": route,
        "made_at": MONDAY + timedelta(hours=number),
        "prediction": json.dumps(prediction, separators=(",", ":")),
    }
    if text is not None:
        told["text_sha256"] = hashlib.sha256(text.encode()).hexdigest()
    return made_up_draft(number, **told | changes)


def decided(
    number: int, teacher: str, *, by: str = "anna@school", draft: ScoreDraft | None = None, **of: Any
) -> Decided:
    """An answer with the grade that a teacher decided on a day later."""
    draft = draft or answered(number, **of)
    correction = made_up_correction(number, draft, grade=teacher, corrected_by=by)
    return Decided(answer=draft, correction=correction)


async def log_of(*drafts: ScoreDraft, log: ScoreLog | None = None) -> ScoreLog:
    """A score log that holds these answers."""
    log = log or MemoryScoreLog()
    await log.add(drafts)
    return log


async def keep(log: ScoreLog, every: Sequence[Decided]) -> None:
    """Write answers and decisions down, in the order of the decisions."""
    await log.add([each.answer for each in {each.answer.id: each for each in every}.values()])
    for each in every:
        await log.correct(each.correction)


def record(draft: ScoreDraft, serial: int = 1) -> ScoreRecord:
    """An answer as a log hands it out."""
    return ScoreRecord(serial=serial, draft=draft, previous="0" * 64, digest="1" * 64)


def later(each: Decided, **changes: Any) -> Decided:
    """Another decision about the same answer, an hour later."""
    known = each.correction
    told: dict[str, Any] = {
        "id": f"{int(known.id, 16) ^ 1:032x}",
        "corrected_at": known.corrected_at + timedelta(hours=1),
    }
    return Decided(answer=each.answer, correction=replace(known, **told | changes))
