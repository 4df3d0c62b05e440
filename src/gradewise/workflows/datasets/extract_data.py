"""From a school's database to a file that can be trained on, with a record of where it came from."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, aclosing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from gradewise.errors import InputError, LeakError, PlanError
from gradewise.essays.source_queries import (
    GIVEN,
    MOST_LABELS,
    ColumnRef,
    EssayQuery,
    SourceRow,
    labels_are_grades,
    refuse_circular_label,
    why_left_out,
)
from gradewise.essays.suggestions import quotable
from gradewise.protocols.tables import EssayStream, TableColumn, TableWriter
from gradewise.telemetry import Listener, Notice, correlation_id, silent, stage
from gradewise.whole_files import write_whole
from gradewise.workflows.datasets.provenance import (
    METADATA,
    ExtractedColumn,
    Provenance,
    RowCounts,
    provenance_path,
)
from gradewise.workflows.datasets.source_query import essay_query
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.source import SourcePlan
from gradewise.workflows.plans.source_presets import effective_source

ROWS_BETWEEN_REPORTS = 500
"""How often progress is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceServices:
    """What an extraction needs from the outside world."""

    open_database: Callable[[EssayQuery], AbstractAsyncContextManager[EssayStream]]
    """Asks the database that the environment names."""
    open_table: Callable[[Path, Sequence[TableColumn]], AbstractContextManager[TableWriter]]
    """Makes a file, whole or not at all."""
    sha256: Callable[[Path], str]
    """Digest of a file."""
    clock: Callable[[], datetime]
    """The time, with its zone."""
    version: str
    """Of gradewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What was extracted."""

    table: Path
    """The Parquet file."""
    record: Path
    """Its provenance."""
    provenance: Provenance
    """What stands there."""

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of features."""
        kinds = ("judgement", "feature")
        return tuple(each.name for each in self.provenance.columns if each.kind in kinds)


async def extract_training_data(
    plan: Plan, output: Path, services: SourceServices, *, listener: Listener = silent
) -> Extraction:
    """Read graded essays from a database, and write those that can be learnt from.

    Args:
        plan: its `source` says what is asked.
        output: a Parquet file; ``….provenance.json`` lies beside it.
        services: the database and files.
        listener: hears progress and what is worth knowing.

    Raises:
        PlanError: the plan says too little.
        LeakError: the label follows from features beside it, and the plan does not allow that.
        InputError: the database has no such tables, a row cannot be used (with ``stop``), or none is left.
        UnavailableError: the database does not answer, or no more; no file is made.
    """
    asked = plan.source or SourcePlan()
    query = essay_query(asked, now=services.clock())
    _require_straight(query, asked)
    async with services.open_database(query) as stream:
        for notice in stream.notices:
            listener(Notice(notice))
        circular = _require_straight(query, asked, stream.feature_names)
        counts = RowCounts(stream.n_in_table, stream.n_asked)
        draft = _draft(stream, query, asked, services, counts=counts, circular=circular)
        with services.open_table(output, [_written(column) for column in draft.columns]) as table:
            await _copy(stream, _Sieve(query, asked, counts, stream.location), table, listener)
            table.describe({METADATA: draft.to_text()})
            provenance_path(output).unlink(missing_ok=True)  # a record never lies beside another file
    _tell(draft, listener)
    record = write_whole(provenance_path(output), _record(draft, output, services))
    return Extraction(table=output, record=record, provenance=draft)


def _require_straight(query: EssayQuery, asked: SourcePlan, names: Sequence[str] = ()) -> bool:
    """Whether the label is circular; refused where the plan does not allow it."""
    try:
        refuse_circular_label(query, names)
    except LeakError:
        if not asked.allow_circular_label or query.label_origin == "teacher":
            raise
        return True
    return False


def _draft(
    stream: EssayStream,
    query: EssayQuery,
    asked: SourcePlan,
    services: SourceServices,
    *,
    counts: RowCounts,
    circular: bool,
) -> Provenance:
    """The record of an extraction that begins; its counts grow with the rows that come."""
    return Provenance(
        made_at=services.clock(),
        gradewise=services.version,
        correlation_id=correlation_id(),
        database=stream.location,
        tables=stream.tables,
        asked=effective_source(asked).model_dump(mode="json"),
        query=query,
        columns=_columns(query, stream.feature_names),
        counts=counts,
        circular=circular,
    )


def _columns(query: EssayQuery, names: Sequence[str]) -> tuple[ExtractedColumn, ...]:
    """What the file holds: what intake knows by its usual names, then groups, then features."""
    roles = (
        ("essay_id", "id", query.id),
        ("text", "text", query.text),
        ("grade", "label", query.label),
        ("second_grade", "label", query.second_label),
        ("prompt", "context", query.prompt),
        ("prompt_text", "context", query.prompt_text),
        ("written_at", "context", query.written_at),
        ("batch", "context", query.batch),
    )
    columns = [
        ExtractedColumn(name, cast("Any", kind), str(ref)) for name, kind, ref in roles if ref is not None
    ]
    columns += [ExtractedColumn(f"group_{ref.column}", "group", str(ref)) for ref in query.groups]
    columns += [_feature(name, query) for name in names]
    twice = next(
        (each.name for n, each in enumerate(columns) if each.name in {c.name for c in columns[:n]}), None
    )
    if twice is not None:
        raise InputError(f"two columns would be called {quotable(twice)!r}; ask for one of them")
    return tuple(columns)


def _feature(name: str, query: EssayQuery) -> ExtractedColumn:
    judged = {GIVEN[feature] for feature in query.features.judgement}
    refs: dict[str, ColumnRef] = {ref.column: ref for ref in query.features.columns}
    if name in judged:
        return ExtractedColumn(f"given_{name}", "judgement", f"comparisons of {query.main}")
    return ExtractedColumn(f"given_{name}", "feature", str(refs.get(name, query.features.vector)))


def _written(column: ExtractedColumn) -> TableColumn:
    if column.name == "written_at":
        return TableColumn(column.name, "time")
    return TableColumn(column.name, "number" if column.kind in ("judgement", "feature") else "text")


@dataclass(frozen=True, slots=True)
class _Sieve:
    """Lets rows through that are essays to learn from, and counts."""

    query: EssayQuery
    asked: SourcePlan
    counts: RowCounts
    location: str

    def passes(self, row: SourceRow) -> bool:
        """Whether a row is one.

        Raises:
            InputError: it is none and the plan says stop, or the labels are no grades.
        """
        reason, counts = why_left_out(row), self.counts
        if reason is None:
            counts.kept += 1
            counts.labels[row.label.strip()] += 1
            self._require_grades()
            return True
        if self.asked.on_bad_rows == "stop":
            raise InputError(
                f"{self.location}, essay {quotable(row.id)!r}: {reason}; leave such rows out with "
                "source.on_bad_rows: set_aside"
            )
        counts.left_out[reason] += 1
        return False

    def _require_grades(self) -> None:
        if not labels_are_grades(self.counts.labels):
            raise InputError(
                f"{self.location}: {self.query.label} holds more than {MOST_LABELS} different labels; name "
                "the column of grades (--label-from)"
            )


async def _copy(stream: EssayStream, sieve: _Sieve, table: TableWriter, listener: Listener) -> None:
    """Write the rows that are essays; there must be some."""
    done, counts = 0, sieve.counts
    with stage(listener, "essays from the database", total=counts.asked, unit="essays") as advance:
        async with aclosing(cast("Any", stream.rows())) as rows:
            async for row in rows:
                if sieve.passes(row):
                    table.add(tuple(_values(row, sieve.query)))
                done += 1
                if done % ROWS_BETWEEN_REPORTS == 0:
                    advance(done)
        advance(done)
    _require_some(counts, sieve.location)


def _values(row: SourceRow, query: EssayQuery) -> Iterator[Any]:
    """The values of a row, in the order of the columns."""
    yield from (row.id.strip(), row.text, row.label.strip())
    optional = (
        (query.second_label, row.second_label.strip()),
        (query.prompt, row.prompt.strip()),
        (query.prompt_text, row.prompt_text),
        (query.written_at, row.written_at),
        (query.batch, row.batch),
    )
    yield from (value or None for ref, value in optional if ref is not None)
    yield from (value or None for value in row.groups)
    yield from row.given


def _require_some(counts: RowCounts, location: str) -> None:
    if counts.kept:
        return
    if counts.left_out:
        reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(counts.left_out.items()))
        raise InputError(f"{location}: none of {counts.asked} rows is a graded essay ({reasons})")
    raise InputError(
        f"{location}: the filters leave none of {counts.in_table} rows; ask for more: --since-days, "
        "--min-comparisons, --status"
    )


def _tell(provenance: Provenance, listener: Listener) -> None:
    counts = provenance.counts
    if counts.left_out:
        reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(counts.left_out.items()))
        listener(Notice(f"{counts.left_out.total()} rows left out: {reasons}"))
    if provenance.query.label_origin == "judgement":
        listener(Notice("the labels come of comparative judgement, not from teachers; the record says so"))
    if provenance.circular:
        listener(Notice("the label follows from features beside it, as source.allow_circular_label allows"))


def _record(provenance: Provenance, output: Path, services: SourceServices) -> str:
    content = provenance.to_json() | {"file": {"name": output.name, "sha256": services.sha256(output)}}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def output_of(plan: Plan, output: Path | None) -> Path:
    """Where the essays go: what was named, else the file that the plan trains on.

    Raises:
        PlanError: neither is a Parquet file.
    """
    chosen = output or plan.data.train
    if chosen.suffix != ".parquet":
        raise PlanError(f"{chosen} is no name of a Parquet file; name one: --output training.parquet")
    return chosen
