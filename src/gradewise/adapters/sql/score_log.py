"""The score log in a SQL database: a SQLite file, or PostgreSQL."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gradewise.adapters.sql.addresses import Address
from gradewise.adapters.sql.chain_ends import find_origin, forget_slice, hold_head, last_correction
from gradewise.adapters.sql.erasing import Erasing, clear_changes, find_erasures
from gradewise.adapters.sql.failures import translated
from gradewise.adapters.sql.file_writing import FileWriter
from gradewise.adapters.sql.opening import WhenAway, open_tables
from gradewise.adapters.sql.refusals import scores_fault
from gradewise.adapters.sql.revisions import in_newest
from gradewise.adapters.sql.score_file import add_in_file, require_room_beside, touch_file
from gradewise.adapters.sql.score_queue import find_queue_faults, mend_queue
from gradewise.adapters.sql.score_rows import (
    correction_link_of,
    correction_link_row,
    correction_of,
    correction_row,
    link_new,
    record_of,
    score_row,
)
from gradewise.adapters.sql.scoring_tables import CORRECTION_LINKS, CORRECTIONS, HEAD, QUEUE, SCORES
from gradewise.adapters.sql.transactions import Transactions
from gradewise.errors import InputError
from gradewise.scores.correction_chain import CorrectionLink, link_correction
from gradewise.scores.corrections import Correction
from gradewise.scores.erasures import Erasure, ErasureNote, require_sound_note
from gradewise.scores.queue import QueueFaults, WaitingCount
from gradewise.scores.records import Route, ScoreDraft, ScoreRecord
from gradewise.scores.soundness import require_sound_correction, require_sound_draft

T = TypeVar("T")
AFTER_HEX = "g"
"""Sorts after whatever an id that begins so can go on with."""
AT_ONCE = 500
"""Ids in one question: databases take so many parameters and not many times more."""


@asynccontextmanager
async def open_score_log(
    address: Address, *, when_away: WhenAway | None = None
) -> AsyncIterator["SqlScoreLog"]:
    """The score log in a database; a SQLite file is made or brought up to date on the way.

    Args:
        address: where it is.
        when_away: told of a server that does not answer yet; without it that is an error.

    Raises:
        RegistryError: a server's tables are not those of this gradewise.
        UnavailableError: the database does not answer.
    """
    async with open_tables(address, scores_fault, when_away=when_away) as transactions:
        log = SqlScoreLog(transactions)
        try:
            yield log
        finally:
            await log.close()


class SqlScoreLog:
    """A `ScoreLog` on tables."""

    def __init__(self, transactions: Transactions) -> None:
        """Use a database whose tables are those of this gradewise."""
        self._transactions = transactions
        self._file = FileWriter(transactions.engine)

    async def close(self) -> None:
        """Give back the connection that answers were written by; may be called twice."""
        await self._file.close()

    async def add(self, drafts: Sequence[ScoreDraft]) -> tuple[ScoreRecord, ...]:
        """Write answers down at the end of the chain, all or none."""
        for draft in drafts:
            require_sound_draft(draft)
        if not drafts:
            return ()

        if self._transactions.address.kind == "sqlite":
            return await self._write_file(partial(add_in_file, drafts))
        return await self._transactions.write(partial(_add, drafts))

    async def require_writable(self) -> None:
        """Pass where something can be written down: the head is written as it is, beside some free space."""
        address = self._transactions.address
        if address.kind == "sqlite":
            with translated(address, self._transactions.faults):
                await asyncio.to_thread(require_room_beside, address.path)
            await self._write_file(touch_file)
        else:
            await self._transactions.write(_touch)

    async def find(self, score_id: str) -> ScoreRecord | None:
        """The answer of that id, or whose id begins so and no other's does."""
        if not score_id or set(score_id) - set("0123456789abcdef"):
            return None
        begins = SCORES.c.id.between(score_id, score_id + AFTER_HEX)
        found = await self._records(select(SCORES).where(begins).limit(2))
        return found[0] if len(found) == 1 else None

    async def records(
        self, *, after: int = 0, limit: int = 1000, essay_id: str | None = None
    ) -> tuple[ScoreRecord, ...]:
        """Answers by serial, from the one after this."""
        query = select(SCORES).where(SCORES.c.serial > after)
        if essay_id is not None:
            query = query.where(SCORES.c.essay_id == essay_id)
        return await self._records(query.order_by(SCORES.c.serial).limit(limit))

    async def newest(self, *, limit: int = 20) -> tuple[ScoreRecord, ...]:
        """The last answers, newest first."""
        return await self._records(select(SCORES).order_by(SCORES.c.serial.desc()).limit(limit))

    async def waiting(
        self, *, routes: Sequence[Route] = ("review", "audit"), limit: int = 100
    ) -> tuple[ScoreRecord, ...]:
        """Answers that somebody is to look at and nobody has, most urgent first, then oldest."""
        # Only so many of the queue are looked up, also where a server knows nothing yet of its tables' sizes.
        first = select(QUEUE.c.serial, QUEUE.c.urgency).where(QUEUE.c.route.in_(routes))
        chosen = first.order_by(QUEUE.c.urgency.desc(), QUEUE.c.serial).limit(limit).subquery()
        query = select(SCORES).join(chosen, chosen.c.serial == SCORES.c.serial)
        return await self._records(query.order_by(chosen.c.urgency.desc(), chosen.c.serial))

    async def count_waiting(
        self, *, routes: Sequence[Route] = ("review", "audit"), model_name: str | None = None
    ) -> WaitingCount:
        """How many of them there are, of models of that name or of any; reads none of them."""
        query = select(QUEUE.c.route, func.count().label("n"), func.min(QUEUE.c.serial).label("first"))
        query = query.where(QUEUE.c.route.in_(routes))
        if model_name is not None:
            query = query.join(SCORES, SCORES.c.serial == QUEUE.c.serial)
            query = query.where(SCORES.c.model_name == model_name)
        counted = query.group_by(QUEUE.c.route).subquery()
        first = select(func.min(counted.c.first)).scalar_subquery()
        oldest = select(SCORES.c.made_at).where(SCORES.c.serial == first).scalar_subquery()
        rows = await self._rows(select(counted.c.route, counted.c.n, oldest.label("oldest")))
        counts: dict[str, int] = {row.route: row.n for row in rows}
        return WaitingCount(
            n_review=counts.get("review", 0),
            n_audit=counts.get("audit", 0),
            oldest=rows[0].oldest if rows else None,
        )

    async def queue_faults(self) -> QueueFaults:
        """How what waits differs from what answers and decisions say."""
        return await find_queue_faults(self._transactions)

    async def mend_queue(self) -> QueueFaults:
        """Let wait what does by answers and decisions, and nothing else; what was put right."""
        return await mend_queue(self._transactions)

    async def correct(self, correction: Correction) -> Correction:
        """Keep what a teacher decided; told again, the first telling is returned."""
        require_sound_correction(correction)
        told = select(CORRECTIONS).where(CORRECTIONS.c.id == correction.id)
        answer = select(SCORES.c.serial).where(SCORES.c.id == correction.score_id)

        async def _correct(connection: AsyncConnection) -> Correction:
            await hold_head(connection)
            kept = (await connection.execute(told)).first()
            if kept is not None:
                return correction_of(kept)
            score_serial = (await connection.execute(answer)).scalar()
            if score_serial is None:
                raise InputError(f"there is no answer {correction.score_id}; it may have been forgotten")
            await connection.execute(CORRECTIONS.insert().values(correction_row(correction)))
            link = link_correction(correction, score_serial, await last_correction(connection))
            await connection.execute(CORRECTION_LINKS.insert().values(correction_link_row(link)))
            return correction

        return await self._transactions.write(_correct)

    async def corrections(
        self, *, since: datetime | None = None, score_ids: Sequence[str] | None = None
    ) -> tuple[Correction, ...]:
        """What teachers decided, oldest first; the last one of an answer counts."""
        query = select(CORRECTIONS).order_by(CORRECTIONS.c.serial)
        if since is not None:
            query = query.where(CORRECTIONS.c.corrected_at >= since)
        if score_ids is None:
            return tuple(correction_of(row) for row in await self._rows(query))
        asked = list(dict.fromkeys(score_ids))
        found = [
            row
            for start in range(0, len(asked), AT_ONCE)
            for row in await self._rows(
                query.where(CORRECTIONS.c.score_id.in_(asked[start : start + AT_ONCE]))
            )
        ]
        return tuple(correction_of(row) for row in sorted(found, key=lambda row: int(row.serial)))

    async def correction_links(self, *, after: int = 0, limit: int = 1000) -> tuple[CorrectionLink, ...]:
        """The chain of corrections by serial, from the link after this; what is forgotten keeps its link."""
        query = select(CORRECTION_LINKS).where(CORRECTION_LINKS.c.serial > after)
        rows = await self._rows(query.order_by(CORRECTION_LINKS.c.serial).limit(limit))
        return tuple(correction_link_of(row) for row in rows)

    async def forget(self, before: datetime) -> int:
        """Remove the oldest answers made before a moment, and what was decided about them; how many."""
        forgotten = 0
        # In slices, between which others write.
        while slice_ := await self._transactions.write(partial(forget_slice, before)):
            forgotten += slice_
        return forgotten

    async def erase(self, score_ids: Sequence[str], note: ErasureNote) -> Erasure:
        """Take answers out for good, with what was decided about them, all or none; their digests stay."""
        require_sound_note(note)
        ids = tuple(dict.fromkeys(score_ids))
        if not ids:
            raise InputError("there is no answer to take out; name at least one")
        erasure = await self._transactions.write(Erasing(ids, note))
        if self._transactions.address.kind == "sqlite":
            await clear_changes(self._transactions.engine)
        return erasure

    async def erasures(self) -> tuple[Erasure, ...]:
        """The chain of what was taken out."""
        return await self._transactions.read(find_erasures)

    async def origin(self) -> tuple[int, str]:
        """Serial and digest that the chain begins after: 0 and zeros until something was forgotten."""
        found = await self._transactions.read(find_origin)
        return found.serial, found.digest

    async def head(self) -> tuple[int, str]:
        """Serial and digest of the last answer; what the chain begins after where there is none."""
        row = (await self._rows(select(HEAD)))[0]
        return row.serial, row.digest

    async def _write_file(self, work: Callable[[sqlite3.Connection], T]) -> T:
        address = self._transactions.address
        with translated(address, self._transactions.faults):
            return await self._file.write(partial(in_newest, address, work))

    async def _records(self, query: Select[Any]) -> tuple[ScoreRecord, ...]:
        return tuple(record_of(row) for row in await self._rows(query))

    async def _rows(self, query: Select[Any]) -> list[Row[Any]]:
        async def _all(connection: AsyncConnection) -> list[Row[Any]]:
            return list(await connection.execute(query))

        return await self._transactions.read(_all)


async def _add(drafts: Sequence[ScoreDraft], connection: AsyncConnection) -> tuple[ScoreRecord, ...]:
    head = await hold_head(connection)
    kept = await _find_all(connection, [draft.id for draft in drafts])
    added = link_new(drafts, kept, head)
    if added:
        await connection.execute(SCORES.insert(), [score_row(record) for record in added])
        end = {"serial": added[-1].serial, "digest": added[-1].digest}
        await connection.execute(update(HEAD).values(end))
    return tuple(kept[draft.id] for draft in drafts)


async def _touch(connection: AsyncConnection) -> None:
    await connection.execute(update(HEAD).values(serial=HEAD.c.serial))


async def _find_all(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, ScoreRecord]:
    """Answers that are there, by id."""
    found: dict[str, ScoreRecord] = {}
    for start in range(0, len(ids), AT_ONCE):
        asked = select(SCORES).where(SCORES.c.id.in_(ids[start : start + AT_ONCE]))
        found |= {row.id: record_of(row) for row in await connection.execute(asked)}
    return found
