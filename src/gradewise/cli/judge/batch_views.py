"""Batches, and what they came to, as a person reads them in a terminal or a program in a file."""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from gradewise.cli.columns import in_columns
from gradewise.cli.csv_tables import spreadsheet_text
from gradewise.essays.spreadsheet_cells import shielded
from gradewise.judgement.batches import BatchResult, EssayResult, JudgedBatch
from gradewise.reporting.wording import counted, decimal, signed

ABSENT = "–"
WHY = {
    "anchor": "anchor",
    "disabled": "no model was wanted",
    "no_model": "no model",
    "too_few_comparisons": "hardly compared",
    "no_text": "no text",
    "not_readable": "the model cannot read it",
    "scale_differs": "the model knows other grades",
    "model_changed": "another model took over",
    "model_error": "the model failed",
    "unavailable": "no model answered",
    "busy": "the model was busy",
    "deadline": "the model was too slow",
    "circuit_open": "the model had failed too often",
}
"""Reasons in words."""
FLAG = "disagree"


SHOWN = 20
"""Essays that a table shows from the top; those to look at come besides."""


def result_table(result: BatchResult) -> str:
    """A line an essay, by rank: the first ones, those that disagree, and how to see the others."""
    head = ("rank", "essay", "score", "judged", "model", "grade", "probability", "note")
    first, others = result.essays[:SHOWN], result.essays[SHOWN:]
    shown = [*first, *(essay for essay in others if essay.disagrees)]
    table = in_columns([head, *map(_line, shown)], right=(0, 2, 6))
    left = len(result.essays) - len(shown)
    return f"{table}\n{left} more: gradewise finalize {result.batch_id} --output FILE.csv" if left else table


def _line(essay: EssayResult) -> tuple[str, ...]:
    note = FLAG if essay.disagrees else WHY.get(essay.reason, essay.reason)
    return (
        ABSENT if essay.is_anchor else str(essay.rank),
        essay.essay_id,
        f"{signed(essay.bt_score)} ± {decimal(essay.bt_se)}",
        essay.bt_grade or ABSENT,
        essay.ml_grade or ABSENT,
        essay.grade or ABSENT,
        ABSENT if essay.confidence is None else f"{essay.confidence:.0%}",
        note,
    )


def result_summary(result: BatchResult) -> str:
    """The batch in a line or two."""
    students = [essay for essay in result.essays if not essay.is_anchor]
    alone = Counter(WHY.get(essay.reason, essay.reason) for essay in students if essay.reason)
    both = len(students) - alone.total()
    model = f"{result.model_name} {result.model_version}"
    parts = [
        *([f"{counted(both, 'essay')} by judgement and model ({model})"] if both else []),
        *(f"{counted(n, 'essay')} by judgement alone ({why})" for why, n in alone.most_common()),
    ]
    if both:
        flagged = sum(essay.disagrees for essay in students)
        parts.append(f"{counted(flagged, 'disagreement')} to look at")
    return "; ".join(parts)


def batch_table(found: Sequence[tuple[JudgedBatch, BatchResult | None]]) -> str:
    """A line a batch."""
    rows = [("batch", "essays", "anchors", "comparisons", "status", "final")]
    for batch, result in found:
        anchors = sum(essay.is_anchor for essay in batch.essays)
        final = ABSENT if result is None else f"{result.finalized_at:%Y-%m-%d %H:%M} {result.scoring_method}"
        rows.append(
            (batch.id, str(len(batch.essays) - anchors), str(anchors), str(len(batch.comparisons)),
             batch.status or ABSENT, final)
        )  # fmt: skip
    return in_columns(rows, right=(1, 2, 3))


def batch_facts(batch: JudgedBatch, result: BatchResult | None) -> dict[str, Any]:
    """A batch by name of fact, without texts."""
    task = next((essay for essay in batch.essays if essay.prompt is not None), None)
    return {
        "batch": batch.id,
        "status": batch.status,
        "task": None if task is None else task.prompt,
        "task_sha256": None if task is None else _digest(task.prompt_text),
        "scale": batch.scale,
        "essays": sum(not essay.is_anchor for essay in batch.essays),
        "anchors": {essay.id: essay.known_grade for essay in batch.essays if essay.is_anchor},
        "comparisons": len(batch.comparisons),
        "set_aside": dict(batch.set_aside),
        "final": None if result is None else result.finalized_at.isoformat(),
    }


def _digest(text: str | None) -> str | None:
    """Of a task, as answers name it; lists of batches without any do not wait for what repairs texts."""
    if text is None:
        return None
    from gradewise.essays.texts import text_sha256

    return text_sha256(text)


def result_json(result: BatchResult) -> str:
    """What a batch came to, for programs."""
    facts = asdict(result) | {"finalized_at": result.finalized_at.isoformat()}
    return json.dumps(facts, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def result_csv(result: BatchResult, *, excel: bool = False) -> str:
    """What a batch came to, for spreadsheets: a column for each grade's probability.

    Args:
        result: Of the batch.
        excel: Whether it is written as spreadsheet programs of most of Europe open it by a click.
    """
    grades = next((tuple(essay.probabilities) for essay in result.essays if essay.probabilities), ())
    plain = [name for name in EssayResult.__dataclass_fields__ if not name.endswith("probabilities")]
    rows: list[dict[str, Any]] = [
        {
            **{name: getattr(essay, name) for name in plain},
            "model_digest": result.model_digest or "",
            **{f"p_{grade}": essay.probabilities.get(grade, "") for grade in grades},
        }
        for essay in result.essays
    ]
    if excel:
        return spreadsheet_text(rows)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*plain, "model_digest", *(f"p_{grade}" for grade in grades)])
    writer.writerows(map(_cell, row.values()) for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    """A value as a spreadsheet takes it: no text is a formula."""
    if isinstance(value, str):
        return shielded(value)
    return "" if value is None else value
