"""Scores and grades from judgement as the command line does it: which batch, and in which form."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradewise.bootstrap import open_table
from gradewise.cli.columns import listed
from gradewise.cli.csv_tables import csv_text, spreadsheet_text
from gradewise.cli.judge.batches_running import with_batches
from gradewise.cli.judge.command import JudgedSource, TableForm
from gradewise.cli.judge.views import (
    grade_facts,
    grades_table,
    judges_table,
    score_facts,
    scores_table,
)
from gradewise.cli.terminal import err, out, printable, progress_shown
from gradewise.errors import InputError
from gradewise.essays.scales import Scale, find_scale
from gradewise.judgement.batch_scales import OTHER_NAMES
from gradewise.judgement.batches import JudgedBatch
from gradewise.judgement.bradley_terry import Prior
from gradewise.judgement.columns import NamedColumns
from gradewise.judgement.modifiers import usual_population
from gradewise.protocols.scoring import Batches
from gradewise.reporting.topics.judgement_panels import panel_statement
from gradewise.reporting.topics.judgement_words import grade_statements, score_statements
from gradewise.telemetry import Listener
from gradewise.whole_files import write_whole
from gradewise.workflows.judge.fitting import Fitting, Grading, fit_batch, grade_batch
from gradewise.workflows.judge.reading import (
    BatchFiles,
    ReadBatch,
    claims_of,
    read_batch,
    with_anchors,
)
from gradewise.workflows.judge.records import (
    Row,
    anchors_json,
    grade_rows,
    judge_rows,
    score_rows,
    summary_json,
)
from gradewise.workflows.judge.tables import read_anchors, read_earlier, read_population

USUAL = "usual"
"""The word that means a scale's usual shares of grades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedGrades:
    """How grades are asked for, as it was typed."""

    scale: str | None
    """Of the grades."""
    population: str | None
    """A file of shares, or `USUAL`."""
    earlier: Path | None
    """Scores of an earlier batch."""
    modifiers: bool
    """Whether minus and plus are given."""
    below_lowest: bool
    """Whether the grade below the lowest may be given."""

    def grading(self, batch_scale: str | None) -> Grading:
        """How grades are made; the scale is the batch's own where none was typed.

        Raises:
            InputError: there is no scale, or a file cannot be read.
        """
        named = self.scale or batch_scale
        if named is None:
            raise InputError("on which scale are the anchors' grades? name it: --scale swedish8")
        scale = find_scale(OTHER_NAMES.get(named, named))
        return Grading(
            scale=scale,
            population=self._shares(scale),
            earlier=read_earlier(open_table(self.earlier)) if self.earlier else None,
            modifiers=self.modifiers,
            below_lowest=self.below_lowest,
        )

    def _shares(self, scale: Scale) -> Mapping[str, float] | None:
        if self.population is None:
            return None
        if self.population == USUAL:
            return usual_population(scale)
        return read_population(open_table(Path(self.population)))


def read_asked(source: JudgedSource, listener: Listener) -> ReadBatch:
    """The batch that was asked for.

    Raises:
        InputError: it cannot be read, or two are named.
    """
    if source.database or source.batch is not None:
        named = source.comparisons or source.essays
        if named is not None:
            raise InputError(f"{named} and the database are both named; name one of them")
        return _from_database(source)
    files = BatchFiles(
        comparisons=source.comparisons,
        columns=NamedColumns(
            first=source.first,
            second=source.second,
            winner=source.winner,
            judge=source.judge,
            confidence=source.confidence,
        ),
        where=tuple(_condition(each) for each in source.where or ()),
        essays=source.essays,
        anchors=source.anchors,
    )
    return read_batch(files, open_table, listener=listener)


def _from_database(source: JudgedSource) -> ReadBatch:
    """A batch of the database, with the anchors of a file beside its own where one is named."""

    async def _asked(batches: Batches) -> JudgedBatch:
        if source.batch is None:
            newest = ", ".join(await batches.batch_ids(limit=5)) or "none; import one first"
            raise InputError(f"which batch? name it: --batch ID; the newest are {newest}")
        return await batches.batch(source.batch)

    batch = with_batches(_asked, source.tables)
    references = read_anchors(open_table(source.anchors)) if source.anchors else ()
    return with_anchors(batch, claims_of(batch), references)


def _condition(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"--where {text} names no value; write COLUMN=VALUE")
    return column.strip(), value.strip()


def asked_fitting(source: JudgedSource, *, trust: bool, panel: str | None = None) -> Fitting:
    """How the batch is scored; halves, and how far judges agree, only where trust in it is shown."""
    named = (name.strip() for name in (panel or "").split(","))
    return Fitting(
        prior=Prior(source.prior_sd),
        weighted=source.weights_by_confidence,
        splits=source.splits if trust else 0,
        agreement=trust,
        panel=tuple(name for name in named if name),
    )


def fit_shown(
    source: JudgedSource, *, panel: str | None, form: TableForm | None, output: Path | None
) -> None:
    """Score a batch and show it, or write it."""
    with progress_shown(quiet=source.quiet) as listener:
        read = read_asked(source, listener)
        scored = fit_batch(read, asked_fitting(source, trust=True, panel=panel), listener=listener)
    rows = score_rows(scored)
    files: dict[str, str] = {
        "scores.csv": table_text(rows, form),
        "judges.csv": table_text(judge_rows(scored), form),
        "summary.json": json_text(summary_json(scored)),
    }
    if form is not None and output is None:
        print_rows(
            rows, {"summary": summary_json(scored), "scores": rows, "judges": judge_rows(scored)}, form
        )
        return
    out.print(listed(score_facts(scored)), soft_wrap=True)
    out.print()
    out.print(scores_table(scored))
    if any(each.erratic or each.too_regular for each in scored.judges):
        out.print()
        out.print(judges_table(scored))
    said = [row for row in score_statements(scored) if row.kind in {"warn", "bad"}]
    if scored.panel is not None:
        said.append(panel_statement(scored.panel))
    show_statements([row.text for row in said])
    write_files(files, output)


def project_shown(
    source: JudgedSource, asked: AskedGrades, *, form: TableForm | None, output: Path | None
) -> None:
    """Grade a batch by its anchors and show it, or write it."""
    with progress_shown(quiet=source.quiet) as listener:
        read = read_asked(source, listener)
        grading = asked.grading(read.batch.scale)
        scored = fit_batch(read, asked_fitting(source, trust=False), listener=listener)
        graded = grade_batch(read, scored, grading, listener=listener)
    rows = grade_rows(graded)
    if form is not None and output is None:
        print_rows(rows, {"anchors": anchors_json(graded), "grades": rows}, form)
        return
    out.print(listed(grade_facts(graded)), soft_wrap=True)
    out.print()
    out.print(grades_table(graded))
    show_statements([row.text for row in grade_statements(graded) if row.kind != "info"])
    write_files(
        {
            "grades.csv": table_text(rows, form),
            "scores.csv": table_text(score_rows(scored), form),
            "anchors.json": json_text(anchors_json(graded)),
        },
        output,
    )


def show_statements(texts: Sequence[str]) -> None:
    """What the reader must know, a line each."""
    if texts:
        out.print()
    for text in texts:
        out.print(printable(f"• {text}"), soft_wrap=True)


def print_rows(rows: Sequence[Row], whole: Mapping[str, Any], form: TableForm) -> None:
    """Write a table to standard output: rows as CSV, or everything as JSON."""
    sys.stdout.write(json_text(whole) if form is TableForm.JSON else table_text(rows, form))


def table_text(rows: Sequence[Row], form: TableForm | None) -> str:
    """Rows as CSV; as spreadsheet programs of most of Europe open it by a click, where that is asked for."""
    return spreadsheet_text(rows) if form is TableForm.EXCEL else csv_text(rows)


def json_text(value: Any) -> str:
    """JSON with an end of line."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def write_files(files: Mapping[str, str], output: Path | None) -> None:
    """Write files with something in them into a directory, where one was named.

    Raises:
        InputError: what was named is a file.
    """
    if output is not None and (output.is_file() or output.suffix in {".csv", ".json"}):
        raise InputError(
            f"--output {output} is a file, and several tables are written; name a directory, such as "
            f"{output.with_suffix('')}, or print one table: --format csv"
        )
    for name, text in files.items() if output else ():
        if text and output is not None:
            write_whole(output / name, text)
    if output is not None:
        written = ", ".join(name for name, text in files.items() if text)
        err.print(f"{written} written to {output}", soft_wrap=True)
