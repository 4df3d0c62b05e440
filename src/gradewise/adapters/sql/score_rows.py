"""Rows of the score log's tables as records, and records as rows."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row

from gradewise.scores.chain import Link, chained
from gradewise.scores.correction_chain import CorrectionLink
from gradewise.scores.corrections import Correction
from gradewise.scores.records import ScoreDraft, ScoreRecord

DRAFT_FIELDS: Final = tuple(name for name in ScoreDraft.__dataclass_fields__ if name != "values")
CORRECTION_FIELDS: Final = tuple(Correction.__dataclass_fields__)
LINK_FIELDS: Final = tuple(CorrectionLink.__dataclass_fields__)


def record_of(row: Row[Any]) -> ScoreRecord:
    """A row of `score_log`."""
    kept = row._mapping  # noqa: SLF001 - the public name of it
    draft = ScoreDraft(values=bytes(kept["reading"]), **{name: kept[name] for name in DRAFT_FIELDS})
    return ScoreRecord(serial=row.serial, draft=draft, previous=row.previous, digest=row.digest)


def score_row(record: ScoreRecord) -> dict[str, Any]:
    """An answer in its chain."""
    draft = {name: getattr(record.draft, name) for name in DRAFT_FIELDS}
    link = {"serial": record.serial, "previous": record.previous, "digest": record.digest}
    return {**link, "reading": record.draft.values, **draft}


def link_new(drafts: Sequence[ScoreDraft], kept: dict[str, ScoreRecord], head: Link) -> list[ScoreRecord]:
    """Those of some answers that are not kept yet, chained after the end, and put among those that are."""
    new = {draft.id: draft for draft in reversed(drafts) if draft.id not in kept}
    added = list(chained((new.pop(draft.id) for draft in drafts if draft.id in new), head))
    kept |= {record.draft.id: record for record in added}
    return added


def correction_of(row: Row[Any]) -> Correction:
    """A row of `corrections`."""
    kept = row._mapping  # noqa: SLF001 - the public name of it
    return Correction(**{name: kept[name] for name in CORRECTION_FIELDS})


def correction_row(correction: Correction) -> dict[str, Any]:
    """What a teacher decided."""
    return {name: getattr(correction, name) for name in CORRECTION_FIELDS}


def correction_link_of(row: Row[Any]) -> CorrectionLink:
    """A row of `correction_links`."""
    kept = row._mapping  # noqa: SLF001 - the public name of it
    return CorrectionLink(**{name: kept[name] for name in LINK_FIELDS})


def correction_link_row(link: CorrectionLink) -> dict[str, Any]:
    """The place of a correction in its chain."""
    return {name: getattr(link, name) for name in LINK_FIELDS}
