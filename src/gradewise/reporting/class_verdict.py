"""What figures about classes amount to, in plain sentences, judged by interval bounds."""

import math
from collections.abc import Iterator

from gradewise.evaluation.results import Evaluation, GradeRow, Interval
from gradewise.reporting.charts.class_confusion import confusions
from gradewise.reporting.class_wording import precisely
from gradewise.reporting.parts import Kind, Statement
from gradewise.reporting.report import UNDEFINED
from gradewise.reporting.wording import counted, decimal, enumerated, shortened

GOOD_F1, POOR_F1 = 0.80, 0.50
"""Marks of this project, between which a reader decides: no standard says what macro F1 is enough."""
FEW_OF_A_CLASS = 5
"""Below so many texts, nothing much is known of a class."""
WEAK_F1 = 0.60
"""A class whose whole interval lies below is called weak."""
FREQUENT = 0.20
"""Share of a class that is taken for another one, from which the pair is named."""
_NAME = 32


def class_lead(evaluation: Evaluation) -> Statement:
    """The first sentence: how often the class is right, and how the classes fare on average."""
    accuracy, macro = (evaluation.metrics.get(name, UNDEFINED) for name in ("accuracy", "macro_f1"))
    kind, judged = _judge(macro)
    return Statement(
        kind,
        f"The model gives {precisely(accuracy, percent=True)} of texts their right class. Averaged over the "
        f"{evaluation.scale.n_grades} classes, each counting the same, F1 is "
        f"{precisely(macro, percent=False)}{judged}.",
    )


def _judge(macro: Interval) -> tuple[Kind, str]:
    if macro.low >= GOOD_F1:
        return "good", ""
    if macro.high < POOR_F1:
        return "bad", ": too weak to rely on"
    if macro.high < GOOD_F1:
        return "warn", f": below {decimal(GOOD_F1)}, so look at the classes one by one"
    return "info", ""


def class_statements(evaluation: Evaluation) -> Iterator[Statement]:
    """Which classes are hardly known, weak, or taken for one another."""
    yield from _rare(evaluation)
    yield from _weak(evaluation)
    yield from _confused(evaluation)


def _rare(evaluation: Evaluation) -> Iterator[Statement]:
    rare = [f"{_short(row.grade)} ({row.n_true})" for row in evaluation.grades if row.n_true < FEW_OF_A_CLASS]
    if rare:
        yield Statement(
            "warn",
            f"{len(rare)} of {len(evaluation.grades)} classes had fewer than {FEW_OF_A_CLASS} texts here: "
            f"{enumerated(rare)}. How the model fares on them is hardly known.",
        )


def _weak(evaluation: Evaluation) -> Iterator[Statement]:
    judged = [
        row for row in evaluation.grades if row.n_true >= FEW_OF_A_CLASS and math.isfinite(row.f1.estimate)
    ]
    weak = sorted((row for row in judged if row.f1.high < WEAK_F1), key=_f1)
    if weak:
        named = enumerated([f"{_short(row.grade)} ({decimal(row.f1.estimate)})" for row in weak])
        what = "One class is" if len(weak) == 1 else f"{len(weak)} classes are"
        yield Statement("warn", f"{what} clearly hard, with F1 below {decimal(WEAK_F1)}: {named}.")
    elif judged:
        worst = min(judged, key=_f1)
        yield Statement(
            "info",
            f"No class is shown to lie below F1 {decimal(WEAK_F1)}; the hardest is {_short(worst.grade)} "
            f"with {precisely(worst.f1, percent=False)}, from {counted(worst.n_true, 'text')}.",
        )


def _f1(row: GradeRow) -> float:
    return row.f1.estimate


def _confused(evaluation: Evaluation) -> Iterator[Statement]:
    due = {row.grade: row.n_true for row in evaluation.grades}
    often = [
        f"{_short(pair.right)} taken for {_short(pair.given)} ({pair.n} of {due[pair.right]})"
        for pair in confusions(evaluation)
        if pair.share >= FREQUENT and pair.n >= FEW_OF_A_CLASS
    ]
    if often:
        yield Statement(
            "warn",
            f"Classes that are often mixed up: {enumerated(often, most=4)}. Look whether their names mean "
            "the same, or join them.",
        )


def _short(name: str) -> str:
    return f"“{shortened(name, most=_NAME)}”"
