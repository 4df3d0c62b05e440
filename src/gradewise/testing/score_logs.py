"""A score log in memory, and made-up answers and corrections, for tests of what writes and asks."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from gradewise.errors import InputError, NotFoundError
from gradewise.scores.chain import START, Link, chained
from gradewise.scores.correction_chain import CorrectionLink, link_correction
from gradewise.scores.corrections import Correction
from gradewise.scores.erasures import Erasure, ErasureNote, erasure_of, require_sound_note
from gradewise.scores.queue import QueueFaults, WaitingCount
from gradewise.scores.records import Route, ScoreDraft, ScoreRecord
from gradewise.scores.soundness import require_sound_correction, require_sound_draft

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""When the first answer is given; the others follow a minute apart."""


def made_up_digest(*what: object) -> str:
    """64 hex digits that follow from something."""
    return hashlib.sha256(repr(what).encode()).hexdigest()


def made_up_draft(number: int, **changes: Any) -> ScoreDraft:
    """An answer whose every field follows from a number, apart from what is said."""
    told: dict[str, Any] = {
        "id": made_up_digest("score", number)[:32],
        "made_at": NOON + timedelta(minutes=number),
        "essay_id": f"essay-{number}",
        "text_sha256": made_up_digest("text", number),
        "task_sha256": "",
        "model_name": "essays",
        "model_version": "20260131_120000",
        "model_digest": made_up_digest("model"),
        "arm": "champion",
        "reading_fingerprint": made_up_digest("reading"),
        "values": np.arange(number, number + 4, dtype="<f4").tobytes(),
        "prediction": f'{{"grade":"C","score":{number}}}',
        "grade": "C",
        "route": "release",
    }
    return ScoreDraft(**{**told, **changes})


def made_up_correction(number: int, draft: ScoreDraft, **changes: Any) -> Correction:
    """What a teacher decided about an answer, a day after it was given: one grade better."""
    told: dict[str, Any] = {
        "id": made_up_digest("correction", number)[:32],
        "score_id": draft.id,
        "essay_id": draft.essay_id,
        "text_sha256": draft.text_sha256,
        "model_digest": draft.model_digest,
        "model_grade": draft.grade,
        "grade": "B",
        "corrected_by": "anna@school",
        "corrected_at": draft.made_at + timedelta(days=1),
        "reason": "the argument holds",
    }
    return Correction(**{**told, **changes})


def made_up_note(number: int, **changes: Any) -> ErasureNote:
    """What is told of an erasure, some days after the first answer."""
    told: dict[str, Any] = {
        "erased_at": NOON + timedelta(days=9, minutes=number),
        "erased_by": "anna@school",
        "reason": f"request {number}",
    }
    return ErasureNote(**{**told, **changes})


class MemoryScoreLog:
    """A `ScoreLog` in this process, gone with it."""

    def __init__(self) -> None:
        self._records: list[ScoreRecord] = []
        self._corrections: list[Correction] = []
        self._links: list[CorrectionLink] = []
        self._origin = self._head = START
        self._erasures: list[Erasure] = []

    async def add(self, drafts: Sequence[ScoreDraft]) -> tuple[ScoreRecord, ...]:
        """Write answers down at the end of the chain."""
        for draft in drafts:
            require_sound_draft(draft)
        known = {record.draft.id for record in self._records}
        new = {draft.id: draft for draft in reversed(drafts) if draft.id not in known}
        ordered = [new.pop(draft.id) for draft in drafts if draft.id in new]
        self._records += chained(ordered, Link(*await self.head()))
        if ordered:
            self._head = Link(self._records[-1].serial, self._records[-1].digest)
        kept = {record.draft.id: record for record in self._records}
        return tuple(kept[draft.id] for draft in drafts)

    async def require_writable(self) -> None:
        """Pass."""

    async def find(self, score_id: str) -> ScoreRecord | None:
        """The answer of that id, or whose id begins so and no other's does."""
        found = [record for record in self._records if score_id and record.draft.id.startswith(score_id)]
        return found[0] if len(found) == 1 else None

    async def records(
        self, *, after: int = 0, limit: int = 1000, essay_id: str | None = None
    ) -> tuple[ScoreRecord, ...]:
        """Answers by serial."""
        found = [
            record
            for record in self._records
            if record.serial > after and essay_id in {None, record.draft.essay_id}
        ]
        return tuple(found[:limit])

    async def newest(self, *, limit: int = 20) -> tuple[ScoreRecord, ...]:
        """The last answers, newest first."""
        return tuple(reversed(self._records[-limit:]))

    async def waiting(
        self, *, routes: Sequence[Route] = ("review", "audit"), limit: int = 100
    ) -> tuple[ScoreRecord, ...]:
        """Answers that somebody is to look at and nobody has, most urgent first, then oldest."""
        done = {correction.score_id for correction in self._corrections}
        found = [
            record
            for record in self._records
            if record.draft.route in set(routes) - {"release"} and record.draft.id not in done
        ]
        return tuple(sorted(found, key=lambda each: (-each.draft.urgency, each.serial))[:limit])

    async def count_waiting(
        self, *, routes: Sequence[Route] = ("review", "audit"), model_name: str | None = None
    ) -> WaitingCount:
        """How many of them there are, of models of that name or of any."""
        waiting = await self.waiting(routes=routes, limit=len(self._records))
        found = [each for each in waiting if model_name in {None, each.draft.model_name}]
        n_audit = sum(each.draft.route == "audit" for each in found)
        first = min(found, key=lambda each: each.serial, default=None)
        return WaitingCount(
            n_review=len(found) - n_audit,
            n_audit=n_audit,
            oldest=None if first is None else first.draft.made_at,
        )

    async def queue_faults(self) -> QueueFaults:
        """None: what waits is found among the answers each time."""
        return QueueFaults()

    async def mend_queue(self) -> QueueFaults:
        """Nothing."""
        return QueueFaults()

    async def correct(self, correction: Correction) -> Correction:
        """Keep what a teacher decided; told again, the first telling is returned."""
        require_sound_correction(correction)
        for kept in self._corrections:
            if kept.id == correction.id:
                return kept
        serials = [each.serial for each in self._records if each.draft.id == correction.score_id]
        if not serials:
            raise InputError(f"there is no answer {correction.score_id}; it may have been forgotten")
        last = Link(self._links[-1].serial, self._links[-1].digest) if self._links else START
        self._links.append(link_correction(correction, serials[0], last))
        self._corrections.append(correction)
        return correction

    async def correction_links(self, *, after: int = 0, limit: int = 1000) -> tuple[CorrectionLink, ...]:
        """The chain of corrections by serial."""
        return tuple([each for each in self._links if each.serial > after][:limit])

    async def corrections(
        self, *, since: datetime | None = None, score_ids: Sequence[str] | None = None
    ) -> tuple[Correction, ...]:
        """What teachers decided, oldest first."""
        return tuple(
            each
            for each in self._corrections
            if (since is None or each.corrected_at >= since)
            and (score_ids is None or each.score_id in set(score_ids))
        )

    async def forget(self, before: datetime) -> int:
        """Remove the oldest answers made before a moment, and what was decided about them."""
        young = (place for place, each in enumerate(self._records) if each.draft.made_at >= before)
        count = next(young, len(self._records))
        gone, self._records = self._records[:count], self._records[count:]
        if gone:
            self._origin = Link(gone[-1].serial, gone[-1].digest)
        ids = {record.draft.id for record in gone}
        self._corrections = [each for each in self._corrections if each.score_id not in ids]
        return count

    async def erase(self, score_ids: Sequence[str], note: ErasureNote) -> Erasure:
        """Take answers out for good, with what was decided about them."""
        require_sound_note(note)
        gone = [record for record in self._records if record.draft.id in set(score_ids)]
        if not score_ids:
            raise InputError("there is no answer to take out; name at least one")
        if missing := set(score_ids) - {record.draft.id for record in gone}:
            raise NotFoundError(f"there is no answer {min(missing)}; it may have been forgotten meanwhile")
        last = Link(self._erasures[-1].serial, self._erasures[-1].digest) if self._erasures else START
        erasure = erasure_of([Link(each.serial, each.digest) for each in gone], note, last)
        self._erasures.append(erasure)
        self._records = [record for record in self._records if record not in gone]
        self._corrections = [each for each in self._corrections if each.score_id not in set(score_ids)]
        return erasure

    async def erasures(self) -> tuple[Erasure, ...]:
        """The chain of what was taken out."""
        return tuple(self._erasures)

    async def origin(self) -> tuple[int, str]:
        """Serial and digest that the chain begins after."""
        return self._origin.serial, self._origin.digest

    async def head(self) -> tuple[int, str]:
        """Serial and digest of the last answer."""
        return self._head.serial, self._head.digest
