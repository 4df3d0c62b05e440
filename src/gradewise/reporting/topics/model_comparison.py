"""Two models, side by side on new essays: the whole, grade by grade, and the grades that change."""

from collections.abc import Sequence
from dataclasses import replace

from gradewise.essays.scales import Scale
from gradewise.evaluation.comparison import Comparison, Difference
from gradewise.evaluation.comparison_json import difference_to_json
from gradewise.reporting.charts.forest import BETTER, WORSE, difference_row, forest_chart
from gradewise.reporting.comparison_verdict import comparison_verdict
from gradewise.reporting.parts import Figure, Section, Statement, table
from gradewise.reporting.topics.class_comparison import class_model_sections, class_statements
from gradewise.reporting.topics.comparison import changed_section, whole_section
from gradewise.reporting.wording import difference_words, percentage


def model_statements(
    comparison: Comparison, unseen: Difference | None, notices: Sequence[str]
) -> tuple[Statement, ...]:
    """Better, worse or inside the noise; on essays that are new to both; what a reader must know."""
    warnings = tuple(Statement("warn", notice) for notice in notices)
    if of_classes(comparison):
        return (*class_statements(comparison, unseen), *warnings)
    return (
        *comparison_verdict(comparison, None),
        *([] if unseen is None else [_unseen_statement(unseen)]),
        *warnings,
    )


def of_classes(comparison: Comparison) -> bool:
    """Whether the two tell classes apart, which have no agreement beyond chance by distance."""
    return "qwk" not in comparison.whole.differences


def _unseen_statement(unseen: Difference) -> Statement:
    return Statement(
        "info",
        f"On the {unseen.n:,} essays that neither has learnt from, the difference in QWK is "
        f"{difference_words(unseen.differences['qwk'])}.",
    )


def model_sections(
    comparison: Comparison, grades: Sequence[Difference], unseen: Difference | None, scale: Scale
) -> tuple[Section, ...]:
    """All essays, then grade by grade, then the essays whose grade changes."""
    if not scale.ordered:
        return class_model_sections(comparison, grades, unseen, scale)
    whole = replace(
        whole_section(comparison, None),
        intro="Every line is the difference in agreement beyond chance (QWK) on the same essays, graded by "
        "both models. A line across zero does not tell the two apart.",
        record={"unseen_by_both": None if unseen is None else difference_to_json(unseen)},
    )
    changed = [changed_section(comparison.changed, scale)] if comparison.changed else []
    return (whole, grades_section(grades), *changed)


def grades_section(grades: Sequence[Difference]) -> Section:
    """How the two differ on the essays to which the teacher gave each grade."""
    return Section(
        name="grades",
        heading="Grade by grade",
        intro="Essays by the teacher’s grade. A model that is better on the whole may be worse for the few "
        "at the ends of the scale.",
        figures=(
            Figure(
                "By the teacher’s grade",
                forest_chart(
                    "Difference in essays with the teacher’s very grade, by that grade",
                    [difference_row(row.name, row.n, row.differences["accuracy"], None) for row in grades],
                    left=WORSE,
                    right=BETTER,
                ),
                "The share of essays with the same grade as the teacher’s, candidate less reference.",
                table(
                    ("Grade", "Essays", "Reference", "Candidate", "Same grade", "Average distance"),
                    map(_grade_row, grades),
                ),
            ),
        ),
        record={row.name: difference_to_json(row) for row in grades},
    )


def _grade_row(row: Difference) -> tuple[str, ...]:
    return (
        row.name,
        f"{row.n:,}",
        percentage(row.reference["accuracy"]),
        percentage(row.candidate["accuracy"]),
        difference_words(row.differences["accuracy"]),
        difference_words(row.differences["mae"]),
    )
