"""Answers written into a SQLite file by its own driver: one takes a few tenths of a millisecond."""

import os
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

from gradewise.adapters.sql.score_rows import DRAFT_FIELDS, link_new
from gradewise.adapters.sql.scoring_tables import SCORES
from gradewise.scores.chain import Link
from gradewise.scores.records import ScoreDraft, ScoreRecord

ROOM_BYTES: Final = 64 * 1024
"""What an answer or two take in the file and in its log of changes."""
AT_ONCE: Final = 500
"""Ids in one question: every SQLite takes so many."""
COLUMNS: Final = tuple(column.name for column in SCORES.columns)
_APART: Final = ("serial", "made_at", "reading", "previous", "digest")
_PLAIN: Final = tuple(name for name in COLUMNS if name not in _APART)
_plain = attrgetter(*_PLAIN)
ADD: Final = (
    f"INSERT INTO score_log ({', '.join((*_APART, *_PLAIN))}) "  # noqa: S608 - our own names
    f"VALUES ({', '.join('?' * len(COLUMNS))})"
)


def add_in_file(drafts: Sequence[ScoreDraft], file: sqlite3.Connection) -> tuple[ScoreRecord, ...]:
    """Add answers to the chain within a transaction that nobody else writes in."""
    serial, digest = file.execute("SELECT serial, digest FROM score_log_head").fetchone()
    found = (row for some in _by_some(drafts) for row in file.execute(_find(len(some)), some))
    kept = {record.draft.id: record for record in map(_record, found)}
    added = link_new(drafts, kept, Link(serial, digest))
    if added:
        file.executemany(ADD, [_row(record) for record in added])
        end = (added[-1].serial, added[-1].digest)
        file.execute("UPDATE score_log_head SET serial = ?, digest = ?", end)
    return tuple(kept[draft.id] for draft in drafts)


def require_room_beside(path: Path | None) -> None:
    """Pass where the disk of a file has room for some answers: a full one may still take a page.

    Raises:
        OSError: it has none.
    """
    if path is not None:
        with TemporaryFile(dir=path.parent) as trial:
            trial.write(bytes(ROOM_BYTES))
            trial.flush()
            os.fsync(trial.fileno())


def touch_file(file: sqlite3.Connection) -> None:
    """Write the end of the chain as it is."""
    file.execute("UPDATE score_log_head SET serial = serial")


def _by_some(drafts: Sequence[ScoreDraft]) -> list[list[str]]:
    """Ids of answers, as many at a time as one question takes."""
    ids = [draft.id for draft in drafts]
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]


def _find(n: int) -> str:
    return f"SELECT {', '.join(COLUMNS)} FROM score_log WHERE id IN ({', '.join('?' * n)})"  # noqa: S608 - our own names


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
