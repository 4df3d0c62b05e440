"""Scoring as the command line does it: which essays, which model, which form."""

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from gradewise.bootstrap import services_from
from gradewise.cli.choosing import find_bundle
from gradewise.cli.csv_tables import spreadsheet_text
from gradewise.cli.grading.class_views import class_panel, class_table, flat_class
from gradewise.cli.grading.essays import AskedEssays, read_essays
from gradewise.cli.rendering import plausible, prediction_panel
from gradewise.cli.terminal import err, out, progress_shown
from gradewise.errors import PlanError
from gradewise.features.advisories.advisory import ADVISORIES
from gradewise.features.given import given_columns
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.verified import Bundle
from gradewise.protocols.tables import TableColumn
from gradewise.reporting.likelier import likeliest_other
from gradewise.reporting.topics.confidence import cut_words
from gradewise.settings import read_settings
from gradewise.telemetry import silent
from gradewise.whole_files import write_whole
from gradewise.workflows.measuring.bundle_needs import with_task_of_training
from gradewise.workflows.score import Prediction, score_many
from gradewise.workflows.scoring.prediction_json import prediction_record
from gradewise.workflows.services import Services

FORMS = ("table", "csv", "excel", "jsonl", "parquet")
"""How grades may be told; ``excel`` is CSV as spreadsheet programs of most of Europe open it by a click."""

WHY_NOT_LIKELIEST = (
    "A grade is read off the score. Where teachers gave another grade to more essays with such scores, "
    "it stands in brackets."
)
"""Said under grades of which one is not the most probable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed after `gradewise score`."""

    essays: AskedEssays
    """Which essays."""
    model: Path | None
    """Bundle or run directory."""
    embedding_model: Path | None = None
    """Directory of the text model that the bundle needs."""
    form: str | None
    """One of `FORMS`."""
    output: Path | None
    """File to write."""
    reasons: int
    """How many to show."""


def score_shown(asked: Asked) -> None:
    """Grade what was asked for and show it, or write it to a file."""
    form = _form(asked)
    bundle = load_bundle(find_bundle(asked.model))
    settings = read_settings().with_embedding_model(asked.embedding_model)
    with services_from(settings) as services, progress_shown() as listener:
        essays = read_essays(
            asked.essays,
            services,
            listener,
            given=given_columns(bundle.schema),
            needs_words=bundle.scale.ordered,
            trained=bundle.metadata.data.columns,
        )
        essays = with_task_of_training(bundle, essays, listener)
        predictions = list(
            score_many(
                bundle,
                essays,
                services,
                n_reasons=asked.reasons,
                listener=listener if len(essays) > 1 else silent,
            )
        )
        if asked.output and form == "parquet":
            _write_parquet(predictions, asked.output, services)
    _give(bundle, predictions, form, asked.output)


def _give(bundle: Bundle, predictions: Sequence[Prediction], form: str, output: Path | None) -> None:
    """Show grades, or write them to a file; Parquet is written already."""
    err.print(f"model {predictions[0].model}", soft_wrap=True)
    if output:
        if form != "parquet":
            write_whole(output, _as_text(predictions, form))
        err.print(f"{_summary(predictions)}; written to {output}", soft_wrap=True)
        if why := _why_all_held(bundle):
            err.print(why, soft_wrap=True)
    elif form == "table":
        _show(predictions)
    else:
        sys.stdout.write(_as_text(predictions, form))


def _summary(predictions: Sequence[Prediction]) -> str:
    """How many there are, of what, and how much work they leave."""
    n, first = len(predictions), predictions[0]
    if first.of_classes:
        return f"{n} texts with their classes"
    counts = Counter(prediction.grade for prediction in predictions)
    grades = ", ".join(f"{grade} {counts[grade]}" for grade in first.probabilities if counts[grade])
    held = sum(not prediction.released for prediction in predictions)
    return f"{n} graded essay{'' if n == 1 else 's'} ({grades}); {held} of them for a teacher to look at"


def _why_all_held(bundle: Bundle) -> str:
    """Why no grade goes out without a look, where the model lets none; else nothing."""
    if not bundle.scale.ordered or not bundle.overall.grade_confidence.policy.releases_none:
        return ""
    policy = bundle.overall.grade_confidence.policy
    where = cut_words(policy.cuts, bundle.scale)
    return (
        f"this model lets no grade out without a look: its essays did not show that {policy.required:.0%} of "
        f"its surest grades agree with the teacher about {where}; what changes that stands at the head of "
        "its report"
    )


def _form(asked: Asked) -> str:
    suffix = asked.output.suffix.lstrip(".").lower() if asked.output else "table"
    form = asked.form or {"json": "jsonl", "ndjson": "jsonl"}.get(suffix, suffix)
    if form not in FORMS or (asked.output and form == "table"):
        raise PlanError(
            f"cannot write form {form!r}; choose --format csv, jsonl or parquet, or for a spreadsheet: "
            "--format excel --output grades.csv"
        )
    if form == "parquet" and not asked.output:
        raise PlanError("Parquet is no text to show; name a file: --output grades.parquet")
    return form


def _write_parquet(predictions: Sequence[Prediction], path: Path, services: Services) -> None:
    rows = [_flat(prediction) for prediction in predictions]
    columns = [
        TableColumn(name, "number" if isinstance(value, float) else "text") for name, value in rows[0].items()
    ]
    with services.open_table(path, columns) as table:
        for row in rows:
            table.add(tuple(row.values()))


def _show(predictions: Sequence[Prediction]) -> None:
    first = predictions[0]
    if len(predictions) == 1:
        panel = class_panel if first.of_classes else prediction_panel
        out.print(panel(first, title=first.essay_id))
        return
    out.print((class_table if first.of_classes else _grade_table)(predictions))
    if not first.of_classes and any(likelier_probability(each) for each in predictions):
        out.print(WHY_NOT_LIKELIEST)


def _grade_table(predictions: Sequence[Prediction]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("essay", "grade", "plausible", "probability", "advisory", "strongest reason"):
        table.add_column(heading, justify="left" if heading != "probability" else "right")
    for prediction in predictions:
        reason = prediction.reasons[0].sentence if prediction.reasons else ""
        table.add_row(
            prediction.essay_id,
            prediction.grade,
            plausible(prediction),
            likelier_probability(prediction) or f"{prediction.confidence:.0%}",
            ", ".join(ADVISORIES[each.code].label for each in prediction.advisories),
            reason,
        )
    return table


def likelier_probability(prediction: Prediction) -> str:
    """The probability of a grade beside that of a more probable one; empty where none visibly is."""
    other = likeliest_other(prediction.grade, prediction.probabilities)
    given = f"{prediction.confidence:.0%}"
    most = "" if other is None else f"{prediction.probabilities[other]:.0%}"
    return f"{given} ({other} {most})" if most not in {"", given} else ""


def _as_text(predictions: Iterable[Prediction], form: str) -> str:
    if form == "jsonl":
        return "".join(json.dumps(_record(each), ensure_ascii=False) + "\n" for each in predictions)
    rows = [_flat(prediction) for prediction in predictions]
    if form == "excel":
        return spreadsheet_text(rows)
    written = io.StringIO(newline="")
    # Rows of one model have the same columns: looking each cell up by its name takes as long as writing it.
    table = csv.writer(written, lineterminator="\n")
    table.writerow(rows[0])
    table.writerows(row.values() for row in rows)
    return written.getvalue()


def _record(prediction: Prediction) -> dict[str, Any]:
    """As it is logged, and the most probable grade where another is given, as the service says it."""
    other = likeliest_other(prediction.grade, prediction.probabilities)
    return prediction_record(prediction) | ({} if other is None else {"likeliest": other})


def _flat(prediction: Prediction) -> dict[str, str | float]:
    if prediction.of_classes:
        return flat_class(prediction)
    probabilities = {f"p_{grade}": round(p, 6) for grade, p in prediction.probabilities.items()}
    return {
        "id": prediction.essay_id,
        "grade": prediction.grade,
        "confidence": round(prediction.confidence, 6),
        "score": round(prediction.score, 6),
        "likeliest": likeliest_other(prediction.grade, prediction.probabilities) or prediction.grade,
        "lowest_plausible": prediction.grade_set[0],
        "highest_plausible": prediction.grade_set[-1],
        "needs_a_look": "no" if prediction.released else "yes",
        "advisories": "; ".join(f"{each.code}: {each.message}" for each in prediction.advisories),
        **probabilities,
        **{f"{name}_grade": trait.grade for name, trait in prediction.traits.items()},
        **{f"{name}_score": round(trait.score, 6) for name, trait in prediction.traits.items()},
        "reasons": "; ".join(reason.sentence for reason in prediction.reasons),
        "model": prediction.model,
    }
