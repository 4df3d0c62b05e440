"""Answers written into a SQLite file by its own driver: one takes a few tenths of a millisecond."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Final

from gradewise.adapters.sql.score_rows import DRAFT_FIELDS, link_new
from gradewise.adapters.sql.scoring_tables import SCORES
from gradewise.scores.chain import Link
from gradewise.scores.records import ScoreDraft, ScoreRecord

COLUMNS: Final = tuple(column.name for column in SCORES.columns)
FIND: Final = f"SELECT {', '.join(COLUMNS)} FROM score_log WHERE id = ?"  # noqa: S608 - our own names
_APART: Final = ("serial", "made_at", "reading", "previous", "digest")
_PLAIN: Final = tuple(name for name in COLUMNS if name not in _APART)
_plain = attrgetter(*_PLAIN)
ADD: Final = f"INSERT INTO score_log ({', '.join((*_APART, *_PLAIN))}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - the same


def add_in_file(drafts: Sequence[ScoreDraft], file: sqlite3.Connection) -> tuple[ScoreRecord, ...]:
    """Add answers to the chain within a transaction that nobody else writes in."""
    serial, digest = file.execute("SELECT serial, digest FROM score_log_head").fetchone()
    found = (file.execute(FIND, (draft.id,)).fetchone() for draft in drafts)
    kept = {record.draft.id: record for record in map(_record, filter(None, found))}
    added = link_new(drafts, kept, Link(serial, digest))
    if added:
        file.executemany(ADD, [_row(record) for record in added])
        end = (added[-1].serial, added[-1].digest)
        file.execute("UPDATE score_log_head SET serial = ?, digest = ?", end)
    return tuple(kept[draft.id] for draft in drafts)


def _row(record: ScoreRecord) -> tuple[Any, ...]:
    draft = record.draft
    made_at = draft.made_at.astimezone(UTC).replace(tzinfo=None)
    written = made_at.isoformat(" ", timespec="microseconds")  # as SQLAlchemy writes it
    return (record.serial, written, draft.values, record.previous, record.digest, *_plain(draft))


def _record(row: Sequence[Any]) -> ScoreRecord:
    kept = dict(zip(COLUMNS, row, strict=True))
    kept["made_at"] = datetime.fromisoformat(kept["made_at"]).replace(tzinfo=UTC)
    draft = ScoreDraft(values=kept["reading"], **{name: kept[name] for name in DRAFT_FIELDS})
    return ScoreRecord(serial=kept["serial"], draft=draft, previous=kept["previous"], digest=kept["digest"])
