"""The pictures of a report, each with a plain sentence about how to read it and the table behind it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gradewise.evaluation.results import Evaluation, Interval, leading_metric
from gradewise.reporting.charts.agreement import hundred_chart, track_chart
from gradewise.reporting.charts.confusion import confusion_chart
from gradewise.reporting.charts.distribution import distribution_chart
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.charts.reliability import reliability_chart
from gradewise.reporting.charts.residuals import MOST_PROMPTS, length_chart, prompt_chart
from gradewise.reporting.charts.rows import comparison_chart, importance_chart, lean_chart
from gradewise.reporting.class_pictures import CLASS_TILES, class_pictures
from gradewise.reporting.class_wording import precise, precise_bounds, precisely, words_of
from gradewise.reporting.parts import Figure
from gradewise.reporting.report import UNDEFINED, NamedEvaluation, Report
from gradewise.reporting.tables import (
    comparison_table,
    confusion_table,
    grades_table,
    importance_table,
    length_table,
    reliability_table,
    slices_table,
)
from gradewise.reporting.wording import bounds, figure, metric_words

TILES = ("accuracy", "adjacent_accuracy", "qwk", "mae")
"""The figures that are shown large."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure, shown large."""

    label: str
    """Its name."""
    value: str
    """The estimate."""
    around: str
    """Its interval."""
    meaning: str
    """What it says."""
    svg: str
    """The figure on its track, as markup that is safe to show."""


def tiles(evaluation: Evaluation) -> tuple[Tile, ...]:
    """The headline figures."""
    if not evaluation.scale.ordered:
        return tuple(_class_tile(evaluation, name) for name in CLASS_TILES)
    return tuple(_tile(evaluation, name) for name in TILES)


def _class_tile(evaluation: Evaluation, name: str) -> Tile:
    words, interval = words_of(name, evaluation.scale), evaluation.metrics.get(name, UNDEFINED)
    return Tile(
        words.label,
        precise(interval.estimate, percent=words.percent),
        precise_bounds(interval, percent=words.percent),
        words.meaning,
        track_chart(words.label, interval, low=0.0, high=1.0),
    )


def _tile(evaluation: Evaluation, name: str) -> Tile:
    words, interval = metric_words(name), evaluation.metrics.get(name, UNDEFINED)
    # A distance has no upper end; the track is as long as a miss that nobody would accept, or the figure.
    high = 1.0 if words.better == "higher" else max(2.0, interval.high if interval.high > 0 else 0.0)
    return Tile(
        words.label,
        figure(interval, percent=words.percent),
        bounds(interval, percent=words.percent),
        words.meaning,
        track_chart(words.label, interval, low=0.0, high=high),
    )


def hundred_figure(named: NamedEvaluation) -> Figure:
    """A hundred essays at a glance."""
    if not named.evaluation.scale.ordered:
        return Figure(
            "Out of 100 texts",
            hundred_chart(named.evaluation),
            "Each square is one text in a hundred, coloured by whether it was given its right class.",
            None,
        )
    return Figure(
        "Out of 100 essays",
        hundred_chart(named.evaluation),
        "Each square is one essay in a hundred, coloured by how far the model’s grade is from the teacher’s.",
        None,
    )


def comparison_figure(report: Report) -> Figure:
    """The model beside two teachers and simple rules."""
    by = leading_metric(report.scale)
    contenders = [
        *(
            _contender(f"model, {row.name}", row.evaluation.metrics, "model", by)
            for row in report.evaluations
        ),
        *([_contender("two teachers", report.human, "human", by)] if report.human else []),
        *(_contender(row.name, row.metrics, "baseline", by) for row in report.baselines),
    ]
    if not report.scale.ordered:
        return _class_comparison(report, contenders)
    return Figure(
        "Is it better than something simple?",
        comparison_chart("Agreement beyond chance: model, teachers, simple rules", contenders),
        "Agreement with the teacher beyond chance (QWK): 1 is perfect, 0 is guessing. The line is the "
        "interval in which the true figure plausibly lies; a model worth having stands clear to the right of "
        "simple rules.",
        comparison_table(report),
    )


def _class_comparison(report: Report, contenders: Sequence[IntervalRow]) -> Figure:
    return Figure(
        "Training, validation, test",
        comparison_chart("Macro F1: model and simple rules", contenders),
        "Mean over classes (macro F1): 1 is perfect. The line is the interval in which the true figure "
        "plausibly lies. On the texts that it learnt from, a model knows much by heart: only texts that it "
        "had not seen say what it is worth, and a wide gap between the two says that more texts would help.",
        comparison_table(report),
    )


def _contender(name: str, metrics: Mapping[str, Interval], kind: str, by: str) -> IntervalRow:
    interval = metrics.get(by, UNDEFINED)
    return IntervalRow(name, interval, kind, precisely(interval, percent=False) if by == "macro_f1" else None)


def importance_figure(report: Report) -> Figure:
    """What moves the grade."""
    return Figure(
        "What moves the grade",
        importance_chart(report.importance),
        "How much each side of writing moves the model’s grades, as a share of all of them. It says what the "
        "model attends to, not what makes an essay good.",
        importance_table(report.importance),
    )


def _tails_figure(evaluation: Evaluation) -> Figure:
    names = {"low": "weakest essays", "middle": "essays in between", "high": "strongest essays"}
    rows = [
        IntervalRow(
            f"{names.get(row.name, row.name)}, n {row.n:,}",
            row.metrics.get("mean_residual", UNDEFINED),
            "model",
        )
        for row in evaluation.tails
    ]
    return Figure(
        "Are weak and strong essays treated alike?",
        lean_chart("Too kind or too strict, by part of the scale", rows),
        "The scale in three parts, by the teacher’s grade. The dot is how many grades the model is above the "
        "teacher on average. Models pull towards the middle: kind to the weakest, strict with the strongest.",
        slices_table("Part", evaluation.tails),
    )


def figures(named: NamedEvaluation) -> Iterator[Figure]:
    """The pictures of one evaluation: its grades and confidence, then its leans; or its classes."""
    if not named.evaluation.scale.ordered:
        yield from class_pictures(named)
        return
    yield from grade_figures(named.evaluation)
    yield from lean_figures(named)


def grade_figures(evaluation: Evaluation) -> Iterator[Figure]:
    """Which grades are given, and whether confidence means what it says."""
    yield Figure(
        "Which grades are taken for which",
        confusion_chart(evaluation),
        "A row holds the essays to which the teacher gave one grade; the columns say what the model gave "
        "them. Outlined squares are the same grade; the stronger the colour, the larger their share.",
        confusion_table(evaluation),
    )
    yield Figure(
        "How many essays get each grade",
        distribution_chart(evaluation),
        "Bars of equal height mean that the model uses a grade as often as the teacher does. Models tend "
        "to use the ends of the scale too seldom.",
        grades_table(evaluation),
    )
    yield Figure(
        "Does its confidence mean what it says?",
        reliability_chart(evaluation),
        "A dot on the dashed line is honest: of essays it was 70 % sure about, it got 70 % right. Below the "
        "line it is too sure, above it too modest. Upright lines are intervals.",
        reliability_table(evaluation),
    )


def lean_figures(named: NamedEvaluation) -> Iterator[Figure]:
    """Where the model is too kind or too strict: along the scale, by length, by prompt."""
    evaluation, graded = named.evaluation, named.graded
    if evaluation.tails:
        yield _tails_figure(evaluation)
    if graded.word_counts is not None:
        yield Figure(
            "Are short or long essays treated differently?",
            length_chart(graded),
            "Each dot is an essay: above the middle line the model was kinder than the teacher, below "
            "stricter. The thick line is the average; a slope means that length is over- or underrated.",
            length_table(graded),
        )
    if graded.prompts is not None and len(evaluation.prompts) > 1:
        yield Figure(
            "Are some prompts graded more kindly?",
            prompt_chart(graded),
            "The dot is the average lean on a prompt, the box the middle half of its essays, the line the "
            f"middle eight in ten.{_cut(len(evaluation.prompts))}",
            slices_table("Prompt", evaluation.prompts),
        )


def _cut(n_prompts: int) -> str:
    return (
        f" The {MOST_PROMPTS} largest of {n_prompts} prompts are drawn." if n_prompts > MOST_PROMPTS else ""
    )
