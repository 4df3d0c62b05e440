"""Where extracted essays came from: a record beside the file and in it."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from gradewise.essays.source_queries import EssayQuery

METADATA = "gradewise.provenance"
"""Under which name the record stands in a Parquet file's own metadata."""
SCHEMA_VERSION = 1

ColumnKind = Literal["id", "text", "label", "context", "group", "judgement", "feature"]


@dataclass(frozen=True, slots=True)
class ExtractedColumn:
    """A column of an extracted file."""

    name: str
    """What it is called there."""
    kind: ColumnKind
    """What it holds: ``context`` is task, time and batch; ``judgement`` comes of comparative judgement."""
    comes_from: str
    """Of which column of the database, as ``table.column``; or how it was worked out."""


@dataclass(slots=True)
class RowCounts:
    """What became of the rows."""

    in_table: int
    """Rows of the main table."""
    asked: int
    """Those that the filters leave."""
    kept: int = 0
    """Those that were written."""
    left_out: Counter[str] = field(default_factory=Counter)
    """The others, by reason."""
    labels: Counter[str] = field(default_factory=Counter)
    """Written rows by label."""

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "in_table": self.in_table,
            "left_out_by_filters": self.in_table - self.asked,
            "read": self.asked,
            "kept": self.kept,
            "left_out": dict(sorted(self.left_out.items())),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where the essays of a file came from."""

    made_at: datetime
    """When, with its zone."""
    gradewise: str
    """Version that made it."""
    correlation_id: str
    """Leads to what is logged; may be empty."""
    database: str
    """Where the database is, without any secret."""
    tables: Mapping[str, str]
    """The tables that were read: what the query calls them, and what the database does."""
    asked: Mapping[str, Any]
    """The plan's source with its preset filled in."""
    query: EssayQuery
    """What was asked."""
    columns: tuple[ExtractedColumn, ...]
    """Of the file."""
    counts: RowCounts
    """What became of the rows."""
    circular: bool
    """Whether the label follows from features beside it, as the plan allows."""

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        since = self.query.filters.since
        return {
            "schema_version": SCHEMA_VERSION,
            "gradewise": self.gradewise,
            "made_at": self.made_at.isoformat(),
            "correlation_id": self.correlation_id,
            "database": self.database,
            "preset": self.asked["preset"],
            "tables": dict(self.tables),
            "since": None if since is None else since.isoformat(),
            "asked": dict(self.asked),
            "rows": self.counts.to_json(),
            "label": {
                "column": str(self.query.label),
                "origin": self.query.label_origin,
                "circular": self.circular,
                "distribution": dict(sorted(self.counts.labels.items())),
            },
            "columns": [
                {"name": each.name, "kind": each.kind, "from": each.comes_from} for each in self.columns
            ],
        }

    def to_text(self) -> str:
        """As a file keeps it in its own metadata."""
        return json.dumps(self.to_json(), ensure_ascii=False)


def provenance_path(table: Path) -> Path:
    """Where the record of an extracted file lies.

    >>> provenance_path(Path("data/training.parquet")).as_posix()
    'data/training.provenance.json'
    """
    return table.with_name(f"{table.stem}.provenance.json")
