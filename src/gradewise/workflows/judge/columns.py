"""Columns from judgement for a model that reads the text as well, beside labels that teachers gave."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gradewise.errors import InputError, LeakError
from gradewise.essays.source_queries import CIRCULAR, JUDGED_LABELS
from gradewise.essays.spreadsheet_cells import unshielded
from gradewise.essays.suggestions import quotable
from gradewise.judgement.features import COLUMNS, JudgementFeatures
from gradewise.protocols.tables import EssaySource
from gradewise.workflows.datasets.provenance import provenance_path
from gradewise.workflows.datasets.table_rows import TableRows
from gradewise.workflows.judge.records import Row, feature_rows
from gradewise.workflows.judge.tables import IDS


@dataclass(frozen=True, slots=True)
class JoinedRows:
    """Rows of a table of essays with the columns of judgement."""

    rows: list[Row]
    """Those that were judged, in the order of the table."""
    left_out: int
    """Those that were not judged."""


def join_essays(
    features: JudgementFeatures, source: EssaySource, *, label: str | None, path: Path | None = None
) -> JoinedRows:
    """The rows of a table of graded essays with what judgement says of each.

    Args:
        features: Of a batch.
        source: Essays with a teacher's grade, to train on.
        label: The column of that grade; looked for when left out.
        path: Of the table, beside which a record of where it came from may lie.

    Raises:
        LeakError: the grade is one that judgement made of these very scores: circular.
        InputError: the table lacks a column, has one of ours already, or none of its essays was judged.
    """
    table = TableRows(source)
    essay = table.needed("ids of essays", *IDS)
    refuse_judged_labels(source, label=label, path=path)
    taken = [name for name in COLUMNS if name in source.columns()]
    if taken:
        raise InputError(f"{source.location} has a column {taken[0]!r} already; rename it, or take it out")
    found = {str(row["essay_id"]): row for row in feature_rows(features)}
    rows: list[Row] = []
    left_out = 0
    for _, row in table.rows():
        judged = found.get(unshielded(row[essay].strip()))
        left_out += judged is None
        if judged is not None:
            rows.append({**row, **{name: judged[name] for name in COLUMNS}})
    if not rows:
        raise InputError(f"{source.location}: none of its essays was judged; check that ids are the same")
    return JoinedRows(rows, left_out)


def refuse_judged_labels(source: EssaySource, *, label: str | None, path: Path | None) -> None:
    """Refuse labels that were projected from judgement: they follow from its scores, and teach nothing else.

    Told by the name of the column, and by the record that extraction leaves beside a file.

    Raises:
        LeakError: they were.
        InputError: the named column is missing.
    """
    if label is not None and label not in source.columns():
        raise InputError(
            f"{source.location}: column {label!r} is missing; there are {', '.join(source.columns())}"
        )
    judged = [name for name in source.columns() if name.strip().casefold() in JUDGED_LABELS]
    named = [name for name in judged if label in {None, name}]
    record = {} if path is None else _label_record(provenance_path(path))
    if record.get("origin") == "judgement" and label in {None, record.get("name")}:
        named.append(str(record.get("column")))
    if named:
        raise LeakError(
            CIRCULAR,
            f"{source.location}: {quotable(named[0])!r} was projected from comparisons, and would be "
            f"learnt from "
            "bt_score perfectly; join teachers' grades (--label COLUMN)",
        )


def _label_record(path: Path) -> Mapping[str, object]:
    """What a record beside a file says of its label; nothing where there is none."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        label = dict(record["label"])
        names = [each["name"] for each in record["columns"] if each["kind"] == "label"]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} cannot be read as a record of where essays came from; extract again"
        ) from error
    return {**label, "name": names[0] if names else None}
