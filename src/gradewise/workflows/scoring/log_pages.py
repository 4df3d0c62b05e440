"""The score log read page by page, so that a log of any length takes the memory of a page."""

from collections.abc import AsyncIterator
from datetime import datetime

from gradewise.protocols.scoring import ScoreLog
from gradewise.scores.corrections import Correction
from gradewise.scores.records import ScoreRecord

PAGE = 1000
"""Answers that are held at once."""


async def pages(log: ScoreLog, *, after: int = 0) -> AsyncIterator[tuple[ScoreRecord, ...]]:
    """Answers by serial, from the one after this, until there are no more."""
    while page := await log.records(after=after, limit=PAGE):
        yield page
        after = page[-1].serial


async def pages_back(log: ScoreLog) -> AsyncIterator[tuple[ScoreRecord, ...]]:
    """Answers page by page, the newest page first; within a page the newest answer first."""
    (after, _), (origin, _) = await log.head(), await log.origin()
    while after > origin:
        start = max(origin, after - PAGE)
        page = await log.records(after=start, limit=after - start)
        older = [each for each in page if each.serial <= after]  # where some were taken out, more follow
        if older:
            yield tuple(older[::-1])
        after = start


async def last_corrections(log: ScoreLog, records: tuple[ScoreRecord, ...]) -> dict[str, Correction]:
    """What teachers decided last, by the answer's id."""
    ids = [record.draft.id for record in records]
    return {each.score_id: each for each in await log.corrections(score_ids=ids)} if ids else {}


async def count_before(log: ScoreLog, before: datetime) -> int:
    """How many answers `ScoreLog.forget` would remove."""
    counted = 0
    async for page in pages(log):
        old = next((place for place, each in enumerate(page) if each.draft.made_at >= before), len(page))
        counted += old
        if old < len(page):
            break
    return counted


async def first_not_before(log: ScoreLog, before: datetime) -> ScoreRecord | None:
    """The first answer that was not made before a moment: `ScoreLog.forget` goes no further."""
    async for page in pages(log):
        for each in page:
            if each.draft.made_at >= before:
                return each
    return None
