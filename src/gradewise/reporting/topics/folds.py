"""A cross-validation fold by fold, and what its way from scores to grades costs."""

from collections.abc import Iterator, Mapping, Sequence

from gradewise.evaluation.comparison import Difference
from gradewise.evaluation.comparison_json import difference_to_json
from gradewise.evaluation.fold_figures import FOLD_METRICS, FoldFigures, Spread, fold_to_json, spreads_to_json
from gradewise.evaluation.gains import turned
from gradewise.evaluation.results import COMPARED, Interval
from gradewise.reporting.charts.folds import folds_chart
from gradewise.reporting.charts.forest import difference_row, forest_chart
from gradewise.reporting.parts import Figure, Section, Statement, Table, table
from gradewise.reporting.topics.gains import GAINED, spread_words
from gradewise.reporting.wording import (
    counted,
    decimal,
    difference_words,
    lowered,
    metric_words,
    percentage,
    signed,
    with_bounds,
)

TAIL_NAMES: Mapping[str, str] = {
    "low": "weakest essays",
    "middle": "essays in between",
    "high": "strongest essays",
}
"""Parts of the scale, in words."""


def folds_section(
    folds: Sequence[FoldFigures], spreads: Mapping[str, Spread], pooled: Mapping[str, Interval]
) -> Section:
    """Every fold, their mean, and what all held-out essays together say.

    Args:
        folds: in order.
        spreads: by ``val_<metric>`` and ``train_<metric>``.
        pooled: figures over the essays of all folds, by metric.
    """
    return Section(
        name="folds",
        heading="Fold by fold",
        intro=f"Agreement (QWK) is {spread_words(spreads['val_qwk'])} over "
        f"{counted(len(folds), 'fold')}, and {with_bounds(pooled['qwk'], percent=False)} over their essays "
        "together. Folds share most of their training essays, so that their spread describes this division "
        "only; how sure the figure is, the interval over essays says.",
        figures=(
            Figure(
                f"{metric_words('qwk').label} in each fold",
                folds_chart(folds, pooled["qwk"], metric="qwk", words=metric_words("qwk").label),
                "A row is a fold: in colour what its model reaches on essays that it had not seen, in grey "
                "on those that it learnt from. The distance between the two is what it knows by heart.",
                _folds_table(folds, spreads),
            ),
        ),
        record={
            "folds": [fold_to_json(fold) for fold in folds],
            "summary": spreads_to_json(spreads),
        },
    )


def _folds_table(folds: Sequence[FoldFigures], spreads: Mapping[str, Spread]) -> Table:
    heads = [metric_words(name).label for name in FOLD_METRICS]
    rows = [
        (
            str(fold.fold),
            f"{fold.n_train:,}",
            f"{fold.n_validate:,}",
            *(_shown(name, fold.validate[name]) for name in FOLD_METRICS),
            *(_shown(name, fold.train[name]) for name in FOLD_METRICS),
            f"{fold.rounds:,}",
        )
        for fold in folds
    ]
    average = [
        f"{_shown(name, spread.mean)} ± {_shown(name, spread.sd)}"
        for part in ("val", "train")
        for name in FOLD_METRICS
        for spread in (spreads[f"{part}_{name}"],)
    ]
    return table(
        ("Fold", "Learnt from", "Not seen", *heads, *(f"{head}, learnt" for head in heads), "Trees"),
        [*rows, ("mean ± SD", "", "", *average, "")],
    )


def _shown(name: str, value: float) -> str:
    return percentage(value) if metric_words(name).percent else decimal(value, digits=3)


def decoding_section(kind: str, whole: Difference, tails: Sequence[Difference]) -> Section:
    """What the decision wins and costs beside plain rounding.

    Args:
        kind: how scores become grades.
        whole: all essays: reference is rounding, candidate the decision.
        tails: the same by part of the scale.
    """
    return Section(
        name="decoding",
        heading="From scores to grades",
        intro="Plain rounding gives grades nearest to the teacher’s; cut points that are stretched to the "
        "teacher’s spread, or searched for agreement, use the ends of the scale more, win agreement beyond "
        "chance and miss the exact grade more often. Both decode the same out-of-fold scores; what is "
        "decoded was never looked at when cut points were learnt.",
        figures=(
            Figure(
                f"What “{kind}” changes beside rounding",
                _decoding_chart(whole),
                "Each dot is the difference on the same essays, turned so that right is better: agreement "
                "gained, distance saved. The line is its interval.",
                _decoding_table(kind, whole, tails),
            ),
        ),
        statements=tuple(_decoding_statements(kind, whole)),
        record={
            "mode": kind,
            "whole": difference_to_json(whole),
            "tails": [difference_to_json(row) for row in tails],
        },
    )


def _decoding_chart(whole: Difference) -> str:
    # Probabilities are the same whatever the decision.
    shown = [name for name in COMPARED if name != "rps"]
    return forest_chart(
        "Change by the decision, as gains",
        [difference_row(_gained(name), whole.n, turned(name, whole.differences[name])) for name in shown],
        left="rounding is better",
        right="the decision is better",
    )


def _gained(name: str) -> str:
    return GAINED.get(name, lowered(metric_words(name).label))


def _decoding_table(kind: str, whole: Difference, tails: Sequence[Difference]) -> Table:
    names = ("qwk", "accuracy", "adjacent_accuracy", "mae")
    parts = [("all essays", whole), *((TAIL_NAMES.get(row.name, row.name), row) for row in tails)]
    return table(
        ("Essays", "Figure", "Rounding", kind, "Difference"),
        (
            (
                f"{part}, n {row.n:,}",
                metric_words(name).label,
                _shown(name, row.reference[name]),
                _shown(name, row.candidate[name]),
                difference_words(row.differences[name]),
            )
            for part, row in parts
            for name in names
        ),
    )


def _decoding_statements(kind: str, whole: Difference) -> Iterator[Statement]:
    if kind == "rounding":
        return
    qwk, exact, mae = (whole.differences[name] for name in ("qwk", "accuracy", "mae"))
    wins = "wins" if qwk.low > 0 else "is not shown to win"
    yield Statement(
        "info",
        f"The decision ({kind}) {wins} agreement beside plain rounding: {difference_words(qwk)} QWK, at "
        f"{signed(100 * exact.estimate, digits=1)} points of exact agreement and "
        f"{signed(mae.estimate, digits=3)} grade steps of average distance.",
    )
