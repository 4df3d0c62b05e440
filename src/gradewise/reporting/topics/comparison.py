"""Two cross-validations, side by side: where the candidate is better, where worse, and what does not show."""

from collections.abc import Mapping, Sequence

import numpy as np

from gradewise.essays.scales import Scale
from gradewise.evaluation.comparison import ChangedEssay, Comparison
from gradewise.evaluation.comparison_gates import outcome
from gradewise.evaluation.gates import GateReport
from gradewise.evaluation.results import COMPARED, ERRORS
from gradewise.reporting.charts.forest import BETTER, WORSE, difference_row, forest_chart
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.comparison_verdict import direction
from gradewise.reporting.parts import Figure, Section, Table, table
from gradewise.reporting.report import UNDEFINED
from gradewise.reporting.topics.folds import TAIL_NAMES
from gradewise.reporting.topics.gates import rules_table
from gradewise.reporting.wording import counted, decimal, difference_words, metric_words, signed

MOST_PROMPTS_DRAWN = 12
MOST_ESSAYS_SHOWN = 20


def gates_topic(report: GateReport) -> Section:
    """Every rule of the profile."""
    return Section(
        name="gates",
        heading="May it take the reference’s place?",
        intro="A rule is passed only when the whole interval of the difference meets it, and failed only "
        "when no part of it does; in between, these essays are too few to show it.",
        figures=(
            Figure.in_numbers(
                report.title,
                f"Overall: {outcome(report)}. Differences are candidate less reference.",
                rules_table(report),
            ),
        ),
        record={"outcome": outcome(report)},
    )


def whole_section(comparison: Comparison, gates: GateReport | None) -> Section:
    """All essays, the hardest prompts, and prompts one by one."""
    bounds = {} if gates is None else {row.rule.metric: row.rule.bound for row in gates.rules}
    return Section(
        name="agreement",
        heading="Agreement",
        intro="Every line is the difference in agreement beyond chance (QWK) on the same essays, graded by "
        "both models without having seen them. A line across zero does not tell the two apart.",
        figures=(
            Figure(
                "Candidate less reference",
                forest_chart(
                    "Difference in agreement (QWK)",
                    _forest_rows(comparison, bounds),
                    left=WORSE,
                    right=BETTER,
                ),
                "The dot is the difference, the line its interval; short upright marks are what a rule asks. "
                "The hardest prompts are those on which the two together agree least with the teacher.",
                _metrics_table(comparison),
            ),
            _tails_figure(comparison, bounds),
            *([_prompts_figure(comparison)] if comparison.prompts else []),
        ),
    )


def _forest_rows(comparison: Comparison, bounds: Mapping[str, float]) -> list[IntervalRow]:
    parts = (
        (comparison.whole, bounds.get("qwk")),
        (comparison.over_prompts, None),
        (comparison.hardest, bounds.get("hardest_prompts_qwk")),
        *((row, None) for row in comparison.prompts[:MOST_PROMPTS_DRAWN]),
    )
    return [
        difference_row(row.name, row.n, row.differences["qwk"], bound)
        for row, bound in parts
        if row is not None
    ]


def _metrics_table(comparison: Comparison) -> Table:
    over = comparison.over_prompts
    return table(
        ("Figure", "Reference", "Candidate", "Difference", "Whole prompts drawn", ""),
        (
            (
                metric_words(name).label + (" (less is better)" if name in ERRORS else ""),
                decimal(comparison.whole.reference[name], digits=3),
                decimal(comparison.whole.candidate[name], digits=3),
                difference_words(comparison.whole.differences[name]),
                difference_words(UNDEFINED if over is None else over.differences[name]),
                direction(comparison.whole.differences[name], metric=name),
            )
            for name in COMPARED
        ),
    )


def _tails_figure(comparison: Comparison, bounds: Mapping[str, float]) -> Figure:
    name, tails = "adjacent_accuracy", comparison.tails
    drawn = [
        difference_row(TAIL_NAMES[row.name], row.n, row.differences[name], bounds.get(f"{row.name}_{name}"))
        for row in tails
    ]
    return Figure(
        "Weak and strong essays",
        forest_chart(
            "Difference in essays within one grade, by part of the scale", drawn, left=WORSE, right=BETTER
        ),
        "The share of essays within one grade of the teacher’s, candidate less reference, in three parts of "
        "the scale by the teacher’s grade.",
        table(
            ("Part", "Essays", "Within one grade", "Average distance"),
            (
                (
                    TAIL_NAMES[row.name],
                    f"{row.n:,}",
                    difference_words(row.differences[name]),
                    difference_words(row.differences["mae"]),
                )
                for row in tails
            ),
        ),
    )


def _prompts_figure(comparison: Comparison) -> Figure:
    return Figure.in_numbers(
        "Prompts one by one",
        "The last column draws each difference towards the others, as far as chance alone would scatter "
        "them: what to expect of that prompt in new essays.",
        table(
            ("Prompt", "Essays", "Reference", "Candidate", "QWK", "Within one grade", "QWK to expect"),
            (
                (
                    row.name,
                    f"{row.n:,}",
                    decimal(row.reference["qwk"], digits=3),
                    decimal(row.candidate["qwk"], digits=3),
                    difference_words(row.differences["qwk"]),
                    difference_words(row.differences["adjacent_accuracy"]),
                    signed(np.nan if row.shrunken_qwk is None else row.shrunken_qwk, digits=3),
                )
                for row in comparison.prompts
            ),
        ),
    )


def folds_topic(differences: Mapping[int, float], *, metric: str = "QWK", item: str = "essay") -> Section:
    """The difference in each fold, as a description.

    Args:
        differences: by fold.
        metric: of what, in words.
        item: what is judged.
    """
    values = list(differences.values())
    return Section(
        name="folds",
        heading="Fold by fold",
        intro=f"Mean difference {signed(float(np.mean(values)), digits=3)} {metric}, SD "
        f"{decimal(float(np.std(values)), digits=3)} over {counted(len(values), 'fold')}. Folds share "
        f"{item}s to learn from, so that this is no test.",
        figures=(
            Figure.in_numbers(
                "Difference in each fold",
                f"{metric[0].upper()}{metric[1:]} of the candidate less that of the reference.",
                table(
                    ("Fold", "Difference"),
                    ((str(fold), signed(value, digits=3)) for fold, value in differences.items()),
                ),
            ),
        ),
    )


def changed_row(essay: ChangedEssay, scale: Scale) -> tuple[str, str, str, str]:
    """Which essay, its right grade or class, and what reference and candidate say of it."""
    told = (essay.true_code, essay.reference_code, essay.candidate_code)
    right, reference, candidate = (scale.grades[code] for code in told)
    return essay.essay_id, right, reference, candidate


def changed_section(essays: Sequence[ChangedEssay], scale: Scale) -> Section:
    """The essays whose grade changed most."""
    return Section(
        name="changed",
        heading="Essays that get another grade",
        intro="Reading some of them says more about a change than any figure.",
        figures=(
            Figure.in_numbers(
                "The largest changes",
                "Largest change first; the record has more.",
                table(
                    ("Essay", "Teacher", "Reference", "Candidate", "Prompt"),
                    ((*changed_row(each, scale), each.prompt) for each in essays[:MOST_ESSAYS_SHOWN]),
                    prose=True,
                ),
            ),
        ),
    )


def settings_section(rows: Sequence[tuple[str, str, str]]) -> Section:
    """What the two were told to do differently: key, reference, candidate."""
    return Section(
        name="settings",
        heading="What differs between the two",
        intro="Keys of the two plans that are not alike; everything else is."
        if rows
        else "Nothing: both follow the same plan.",
        figures=(
            Figure.in_numbers(
                "Settings",
                "As the plans spell them.",
                table(("Key", "Reference", "Candidate"), rows, prose=True),
            ),
        )
        if rows
        else (),
        record={key: {"reference": first, "candidate": second} for key, first, second in rows},
    )
