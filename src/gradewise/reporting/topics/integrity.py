"""Topics on data that was prepared: what was read and left out, grades, prompts, copies, lengths."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gradewise.essays.integrity import NO_PROMPT, IntegrityReport
from gradewise.reporting.charts.shares import GradedPart, grade_counts_chart
from gradewise.reporting.parts import Figure, Section, Statement, table
from gradewise.reporting.wording import ABSENT, counted, enumerated, percentage

REASONS = {"prompt": "prompt that the plan leaves out"}
"""Reasons to leave an essay out that need more words for a reader."""
SHARES = {
    "min": "shortest",
    "p05": "one in twenty is shorter than",
    "p25": "a quarter are shorter than",
    "median": "half are shorter than",
    "p75": "a quarter are longer than",
    "p95": "one in twenty is longer than",
    "max": "longest",
}
"""Quantiles, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """What became of one file."""

    role: str
    """``train`` or ``test``."""
    name: str
    """Of the file."""
    n_rows: int
    """Rows that it has."""
    set_aside: Mapping[str, int]
    """Rows that are no usable essay, by reason."""
    dropped: Mapping[str, int]
    """Essays that the filters leave out, by reason."""
    integrity: IntegrityReport
    """What is kept."""

    @property
    def n_kept(self) -> int:
        """Essays that are kept."""
        return self.integrity.n_essays


def integrity_sections(files: Sequence[ReadFile], together: IntegrityReport) -> tuple[Section, ...]:
    """Every topic, in reading order."""
    return (
        _rows_section(files),
        _grades_section(files),
        *_prompts_section(files),
        _copies_section(together, n_files=len(files)),
        _lengths_section(files),
    )


def integrity_statements(files: Sequence[ReadFile], together: IntegrityReport) -> tuple[Statement, ...]:
    """What a reader must know before anything is learnt from these essays."""
    kept = " and ".join(f"{counted(each.n_kept, 'essay')} ({each.role})" for each in files)
    n_rows = counted(sum(each.n_rows for each in files), "row")
    statements = [Statement("good", f"{kept} are ready, of {n_rows} that were read.")]
    if len(files) > 1:
        statements.append(Statement("good", "No text of the test file is in the training file."))
    if together.n_conflicting_duplicates:
        groups = counted(together.n_conflicting_duplicates, "text")
        statements.append(
            Statement("warn", f"{groups} with different grades occur more than once; copies stay together.")
        )
    if together.rare_labels:
        statements.append(
            Statement("warn", f"Too few for every fold have grade {enumerated(together.rare_labels)}.")
        )
    if together.unused_labels:
        statements.append(Statement("info", f"No essay has grade {enumerated(together.unused_labels)}."))
    return tuple(statements)


def _rows_section(files: Sequence[ReadFile]) -> Section:
    return Section(
        name="rows",
        heading="What was read, and what is left",
        intro="Rows that are no usable essay are set aside; filters then leave out whole prompts, and essays "
        "that are shorter or longer than the window.",
        figures=(
            Figure.in_numbers(
                "Rows before and after",
                "Each row is counted once, under the first reason that left it out.",
                table(("", *(each.role for each in files)), _row_counts(files)),
            ),
        ),
        record={
            each.role: {
                "file": each.name,
                "rows": each.n_rows,
                "set_aside": dict(each.set_aside),
                "dropped": dict(each.dropped),
                "kept": each.n_kept,
            }
            for each in files
        },
    )


def _row_counts(files: Sequence[ReadFile]) -> Iterator[tuple[str, ...]]:
    """Rows that were read, left out for each reason, and kept: a column for each file."""
    yield ("rows read", *(f"{each.n_rows:,}" for each in files))
    for reason in dict.fromkeys(reason for each in files for reason in (*each.set_aside, *each.dropped)):
        left_out = (each.set_aside.get(reason, 0) + each.dropped.get(reason, 0) for each in files)
        yield (REASONS.get(reason, reason), *(f"−{n:,}" for n in left_out))
    yield ("essays kept", *(f"{each.n_kept:,}" for each in files))


def _grades_section(files: Sequence[ReadFile]) -> Section:
    grades = tuple(files[0].integrity.label_counts)
    parts = [GradedPart(each.role, tuple(each.integrity.label_counts.values())) for each in files]
    return Section(
        name="grades",
        heading="Which grades there are",
        intro="What a model can learn of a grade depends on how many essays have it.",
        figures=(
            Figure(
                "Essays by grade",
                grade_counts_chart(grades, parts),
                "Lowest grade on the left; a bar for each file.",
                table(
                    ("Grade", *(head for part in parts for head in (part.name, "share"))),
                    ((grade, *_grade_cells(parts, place)) for place, grade in enumerate(grades)),
                ),
            ),
        ),
        record={each.role: dict(each.integrity.label_counts) for each in files},
    )


def _grade_cells(parts: Sequence[GradedPart], place: int) -> Iterator[str]:
    """Of one grade in each part: how many essays, and their share."""
    for part in parts:
        yield f"{part.counts[place]:,}"
        yield percentage(part.counts[place] / max(part.n, 1))


def _prompts_section(files: Sequence[ReadFile]) -> Iterator[Section]:
    prompts = dict.fromkeys(prompt for each in files for prompt in each.integrity.prompt_counts)
    if set(prompts) == {NO_PROMPT}:
        return
    rows = (
        (prompt, *(f"{each.integrity.prompt_counts.get(prompt, 0):,}" for each in files))
        for prompt in prompts
    )
    yield Section(
        name="prompts",
        heading="Which tasks they answer",
        intro=f"{counted(len(prompts), 'prompt')}. Only where there are several can it be seen how a model "
        "does on a task that it has not met.",
        figures=(
            Figure.in_numbers(
                "Essays by prompt",
                "Most essays first.",
                table(("Prompt", *(each.role for each in files)), rows),
            ),
        ),
        record={each.role: dict(each.integrity.prompt_counts) for each in files},
    )


def _copies_figures(together: IntegrityReport, *, n_files: int) -> Iterator[Figure]:
    yield Figure.in_numbers(
        "Copies",
        "Copies of a text are never in two folds.",
        table(("", "Count"), _copy_counts(together, n_files=n_files)),
    )
    yield Figure.in_numbers(
        "Groups of copies",
        "Essays with one text, and the different grades that they were given.",
        table(
            ("Essays", "Grades"),
            ((enumerated(group.essay_ids), ", ".join(group.labels)) for group in together.duplicates),
            prose=True,
        ),
    )


def _copies_section(together: IntegrityReport, *, n_files: int) -> Section:
    return Section(
        name="copies",
        heading="Texts that occur more than once",
        intro="Two texts are one and the same when they differ in nothing but white space and invisible "
        "characters. A text in training and test would make every figure too good, and is refused.",
        figures=tuple(_copies_figures(together, n_files=n_files)),
        record={
            "n_texts": together.n_texts,
            "overlap": 0,
            "conflicting": together.n_conflicting_duplicates,
            "groups": [
                {"essays": list(each.essay_ids), "grades": list(each.labels)} for each in together.duplicates
            ],
        },
    )


def _copy_counts(together: IntegrityReport, *, n_files: int) -> Iterator[tuple[str, str]]:
    if n_files > 1:
        yield "texts of the test file in the training file", "0"
    yield "different texts", f"{together.n_texts:,}"
    yield "texts that occur more than once", f"{len(together.duplicates):,}"
    copies = sum(len(group.essay_ids) for group in together.duplicates)
    yield "essays that have these texts", f"{copies:,}"
    yield "of these texts, with different grades", f"{together.n_conflicting_duplicates:,}"


def _lengths_section(files: Sequence[ReadFile]) -> Section:
    names = tuple(files[0].integrity.word_counts)
    return Section(
        name="lengths",
        heading="How long they are",
        intro="In words: runs of letters and digits, as the window counts them.",
        figures=(
            Figure.in_numbers(
                "Words of an essay",
                "What lies outside the window of words was left out before.",
                table(
                    ("", *(each.role for each in files)),
                    ((SHARES.get(name, name), *(_words(each, name) for each in files)) for name in names),
                ),
            ),
        ),
        record={each.role: dict(each.integrity.word_counts) for each in files},
    )


def _words(file: ReadFile, name: str) -> str:
    count = file.integrity.word_counts[name]
    return f"{count:,.0f}" if math.isfinite(count) else ABSENT
