"""Forget one person: find every answer about what somebody wrote, and take them out of the log for good.

The log knows essays by what whoever asked calls them and by digests of their texts; whose they are only the
school knows. A file of essays with a column of writers says it.
"""

import re
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass

from gradewise.errors import InputError, NotFoundError
from gradewise.essays.intake import take_in
from gradewise.essays.records import Essay
from gradewise.essays.suggestions import quotable
from gradewise.protocols.scoring import ScoreLog
from gradewise.protocols.tables import EssaySource
from gradewise.scores.corrections import Correction
from gradewise.scores.erasures import Erasure, ErasureNote
from gradewise.scores.records import ScoreRecord
from gradewise.scores.snapshots import text_names
from gradewise.telemetry import Listener, silent, stage
from gradewise.workflows.datasets.guesses import guess_columns
from gradewise.workflows.datasets.reading import column_map
from gradewise.workflows.plans.data import ColumnsPlan
from gradewise.workflows.scoring.log_pages import pages
from gradewise.workflows.scoring.reviewing import find_answer

SHORTEST_NAME = 3
"""Characters from which on a name in a reason is taken for the person's; a shorter one may be any word."""
AT_ONCE = 1000
"""Answers about one essay that are asked for at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which answers are looked for; each that fits one of these."""

    score_ids: tuple[str, ...] = ()
    """Answers themselves, or how their ids begin."""
    essay_ids: frozenset[str] = frozenset()
    """What their essays are called."""
    texts: frozenset[str] = frozenset()
    """Digests of their texts, in every spelling by which an answer may know one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAnswers:
    """What is known about somebody."""

    records: tuple[ScoreRecord, ...]
    """Answers, by serial."""
    corrections: tuple[Correction, ...]
    """What was decided about them, oldest first."""
    n_beside: int
    """Further answers about the same essays, which nobody asked for."""

    @property
    def essay_ids(self) -> tuple[str, ...]:
        """What the essays are called, sorted."""
        return tuple(sorted({record.draft.essay_id for record in self.records}))

    @property
    def batch_ids(self) -> tuple[str, ...]:
        """Batches that they were part of, sorted."""
        return tuple(sorted({record.draft.batch_id for record in self.records} - {""}))


def essays_of(writer: str, sources: Sequence[EssaySource], *, column: str | None) -> tuple[Essay, ...]:
    """What somebody wrote, as files say.

    Args:
        writer: as the files call them.
        sources: files with a column of writers.
        column: which it is; found by its usual names when absent.

    Raises:
        InputError: a file cannot be read, or has no such column.
        NotFoundError: no file holds an essay of theirs.
    """
    found = [
        essay for source in sources for essay in _essays(source, column) if essay.writer == writer.strip()
    ]
    if not found:
        files = ", ".join(source.location for source in sources)
        raise NotFoundError(f"{files}: no essay of student {quotable(writer)!r}; look at how they are called")
    return tuple(found)


def names_of(essays: Iterable[Essay]) -> Sought:
    """Essays as the log may know them."""
    kept = tuple(essays)
    return Sought(
        essay_ids=frozenset(essay.id for essay in kept),
        texts=frozenset(name for essay in kept for name in text_names(essay)),
    )


async def find_answers(log: ScoreLog, sought: Sought, *, listener: Listener = silent) -> FoundAnswers:
    """Everything that the log holds of what is sought; nothing is changed.

    Args:
        log: where answers are.
        sought: which.
        listener: hears a stage where every answer must be looked at, since texts are sought.

    Raises:
        InputError: an id belongs to none, or to several.
        NotFoundError: the log holds nothing of it.
        UnavailableError: the log does not answer.
    """
    named = [await find_answer(log, each) for each in sought.score_ids]
    found = {each.serial: each for each in named}
    for essay_id in sorted(sought.essay_ids):
        found |= {each.serial: each async for each in _about(log, essay_id)}
    if sought.texts:
        found |= await _with_texts(log, sought.texts, listener)
    if not found:
        raise NotFoundError(
            "the score log holds no answer about that; it knows essays by the names under which they were "
            "sent, and by their texts: see gradewise scores list, or name the student's file, --essays FILE"
        )
    beside = {
        each.serial
        for essay_id in {each.draft.essay_id for each in named}
        async for each in _about(log, essay_id)
    }
    records = tuple(found[serial] for serial in sorted(found))
    corrections = await log.corrections(score_ids=[each.draft.id for each in records])
    return FoundAnswers(records=records, corrections=corrections, n_beside=len(beside - set(found)))


async def erase_answers(
    log: ScoreLog, found: FoundAnswers, note: ErasureNote, *, names: Collection[str] = ()
) -> Erasure:
    """Take what was found out of the log for good.

    Args:
        log: where answers are.
        found: which.
        note: when, by whom, why; it stays, so that it must not name who is to be forgotten.
        names: what that person is called.

    Raises:
        InputError: the reason names the person or an essay, or who or why is not said.
        NotFoundError: one of them is gone meanwhile; nothing was changed.
        UnavailableError: the log does not answer; nothing was changed.
    """
    refuse_names(note.reason, {*names, *found.essay_ids})
    return await log.erase([each.draft.id for each in found.records], note)


def refuse_names(reason: str, names: Collection[str]) -> None:
    """Pass where a reason, which stays, names nobody who is to be forgotten.

    Raises:
        InputError: it does.
    """
    for name in sorted(names):
        told = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", reason, re.IGNORECASE)
        if told and len(name) >= SHORTEST_NAME:
            raise InputError(
                f"the reason holds {quotable(name)!r}, and is kept for good; say why without naming anybody, "
                "such as the number of the request"
            )


async def _about(log: ScoreLog, essay_id: str) -> AsyncIterator[ScoreRecord]:
    after = 0
    while page := await log.records(after=after, essay_id=essay_id, limit=AT_ONCE):
        for record in page:
            yield record
        after = page[-1].serial


async def _with_texts(log: ScoreLog, texts: Collection[str], listener: Listener) -> dict[int, ScoreRecord]:
    (begin, _), (head, _) = await log.origin(), await log.head()
    found: dict[int, ScoreRecord] = {}
    with stage(listener, "looking for texts", total=head - begin, unit="answers") as advance:
        async for page in pages(log):
            found |= {each.serial: each for each in page if each.draft.text_sha256 in texts}
            advance(min(page[-1].serial, head) - begin)
    return found


def _essays(source: EssaySource, column: str | None) -> tuple[Essay, ...]:
    columns = guess_columns(source.columns(), ColumnsPlan(writer=column))
    for role, name in (("essays", columns.text), ("students", columns.writer)):
        if name is None:
            there = ", ".join(quotable(each) for each in source.columns())
            raise InputError(f"{source.location}: no column of {role} found among {there}")
    plain = columns.model_copy(update={"label": None, "second_label": None})
    intake = take_in(
        source.records(), source.columns(), column_map(plain), None,
        location=source.location, on_bad_rows="set_aside",
    )  # fmt: skip
    return intake.essays
