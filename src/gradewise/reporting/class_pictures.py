"""The pictures of a report on classes, each with how to read it and the table behind it."""

import math
from collections.abc import Iterator, Sequence

from gradewise.essays.scales import Scale
from gradewise.evaluation.class_curves import MANY, class_curves
from gradewise.evaluation.results import Evaluation, GradeRow, Interval
from gradewise.reporting.charts.class_confusion import (
    MOST_DRAWN,
    PAIRS_DRAWN,
    class_confusion_chart,
    confusions,
)
from gradewise.reporting.charts.class_curves import precision_chart, roc_chart
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.charts.reliability import reliability_chart
from gradewise.reporting.charts.rows import comparison_chart
from gradewise.reporting.class_wording import precisely, words_of
from gradewise.reporting.parts import Figure, Table, table
from gradewise.reporting.report import UNDEFINED, NamedEvaluation
from gradewise.reporting.tables import confusion_table, reliability_table
from gradewise.reporting.wording import counted, percentage, shortened

CLASS_TILES = ("accuracy", "macro_f1", "pr_auc", "ece")
"""The figures that are shown large."""
CLASSES_DRAWN = 12
"""Classes that are drawn, those that fare worst."""
_NAME = 20  # characters of a class beside its figure


def class_pictures(named: NamedEvaluation) -> Iterator[Figure]:
    """Class by class, confusions, confidence, and curves over all thresholds."""
    yield classes_figure(named.evaluation)
    yield confusion_figure(named.evaluation)
    yield Figure(
        "Does its confidence mean what it says?",
        reliability_chart(named.evaluation),
        "A dot on the dashed line is honest: of texts it was 70 % sure about, it got 70 % right. Below the "
        "line it is too sure, above it too modest. Upright lines are intervals.",
        reliability_table(named.evaluation),
    )
    yield from _curve_figures(named)


def worst_first(rows: Sequence[GradeRow]) -> list[GradeRow]:
    """Classes by F1, the lowest first; those without texts, of which nothing is known, come last."""
    return sorted(rows, key=lambda row: (row.n_true == 0, _last(row.f1), -row.n_true, row.grade))


def _last(interval: Interval) -> float:
    return interval.estimate if math.isfinite(interval.estimate) else math.inf


def classes_figure(evaluation: Evaluation) -> Figure:
    """How each class fares, the worst drawn, all of them in the table."""
    rows = worst_first(evaluation.grades)
    drawn = [row for row in rows if row.n_true][:CLASSES_DRAWN]
    which = (
        f"The {len(drawn)} of {len(rows)} classes that fare worst; the table has all."
        if len(drawn) < len(rows)
        else "The class that fares worst stands first."
    )
    return Figure(
        "Which classes are hard?",
        comparison_chart(
            "F1 of classes, the worst first",
            [
                IntervalRow(
                    f"{shortened(row.grade, most=_NAME)}, n {row.n_true:,}",
                    row.f1,
                    "model",
                    precisely(row.f1, percent=False),
                )
                for row in drawn
            ],
        ),
        f"{which} The dot is its F1: 1 means that all of its texts were found and no other was called so. "
        "The line is its interval, wide where texts are few.",
        classes_table(rows),
    )


def classes_table(rows: Sequence[GradeRow]) -> Table:
    """Every class in a row, however many there are."""
    return Table(
        ("Class", "Texts", "Given", "Right when given", "Found when due", "Both (F1)"),
        tuple(
            (
                row.grade,
                f"{row.n_true:,}",
                f"{row.n_predicted:,}",
                *(precisely(share, percent=True) for share in (row.precision, row.recall)),
                precisely(row.f1, percent=False),
            )
            for row in rows
        ),
    )


def confusion_figure(evaluation: Evaluation) -> Figure:
    """Which classes are taken for which."""
    few, pairs = evaluation.scale.n_grades <= MOST_DRAWN, confusions(evaluation)
    reading = (
        "A row holds the texts of one class; the columns say what they were given. Outlined squares are "
        "right; the stronger the colour, the larger their share of the class."
        if few
        else "Classes taken for another, right class first: how many texts, and what share of the class. "
        f"The {min(PAIRS_DRAWN, len(pairs))} most frequent of {counted(len(pairs), 'confusion')} are "
        "drawn. A pair high up may be two names for one thing, or labels to look at again."
    )
    wrong = table(
        ("Right class → class given", "Texts", "Share of the class"),
        ((f"{pair.right} → {pair.given}", f"{pair.n:,}", percentage(pair.share)) for pair in pairs),
    )
    return Figure(
        "Which classes are taken for which?",
        class_confusion_chart(evaluation) if few or pairs else "",
        reading,
        confusion_table(evaluation) if few else wrong,
    )


def _curves_are_of(n_classes: int, scale: Scale) -> str:
    """Whose curves are drawn: of two classes the last one's, of more their mean."""
    if n_classes == 1:
        return f"It is about the class {scale.grades[-1]}."
    held = "eight in ten of them" if n_classes >= MANY else "all of them"
    return f"The line is the mean over {n_classes} classes, each against the rest; the band holds {held}."


def _curve_figures(named: NamedEvaluation) -> Iterator[Figure]:
    curves = class_curves(named.graded)
    if curves is None:
        return
    scale, metrics = named.evaluation.scale, named.evaluation.metrics
    roc, purity = (precisely(metrics.get(name, UNDEFINED), percent=False) for name in ("roc_auc", "pr_auc"))
    of = _curves_are_of(curves.n_classes, scale)
    yield Figure(
        "Found, and what comes with it",
        roc_chart(curves),
        f"As the threshold falls, more texts of a class are found, and more of others come with them (ROC "
        f"curve). {of} A useful curve hugs the upper left corner; the dashed line is guessing. The area "
        f"under it is {roc}.",
        None,
    )
    yield Figure(
        "Found, and how pure",
        precision_chart(curves),
        f"As the threshold falls, more texts of a class are found, and fewer of those found are right. {of} "
        f"{words_of('pr_auc', scale).label}, the mean height of the curve, is {purity}.",
        None,
    )
