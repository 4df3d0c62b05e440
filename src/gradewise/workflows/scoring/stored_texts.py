"""Texts that teachers decided about, found in the tables of a school by their digests."""

import hashlib
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime

from gradewise.essays.intake import MAX_CHARACTERS, NO_TEXT
from gradewise.essays.records import Essay
from gradewise.essays.source_queries import EssayQuery, FeatureColumns, RowFilters, SourceRow
from gradewise.protocols.tables import EssayStream
from gradewise.scores.snapshots import text_names
from gradewise.telemetry import Listener, Notice, stage


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTexts:
    """Where texts lie that no file holds."""

    query: EssayQuery
    """Which tables; only texts and tasks are asked for, graded or not, whatever their status."""
    open_database: Callable[[EssayQuery], AbstractAsyncContextManager[EssayStream]]
    """Asks the database that the environment names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTexts:
    """What was found."""

    texts: dict[str, Essay]
    """Essays by the digests that answers may know them by; of several with one digest the first by id."""
    location: str
    """Where the database is, without user, password and options."""
    sha256: str
    """Digest of the digests that were found: 64 hex digits."""


async def find_texts(stored: StoredTexts, wanted: AbstractSet[str], listener: Listener) -> FoundTexts:
    """Read every essay of a database once, and keep those whose digest is wanted.

    Args:
        stored: where.
        wanted: digests, as `text_names` makes them.
        listener: hears a stage, and what is worth knowing of the tables.

    Raises:
        InputError: the database has no such tables, or a value is of the wrong kind.
        UnavailableError: it does not answer, or no more.
    """
    found: dict[str, Essay] = {}
    async with stored.open_database(_texts_alone(stored.query)) as stream:
        for notice in stream.notices:
            listener(Notice(notice))
        with stage(listener, "essays from the database", total=stream.n_asked, unit="essays") as advance:
            n = 0
            async for row in stream.rows():
                n += 1
                for name in _names_of(row) & wanted:
                    found.setdefault(name, _essay(row))
                advance(n)
        location = stream.location
    digest = hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()
    return FoundTexts(texts=found, location=location, sha256=digest)


def _texts_alone(query: EssayQuery) -> EssayQuery:
    """The same tables, asked for texts: a grade is what the correction brings."""
    return replace(
        query, label=query.id, second_label=None, batch=None, groups=(), score=None, se=None,
        comparisons=None, features=FeatureColumns(), filters=RowFilters(),
    )  # fmt: skip


def _names_of(row: SourceRow) -> set[str]:
    usable = row.text.strip().casefold() not in NO_TEXT and len(row.text) <= MAX_CHARACTERS
    return set(text_names(Essay(id=row.id, text=row.text))) if usable else set()


def _essay(row: SourceRow) -> Essay:
    return Essay(
        id=row.id,
        text=row.text,
        prompt=row.prompt or None,
        prompt_text=row.prompt_text or None,
        written_at=row.written_at if isinstance(row.written_at, datetime) else None,
    )
