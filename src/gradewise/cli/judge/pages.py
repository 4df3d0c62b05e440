"""The page of a batch and columns for models, as the command line makes them."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gradewise.bootstrap import installed_versions, open_table
from gradewise.cli.columns import listed
from gradewise.cli.csv_tables import csv_text
from gradewise.cli.judge.command import JudgedSource
from gradewise.cli.judge.judging import AskedGrades, asked_fitting, read_asked, show_statements
from gradewise.cli.terminal import err, out, progress_shown
from gradewise.errors import InputError
from gradewise.judgement.features import judgement_features
from gradewise.reporting.page import render_page_html
from gradewise.whole_files import write_whole
from gradewise.workflows.judge.columns import join_essays
from gradewise.workflows.judge.fitting import fit_batch, grade_batch
from gradewise.workflows.judge.page import judgement_page
from gradewise.workflows.judge.pairs import Targets, stopping
from gradewise.workflows.judge.reading import ReadBatch, anchor_grades
from gradewise.workflows.judge.records import feature_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPage:
    """What a page is to show, as it was typed."""

    grades: AskedGrades
    """Of the batch, where it has anchors."""
    budget: int | None
    """Comparisons in all."""
    reliability: float | None
    """To be reached."""
    error: float | None
    """To be reached."""
    panel: str | None
    """Judges to hold against all others."""

    def wants_grades(self, read: ReadBatch) -> bool:
        """Whether grades are shown: a scale is named, or the batch has one with its anchors."""
        return self.grades.scale is not None or bool(read.batch.scale and anchor_grades(read.batch))


def report_shown(source: JudgedSource, asked: AskedPage, *, output: Path) -> None:
    """Make the page of a batch, and say the weightiest of it."""
    with progress_shown(quiet=source.quiet) as listener:
        read = read_asked(source, listener)
        grading = asked.grades.grading(read.batch.scale) if asked.wants_grades(read) else None
        if grading is None and anchor_grades(read.batch):
            raise InputError("anchors have grades; name their scale to show grades: --scale swedish8")
        scored = fit_batch(read, asked_fitting(source, trust=True, panel=asked.panel), listener=listener)
        graded = None if grading is None else grade_batch(read, scored, grading, listener=listener)
        targets = Targets(budget=asked.budget, reliability=asked.reliability, error=asked.error)
        page = judgement_page(
            scored,
            graded,
            stopping(read.batch, scored, targets),
            target=asked.reliability,
            made_at=datetime.now(UTC),
            versions=installed_versions(),
        )
    write_whole(output, render_page_html(page))
    show_statements([statement.text for statement in page.statements])
    out.print()
    out.print(listed({"report": output}), soft_wrap=True)


def features_shown(
    source: JudgedSource, *, join: Path | None, label: str | None, output: Path | None
) -> None:
    """Write what judgement says of each essay, beside graded essays where they are named."""
    if label is not None and join is None:
        raise InputError(f"--label {label} is of which table? name it: --join graded.csv")
    with progress_shown(quiet=source.quiet) as listener:
        read = read_asked(source, listener)
        scored = fit_batch(read, asked_fitting(source, trust=False), listener=listener)
    features = judgement_features(scored.comparisons, scored.scores)
    rows = feature_rows(features)
    if join is not None:
        joined = join_essays(features, open_table(join), label=label, path=join)
        rows = joined.rows
        if joined.left_out:
            err.print(
                f"note: {joined.left_out} essays of {join} were not judged and are left out", soft_wrap=True
            )
    if output is None:
        sys.stdout.write(csv_text(rows))
    else:
        write_whole(output, csv_text(rows))
        err.print(f"{len(rows)} rows written to {output}", soft_wrap=True)
