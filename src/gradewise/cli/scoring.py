"""Scoring as the command line does it: which essays, which model, which form."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rich.table import Table

from gradewise.bootstrap import services_from
from gradewise.cli.choosing import find_bundle
from gradewise.cli.rendering import prediction_panel
from gradewise.cli.terminal import err, out, progress_shown
from gradewise.errors import InputError, PlanError
from gradewise.essays.intake import MAX_CHARACTERS, ColumnMap, take_in
from gradewise.essays.records import Essay
from gradewise.essays.texts import repair_text
from gradewise.models.bundle import load_bundle
from gradewise.settings import read_settings
from gradewise.telemetry import Listener, Notice, silent
from gradewise.whole_files import write_whole
from gradewise.workflows.guesses import guess_columns, refuse_rivals
from gradewise.workflows.plan import ColumnsPlan
from gradewise.workflows.score import Prediction, score_many
from gradewise.workflows.services import Services

FORMS = ("table", "csv", "jsonl")
TABLE_SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".gz")
MAX_BYTES = 2_000_000
"""Largest text taken for one essay before it is decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed after `gradewise score`."""

    source: Path | None
    """File, or ``-``."""
    text: str | None
    """The essay itself."""
    model: Path | None
    """Bundle or run directory."""
    prompt_text: str | None
    """The task."""
    text_column: str | None
    """Column of essays."""
    id_column: str | None
    """Column of ids."""
    form: str | None
    """One of `FORMS`."""
    output: Path | None
    """File to write."""
    reasons: int
    """How many to show."""
    set_aside: bool
    """Leave unusable rows out."""


def score_shown(asked: Asked) -> None:
    """Grade what was asked for and show it, or write it to a file."""
    form = _form(asked)
    if asked.source is not None and asked.text is not None:
        raise PlanError(f"both {asked.source} and --text hold an essay; give one of them")
    bundle = load_bundle(find_bundle(asked.model))
    with services_from(read_settings()) as services, progress_shown() as listener:
        essays = _essays(asked, services, listener)
        predictions = list(
            score_many(
                bundle,
                essays,
                services,
                n_reasons=asked.reasons,
                listener=listener if len(essays) > 1 else silent,
            )
        )
    err.print(f"model {predictions[0].model}", soft_wrap=True)
    if asked.output:
        write_whole(asked.output, _as_text(predictions, form))
        err.print(f"{len(predictions)} graded essays written to {asked.output}", soft_wrap=True)
    elif form == "table":
        _show(predictions)
    else:
        sys.stdout.write(_as_text(predictions, form))


def _form(asked: Asked) -> str:
    suffix = asked.output.suffix.lstrip(".").lower() if asked.output else "table"
    form = asked.form or {"json": "jsonl", "ndjson": "jsonl"}.get(suffix, suffix)
    if form not in FORMS or (asked.output and form == "table"):
        raise PlanError(f"cannot write form {form!r}; choose --format csv or --format jsonl")
    return form


def _essays(asked: Asked, services: Services, listener: Listener) -> Sequence[Essay]:
    if asked.text is not None:
        return [_one("text", asked.text, asked)]
    if asked.source is None:
        raise InputError("no essay given; name a file, pass --text '…', or use - for standard input")
    if str(asked.source) == "-":
        return [
            _one("standard input", _decode(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input"), asked)
        ]
    if asked.source.suffix.lower() in TABLE_SUFFIXES:
        return _from_table(asked.source, asked, services, listener)
    return [_one(asked.source.name, _read_text(asked.source), asked)]


def _one(name: str, text: str, asked: Asked) -> Essay:
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"{name}: the text has {len(text):,} characters, too long for one essay (at most "
            f"{MAX_CHARACTERS:,}); grade its parts one by one"
        )
    repaired = repair_text(text).text
    if not repaired.strip():
        raise InputError(f"{name}: the text is empty; give an essay with words in it")
    return Essay(id=name, text=repaired, prompt_text=asked.prompt_text)


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return _decode(file.read(MAX_BYTES + 1), str(path))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InputError(f"{path}: no such essay file; check the path") from error


def _decode(content: bytes, name: str) -> str:
    if len(content) > MAX_BYTES:
        raise InputError(
            f"{name}: more than {MAX_BYTES:,} bytes, too long for one essay; grade its parts one by one, or "
            "save many essays as .csv"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: byte {error.start} is not UTF-8; save the file as UTF-8 text") from error


def _from_table(path: Path, asked: Asked, services: Services, listener: Listener) -> Sequence[Essay]:
    source = services.open_source(path)
    for notice in source.notices:
        listener(Notice(notice))
    named = ColumnsPlan(text=asked.text_column, id=asked.id_column)
    try:
        refuse_rivals(source.columns(), named, ("text",))
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    columns = guess_columns(source.columns(), named)
    if columns.text is None:
        raise InputError(
            f"{path}: no column of essays among {', '.join(source.columns())}; name it: --text-column NAME"
        )
    wanted = ColumnMap(
        text=columns.text, id=columns.id, prompt=columns.prompt, prompt_text=columns.prompt_text
    )
    intake = take_in(
        source.rows(),
        source.columns(),
        wanted,
        None,
        location=source.location,
        on_bad_rows="set_aside" if asked.set_aside else "stop",
    )
    for row in intake.set_aside:
        listener(Notice(f"row {row.row} (essay {row.essay_id!r}) is not graded: {row.detail}"))
    return [
        essay if essay.prompt_text else replace(essay, prompt_text=asked.prompt_text)
        for essay in intake.essays
    ]


def _show(predictions: Sequence[Prediction]) -> None:
    if len(predictions) == 1:
        out.print(prediction_panel(predictions[0], title=predictions[0].essay_id))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("essay", "grade", "probability", "score", "strongest reason"):
        table.add_column(
            heading, justify="left" if heading in {"essay", "grade", "strongest reason"} else "right"
        )
    for prediction in predictions:
        reason = prediction.reasons[0].sentence if prediction.reasons else ""
        table.add_row(
            prediction.essay_id,
            prediction.grade,
            f"{prediction.confidence:.0%}",
            f"{prediction.score:.2f}",
            reason,
        )
    out.print(table)


def _as_text(predictions: Iterable[Prediction], form: str) -> str:
    if form == "jsonl":
        return "".join(
            json.dumps(_record(prediction), ensure_ascii=False) + "\n" for prediction in predictions
        )
    rows = [_flat(prediction) for prediction in predictions]
    written = io.StringIO(newline="")
    table = csv.DictWriter(written, fieldnames=list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return written.getvalue()


def _record(prediction: Prediction) -> dict[str, Any]:
    return {**asdict(prediction), "probabilities": dict(prediction.probabilities)}


def _flat(prediction: Prediction) -> dict[str, str | float]:
    probabilities = {f"p_{grade}": round(p, 6) for grade, p in prediction.probabilities.items()}
    return {
        "id": prediction.essay_id,
        "grade": prediction.grade,
        "confidence": round(prediction.confidence, 6),
        "score": round(prediction.score, 6),
        **probabilities,
        "reasons": "; ".join(reason.sentence for reason in prediction.reasons),
        "model": prediction.model,
    }
