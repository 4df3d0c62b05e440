"""Results as a person reads them in a terminal."""

import re
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gradewise.evaluation.gates import GateReport
from gradewise.evaluation.intervals import Interval
from gradewise.evaluation.results import Evaluation
from gradewise.features.advisories.advisory import ADVISORIES, Advisory
from gradewise.reporting.likelier import likelier_sentence
from gradewise.reporting.topics.gates import MARKS, asked, conclusion, found
from gradewise.reporting.wording import MINUS, steps
from gradewise.workflows.score import Prediction, TraitPrediction

BAR_WIDTH = 30

SPOKEN = {
    "qwk": "quadratic weighted kappa",
    "accuracy": "exact agreement",
    "adjacent_accuracy": "within one grade",
    "mae": "mean error (grade steps)",
    "rmse": "root mean squared error (grade steps)",
    "macro_f1": "macro F1",
    "spearman": "rank correlation (Spearman)",
    "brier": "Brier score",
    "ece": "calibration error (ECE)",
    "rps": "ranked probability score",
}
"""Metric names as people say them."""

CLASSES_SPOKEN = {
    "macro_f1": "macro F1",
    "weighted_f1": "weighted F1",
    "accuracy": "accuracy",
    "roc_auc": "ROC AUC",
    "pr_auc": "average precision",
    "log_loss": "log loss",
    "brier": "Brier score",
    "ece": "calibration error",
}
"""The same where there are classes."""


def prediction_panel(prediction: Prediction, *, title: str) -> RenderableType:
    """One graded essay: grade, probabilities, reasons."""
    head = Text.assemble(
        ("Grade ", "bold"),
        (prediction.grade, "bold green"),
        f"   plausibly {plausible(prediction)}   probability {prediction.confidence:.0%}   "
        + steps(prediction.score, prediction.probabilities),
    )
    return Panel(
        Group(
            head,
            *([Text(odd)] if (odd := likelier_sentence(prediction.grade, prediction.probabilities)) else []),
            *(_advisory_line(each) for each in prediction.advisories),
            Text(),
            probability_table(prediction.probabilities, prediction.grade),
            Text(),
            *_trait_part(prediction),
            _reason_table(prediction),
        ),
        title=Text(title),
        title_align="left",
        expand=False,
        padding=(1, 2),
    )


def plausible(prediction: TraitPrediction) -> str:
    """The grades that are plausible too, in words.

    >>> grades = ("D", "C", "B")
    >>> plausible(TraitPrediction(grade="C", probabilities={}, confidence=0.4, score=3.1, grade_set=grades))
    'D to B'
    """
    low, high = prediction.grade_set[0], prediction.grade_set[-1]
    return low if low == high else f"{low} to {high}"


def _advisory_line(advisory: Advisory) -> Text:
    kind = ADVISORIES[advisory.code]
    style = "bold red" if kind.severity == "review" else "yellow"
    return Text.assemble((f"{kind.label.capitalize()}: ", style), advisory.message)


def _trait_part(prediction: Prediction) -> Iterator[RenderableType]:
    if prediction.traits:
        yield _trait_table(prediction)
        yield Text()


def _trait_table(prediction: Prediction) -> Table:
    table = Table(title="Traits", title_justify="left", box=None, pad_edge=False)
    for heading in ("trait", "grade", "plausibly", "probability"):
        table.add_column(heading, justify="right" if heading == "probability" else "left")
    for name, trait in prediction.traits.items():
        table.add_row(name, trait.grade, plausible(trait), f"{trait.confidence:.0%}")
    return table


def probability_table(probabilities: Mapping[str, float], grade: str) -> Table:
    """A bar for each grade, the one that was given in colour."""
    table = Table.grid(padding=(0, 1))
    for name, probability in probabilities.items():
        style = "green" if name == grade else "dim"
        table.add_row(
            name, Text("█" * round(BAR_WIDTH * probability) or "▏", style=style), f"{probability:.1%}"
        )
    return table


def _reason_table(prediction: Prediction) -> Table:
    table = Table(title="Strongest reasons", title_justify="left", box=None, pad_edge=False)
    table.add_column("effect", justify="right")
    table.add_column("what was measured")
    table.add_column("here", justify="right")
    table.add_column("average", justify="right")
    for reason in prediction.reasons:
        table.add_row(
            Text(f"{reason.effect:+.2f}", style="green" if reason.effect > 0 else "red"),
            reason.label,
            reason.spoken(reason.value),
            reason.spoken(reason.average),
        )
    return table


def parted(name: str, *, room: int) -> str:
    r"""A name on as many lines as it needs: broken after a comma, else after an underscore, never in a word.

    >>> parted("max_leaves 31, min_child 20, l2 10.0", room=30)
    'max_leaves 31, min_child 20,\nl2 10.0'
    >>> parted("hedges_per_100_words", room=19)
    'hedges_per_100_\nwords'
    """
    lines = [""]
    for piece in re.split(r"(?<=, )" if ", " in name else r"(?<=_)", name):
        fits = len(lines[-1]) + len(piece.rstrip()) <= room
        lines = [*lines[:-1], lines[-1] + piece] if fits or not lines[-1] else [*lines, piece]
    return "\n".join(line.rstrip() for line in lines)


def evaluation_table(evaluations: Sequence[tuple[str, Evaluation]]) -> Table:
    """Headline figures with their intervals, one column an evaluation."""
    table = Table(title="How good it is", title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for name, evaluation in evaluations:
        table.add_column(f"{name} (n={evaluation.n})", justify="right")
    ordered = all(evaluation.scale.ordered for _, evaluation in evaluations)
    for metric, spoken in (SPOKEN if ordered else CLASSES_SPOKEN).items():
        table.add_row(spoken, *(interval_text(evaluation.metrics[metric]) for _, evaluation in evaluations))
    return table


def gate_line(report: GateReport) -> str:
    """What a preset of gates amounts to, in a line."""
    return f"gates {report.preset}: {conclusion(report)}"


def gate_table(report: GateReport) -> Table:
    """Every rule of a preset: what was asked, what was found, what follows."""
    table = Table(title=Text(gate_line(report)), title_justify="left", box=None, pad_edge=False)
    for heading in ("rule", "asked", "found", "verdict"):
        table.add_column(heading)
    for judged in report.rules:
        rule = judged.rule
        table.add_row(rule.words, asked(rule), found(judged.figure, rule.metric), MARKS[judged.verdict])
    return table


def interval_text(interval: Interval) -> str:
    """A figure with its bounds.

    >>> interval_text(Interval(0.1, -0.2, 0.3))
    '0.100 (−0.200 to 0.300)'
    """
    between = " to " if interval.low < 0 else "–"
    text = f"{interval.estimate:.3f} ({interval.low:.3f}{between}{interval.high:.3f})"
    return text.replace("-", MINUS)
