"""The tables of a report, as text cells: the page and the Markdown show the same ones."""

from collections.abc import Mapping, Sequence

from gradewise.essays.scales import Scale
from gradewise.evaluation.results import Evaluation, Graded, Interval, SliceRow, headline_metrics
from gradewise.reporting.charts.residuals import length_stretches
from gradewise.reporting.class_wording import precisely, terms_of, words_of
from gradewise.reporting.parts import Table, table
from gradewise.reporting.report import UNDEFINED, ConstructShare, DataSection, Report
from gradewise.reporting.wording import (
    counted,
    decimal,
    duration,
    enumerated,
    figure,
    metric_words,
    percentage,
    signed,
    with_bounds,
)

MOST_COLUMNS = 20
"""Wider matrices are left to the record."""
COMPARED_GRADES = ("qwk", "accuracy", "adjacent_accuracy", "mae")
COMPARED_CLASSES = ("macro_f1", "weighted_f1", "accuracy", "log_loss")
"""What the model and simple rules are held against each other by."""


def _cell(metrics: Mapping[str, Interval], name: str) -> str:
    return with_bounds(metrics.get(name, UNDEFINED), percent=metric_words(name).percent)


def scale_cell(metrics: Mapping[str, Interval], name: str, scale: Scale) -> str:
    """A figure with its bounds, as precisely as one speaks of grades, or of classes."""
    interval, percent = metrics.get(name, UNDEFINED), words_of(name, scale).percent
    return with_bounds(interval, percent=percent) if scale.ordered else precisely(interval, percent=percent)


def metrics_table(report: Report) -> Table:
    """Every headline metric of every evaluation, and what two teachers reach."""
    scale = report.scale
    sets = [(named.name, named.evaluation.metrics) for named in report.evaluations]
    if report.human:
        sets.append(("two teachers", report.human))
    heads = [f"{named.name}, n = {named.evaluation.n:,}" for named in report.evaluations]
    columns = ("Figure", *heads, *(["two teachers"] if report.human else []))
    return table(
        columns,
        (
            (words_of(name, scale).label, *(scale_cell(metrics, name, scale) for _, metrics in sets))
            for name in headline_metrics(scale)
        ),
    )


def comparison_table(report: Report) -> Table:
    """The model, two teachers and each simple rule."""
    scale = report.scale
    names = COMPARED_GRADES if scale.ordered else COMPARED_CLASSES
    rows: list[tuple[str, Mapping[str, Interval], Interval | None]] = [
        (f"model, {named.name}", named.evaluation.metrics, None) for named in report.evaluations
    ]
    rows += [("two teachers", report.human, None)] if report.human else []
    rows += [(row.name, row.metrics, row.difference) for row in report.baselines]
    return table(
        (
            "Who",
            *(words_of(name, scale).label for name in names),
            f"Model’s lead ({'QWK' if scale.ordered else 'macro F1'})",
        ),
        (
            (who, *(scale_cell(metrics, name, scale) for name in names), _lead(lead))
            for who, metrics, lead in rows
        ),
    )


def _lead(difference: Interval | None) -> str:
    return "" if difference is None else with_bounds(difference, percent=False)


def grades_table(evaluation: Evaluation) -> Table:
    """How each grade fares."""
    return table(
        ("Grade", "Teacher", "Model", "Right when given", "Found when due", "Both (F1)"),
        (
            (
                row.grade,
                f"{row.n_true:,}",
                f"{row.n_predicted:,}",
                *(with_bounds(share, percent=True) for share in (row.precision, row.recall)),
                figure(row.f1, percent=False),
            )
            for row in evaluation.grades
        ),
    )


def confusion_table(evaluation: Evaluation) -> Table | None:
    """Counts by teacher's grade and model's; none where the scale is too long for a table."""
    if evaluation.scale.n_grades > MOST_COLUMNS:
        return None
    return table(
        ("Teacher ↓ Model →" if evaluation.scale.ordered else "Right ↓ Given →", *evaluation.scale.grades),
        (
            (grade, *(f"{int(count):,}" for count in row))
            for grade, row in zip(evaluation.scale.grades, evaluation.confusion, strict=True)
        ),
    )


def reliability_table(evaluation: Evaluation) -> Table:
    """What was claimed and what was right, by confidence."""
    return table(
        ("Confidence", _counted_in(evaluation.scale), "It said", "It was right"),
        (
            (
                f"{percentage(row.low)} to {percentage(row.high)}",
                f"{row.n:,}",
                percentage(row.mean_confidence),
                with_bounds(row.accuracy, percent=True),
            )
            for row in evaluation.reliability
            if row.n
        ),
    )


def _counted_in(scale: Scale) -> str:
    return f"{terms_of(scale).item}s".capitalize()


def slices_table(kind: str, rows: Sequence[SliceRow]) -> Table:
    """How parts of the essays fare."""
    names = ("qwk", "accuracy", "adjacent_accuracy", "mae", "mean_residual")
    return table(
        (kind, "Essays", *(metric_words(name).label for name in names)),
        ((row.name, f"{row.n:,}", *(_cell(row.metrics, name) for name in names)) for row in rows),
    )


def length_table(graded: Graded) -> Table:
    """The average lean from short essays to long ones."""
    return table(
        ("Around", "Essays", "Average lean", "Standard error"),
        (
            (counted(round(part.at), "word"), f"{part.n:,}", signed(part.mean), decimal(part.error))
            for part in length_stretches(graded)
        ),
    )


def importance_table(constructs: Sequence[ConstructShare]) -> Table:
    """Sides of writing with their weightiest features."""
    return table(
        ("Feature", "Side of writing", "Share", "What is counted"),
        (
            (feature.name, row.construct, percentage(feature.share), feature.definition)
            for row in constructs
            for feature in row.features
        ),
        prose=True,
    )


def data_table(data: DataSection, scale: Scale) -> Table:
    """Where the essays come from and what was done to them."""
    terms = terms_of(scale)
    facts = {
        f"{_counted_in(scale)} used": f"{data.n_essays:,}",
        "For development": f"{data.n_train:,}",
        "Locked away for the test": f"{data.n_test:,}",
        "Source": data.source,
        "Licence": data.licence,
        "About the data": data.card,
        "Texts that occur more than once": f"{data.duplicates:,}",
        "Garbled characters repaired": counted(data.encoding_repairs, terms.item),
        "Left out": "; ".join(f"{reason}: {n:,}" for reason, n in data.set_aside.items()) or "none",
        f"Rare {terms.labels}": ", ".join(data.rare_labels) or "none",
        "How train and test were told apart": data.split_scheme,
        "Seed of the split": "" if data.split_seed is None else str(data.split_seed),
        "Split plan": data.split_plan_id,
    }
    return table(("About", "What"), ((name, fact) for name, fact in facts.items() if fact), prose=True)


def counts_table(kind: str, counts: Mapping[str, int], scale: Scale) -> Table:
    """Essays by grade or by prompt, with shares."""
    total = max(1, sum(counts.values()))
    return table(
        (kind, _counted_in(scale), "Share"),
        ((name, f"{n:,}", percentage(n / total)) for name, n in counts.items()),
    )


def prompts_table(report: Report) -> Table:
    """Essays by prompt; classes whose texts answer none are told apart by none."""
    counts = report.data.prompt_counts
    return counts_table("Prompt", counts if report.scale.ordered or len(counts) > 1 else {}, report.scale)


def making_table(report: Report) -> Table:
    """How the model was made, with what, and how long it took."""
    facts = {
        "Model": f"{report.model_name} {report.model_version}",
        **_scale_facts(report.scale),
        "From score to grade" if report.scale.ordered else "Class given": report.decision,
        "Probabilities": report.calibration,
        "Intervals": _resampling(report),
        **report.environment,
        **{f"Time for {stage}": duration(seconds) for stage, seconds in report.timings.items()},
    }
    return table(("About", "What"), ((name, fact) for name, fact in facts.items() if fact), prose=True)


def _scale_facts(scale: Scale) -> dict[str, str]:
    if scale.ordered:
        return {"Scale": f"{scale.name}: {' '.join(scale.grades)}"}
    return {f"{scale.n_grades} classes": enumerated(scale.grades, most=MOST_COLUMNS)}


def _resampling(report: Report) -> str:
    if report.headline is None:
        return ""
    made = report.headline.evaluation.resampling
    whole = f", whole {made.clustered_by}s at a time" if made.clustered_by else ""
    return (
        f"{100 * made.confidence:g} %, from {made.n_resamples:,} bootstrap resamples over "
        f"{terms_of(report.scale).item}s{whole}, "
        f"seed {made.seed}"
    )
