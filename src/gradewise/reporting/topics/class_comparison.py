"""Two models of classes, side by side: all texts, class by class, and the texts whose class changes."""

from collections.abc import Iterator, Mapping, Sequence

from gradewise.essays.scales import Scale
from gradewise.evaluation.comparison import ChangedEssay, Comparison, Difference
from gradewise.evaluation.comparison_json import difference_to_json
from gradewise.evaluation.results import CLASS_COMPARED, ERRORS
from gradewise.reporting.charts.forest import BETTER, WORSE, difference_row, forest_chart
from gradewise.reporting.class_wording import CLASS_GLOSSARY, precise
from gradewise.reporting.comparison_verdict import direction
from gradewise.reporting.parts import Figure, Kind, Section, Statement, Table, table
from gradewise.reporting.topics.comparison import changed_row
from gradewise.reporting.wording import counted, decimal, difference_words, percentage

MOST_TEXTS_SHOWN = 20
CLASSES_DRAWN = 12
"""Classes that are drawn, those that changed most."""
_FOUND = {
    "better": "tells classes apart better than the reference",
    "worse": "tells classes apart less well than the reference",
    "equal": "gives the very same classes as the reference",
    "inside the noise": "is not shown to be better or worse than the reference: inside the noise",
}
_SHARES = ("macro_f1", "weighted_f1", "accuracy")


def class_statements(comparison: Comparison, unseen: Difference | None) -> Iterator[Statement]:
    """Better, worse or inside the noise; how many texts change; texts that are new to both."""
    yield _whole_statement(comparison.whole)
    n, changed = comparison.whole.n, comparison.changed
    won, lost = sum(each.gain > 0 for each in changed), sum(each.gain < 0 for each in changed)
    yield Statement(
        "info",
        f"{counted(len(changed), 'text')} of {n:,} ({percentage(len(changed) / n)}) get another "
        f"class: {won:,} now rightly, {lost:,} now wrongly.",
    )
    if unseen is not None:
        yield Statement(
            "info",
            f"On the {unseen.n:,} texts that neither has learnt from, the difference in macro F1 is "
            f"{difference_words(unseen.differences['macro_f1'])}.",
        )


def _whole_statement(whole: Difference) -> Statement:
    macro, surprise = whole.differences["macro_f1"], whole.differences["log_loss"]
    found = direction(macro, metric="macro_f1")
    kinds: Mapping[str, Kind] = {"better": "good", "worse": "bad"}
    return Statement(
        kinds.get(found, "info"),
        f"On {counted(whole.n, 'text')} the candidate {_FOUND[found]}: macro F1 {difference_words(macro)}, "
        f"from {decimal(whole.reference['macro_f1'], digits=3)} to "
        f"{decimal(whole.candidate['macro_f1'], digits=3)}. Its probabilities: "
        f"{direction(surprise, metric='log_loss')} (log loss {difference_words(surprise)}).",
    )


def class_model_sections(
    comparison: Comparison, classes: Sequence[Difference], unseen: Difference | None, scale: Scale
) -> tuple[Section, ...]:
    """All texts, then class by class, then the texts whose class changes."""
    changed = [class_changed_section(comparison.changed, scale)] if comparison.changed else []
    return (_whole_section(comparison, unseen), _classes_section(classes), *changed)


def _whole_section(comparison: Comparison, unseen: Difference | None) -> Section:
    whole = comparison.whole
    return Section(
        name="agreement",
        heading="All texts",
        intro="Every line is a difference on the same texts, which both models were given. A line across "
        "zero does not tell the two apart.",
        figures=(
            Figure(
                "Candidate less reference",
                forest_chart(
                    "Differences of the two models",
                    [
                        difference_row(CLASS_GLOSSARY[name].label, whole.n, whole.differences[name])
                        for name in _SHARES
                    ],
                    left=WORSE,
                    right=BETTER,
                ),
                "The dot is the difference, the line its interval.",
                table(
                    ("Figure", "Reference", "Candidate", "Difference", ""),
                    (_metric_row(whole, name) for name in CLASS_COMPARED),
                ),
            ),
        ),
        record={"unseen_by_both": None if unseen is None else difference_to_json(unseen)},
    )


def _metric_row(whole: Difference, name: str) -> tuple[str, ...]:
    found = whole.differences[name]
    return (
        CLASS_GLOSSARY[name].label + (" (less is better)" if name in ERRORS else ""),
        decimal(whole.reference[name], digits=3),
        decimal(whole.candidate[name], digits=3),
        difference_words(found),
        direction(found, metric=name),
    )


def _classes_section(classes: Sequence[Difference]) -> Section:
    by_size = sorted(classes, key=lambda row: (-abs(row.differences["accuracy"].estimate), row.name))
    return Section(
        name="grades",
        heading="Class by class",
        intro="Texts by their right class, the classes that changed most first. A model that is better on "
        "the whole may be worse for a class that matters.",
        figures=(
            Figure(
                "By the right class",
                forest_chart(
                    "Difference in texts that were given their class, by that class",
                    [
                        difference_row(row.name, row.n, row.differences["accuracy"])
                        for row in by_size[:CLASSES_DRAWN]
                    ],
                    left=WORSE,
                    right=BETTER,
                ),
                "The share of a class’s texts that were given it, candidate less reference.",
                _classes_table(by_size),
            ),
        ),
        record={row.name: difference_to_json(row) for row in classes},
    )


def _classes_table(rows: Sequence[Difference]) -> Table:
    return Table(
        ("Class", "Texts", "Reference", "Candidate", "Difference"),
        tuple(
            (
                row.name,
                f"{row.n:,}",
                precise(row.reference["accuracy"], percent=True),
                precise(row.candidate["accuracy"], percent=True),
                difference_words(row.differences["accuracy"]),
            )
            for row in rows
        ),
    )


def class_changed_section(texts: Sequence[ChangedEssay], scale: Scale) -> Section:
    """Texts whose class changed: those now rightly classified, or wrongly, before the rest."""
    ranked = sorted(texts, key=lambda each: (each.gain == 0, each.gain, each.essay_id))
    return Section(
        name="changed",
        heading="Texts that get another class",
        intro="Reading some of them says more about a change than any figure.",
        figures=(
            Figure.in_numbers(
                "What changed",
                "Texts that the candidate gets wrong and the reference right come first; the record has "
                "more.",
                table(
                    ("Text", "Right class", "Reference", "Candidate"),
                    (changed_row(each, scale) for each in ranked[:MOST_TEXTS_SHOWN]),
                    prose=True,
                ),
            ),
        ),
    )
