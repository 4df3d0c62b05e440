"""Two models of the same classes, side by side on new texts: the whole, and class by class."""

from collections.abc import Mapping, Sequence

from gradewise.evaluation.comparison import Comparison, Difference
from gradewise.evaluation.comparison_json import difference_to_json
from gradewise.reporting.charts.forest import difference_row, forest_chart
from gradewise.reporting.comparison_verdict import direction
from gradewise.reporting.parts import Figure, Kind, Section, Statement, Table, table
from gradewise.reporting.topics.comparison import BETTER, WORSE
from gradewise.reporting.wording import counted, decimal, difference_words, percentage

SPOKEN = {
    "macro_f1": "macro F1",
    "weighted_f1": "weighted F1",
    "accuracy": "accuracy",
    "log_loss": "log loss",
    "brier": "Brier score",
}
"""Names of figures, as a reader knows them."""
MOST_DRAWN = 20
"""Classes in the picture, those that differ most; the table has all."""
_KINDS: Mapping[str, Kind] = {"better": "good", "worse": "bad"}


def class_statements(
    comparison: Comparison, unseen: Difference | None, notices: Sequence[str]
) -> tuple[Statement, ...]:
    """Better, worse or inside the noise by macro F1; on texts that are new to both; what must be known."""
    whole = comparison.whole
    found = whole.differences["macro_f1"]
    came_out = direction(found, metric="macro_f1")
    words = {
        "better": "is better than the reference",
        "worse": "is worse than the reference",
        "equal": "gives the very same classes as the reference",
        "inside the noise": "is not shown to be better or worse than the reference: inside the noise",
    }[came_out]
    before, after = (decimal(side["macro_f1"], digits=3) for side in (whole.reference, whole.candidate))
    changed = len(comparison.changed)
    gained = sum(each.gain > 0 for each in comparison.changed)
    lost = sum(each.gain < 0 for each in comparison.changed)
    return (
        Statement(
            _KINDS.get(came_out, "info"),
            f"On {counted(whole.n, 'text')} the candidate {words}: macro F1 {difference_words(found)}, from "
            f"{before} to {after}.",
        ),
        Statement(
            "info",
            f"{counted(changed, 'text')} of {whole.n:,} would get another class: {gained} right instead of "
            f"wrong, {lost} wrong instead of right.",
        ),
        *([] if unseen is None else [_unseen(unseen)]),
        *(Statement("warn", notice) for notice in notices),
    )


def _unseen(unseen: Difference) -> Statement:
    return Statement(
        "info",
        f"On the {unseen.n:,} texts that neither has learnt from, the difference in macro F1 is "
        f"{difference_words(unseen.differences['macro_f1'])}.",
    )


def class_sections(
    comparison: Comparison, classes: Sequence[Difference], unseen: Difference | None
) -> tuple[Section, ...]:
    """All texts, then class by class."""
    return _whole_section(comparison, unseen), _classes_section(classes)


def _whole_section(comparison: Comparison, unseen: Difference | None) -> Section:
    rows = (comparison.whole, *([] if unseen is None else [unseen]))
    return Section(
        name="whole",
        heading="Is the candidate better?",
        intro="Every line is the difference in macro F1 on the same texts, put into classes by both models. "
        "A line across zero does not tell the two apart.",
        figures=(
            Figure(
                "All texts",
                forest_chart(
                    "Difference in macro F1",
                    [difference_row(row.name, row.n, row.differences["macro_f1"], None) for row in rows],
                    left=WORSE,
                    right=BETTER,
                ),
                "Of log loss and Brier score less is better, of the others more.",
                _metrics_table(comparison.whole),
            ),
        ),
        record={"unseen_by_both": None if unseen is None else difference_to_json(unseen)},
    )


def _metrics_table(whole: Difference) -> Table:
    return table(
        ("Figure", "Reference", "Candidate", "Difference"),
        (
            (
                SPOKEN.get(name, name),
                decimal(whole.reference[name], digits=3),
                decimal(whole.candidate[name], digits=3),
                difference_words(found),
            )
            for name, found in whole.differences.items()
        ),
    )


def _classes_section(classes: Sequence[Difference]) -> Section:
    """Which classes are found more often, and which less."""
    apart = sorted(classes, key=lambda row: -abs(row.differences["accuracy"].estimate))
    return Section(
        name="classes",
        heading="Class by class",
        intro="Texts by their class. A model that is better on the whole may have lost a class.",
        figures=(
            Figure(
                "By class",
                forest_chart(
                    "Difference in texts of a class that are found",
                    [
                        difference_row(row.name, row.n, row.differences["accuracy"], None)
                        for row in apart[:MOST_DRAWN]
                    ],
                    left=WORSE,
                    right=BETTER,
                ),
                f"Share of the texts of a class that are given it, candidate less reference; the "
                f"{min(len(apart), MOST_DRAWN)} that differ most.",
                table(
                    ("Class", "Texts", "Reference", "Candidate", "Difference"),
                    (
                        (
                            row.name,
                            f"{row.n:,}",
                            percentage(row.reference["accuracy"]),
                            percentage(row.candidate["accuracy"]),
                            difference_words(row.differences["accuracy"]),
                        )
                        for row in apart
                    ),
                ),
            ),
        ),
        record={row.name: difference_to_json(row) for row in classes},
    )
