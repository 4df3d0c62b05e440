"""What a report on classes says beside its figures: sets of classes, texts of none, the search."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from gradewise.evaluation.coverage import FEWEST_JUDGED, CoverageEvaluation, CoverageRow, coverage_to_json
from gradewise.evaluation.interval_json import number_to_json
from gradewise.evaluation.out_of_scope import (
    BY_ACCURACY,
    BY_SHARE,
    SHIPPED,
    OperatingPoint,
    OutOfScope,
    out_of_scope_to_json,
)
from gradewise.evaluation.trials import SearchTrial
from gradewise.reporting.charts.confidence import coverage_chart
from gradewise.reporting.charts.out_of_scope import confidence_chart
from gradewise.reporting.charts.trials import best_trial, said, trial_settings_chart, trials_chart
from gradewise.reporting.class_wording import CLASS_GLOSSARY, precise, precisely
from gradewise.reporting.parts import Figure, Kind, Section, Statement, Table, table
from gradewise.reporting.wording import (
    counted,
    decimal,
    duration,
    lowered,
    metric_words,
    percentage,
)

OUT_OF_SCOPE = "out_of_scope"
"""Name of the section on texts of no class."""
CLASSES_DRAWN = 10
"""Classes whose sets are drawn, those that hold the right one least often."""
GOOD_RECALL = 0.80
"""Out-of-scope recall from which texts of no class are said to be told apart well: a mark of this project."""


def class_sections(
    *,
    sets: CoverageEvaluation | None = None,
    out_of_scope: OutOfScope | None = None,
    trials: Sequence[SearchTrial] = (),
    search_metric: str = "macro_f1",
) -> tuple[Section, ...]:
    """The sections on classes, those of which nothing is known left out.

    Args:
        sets: Whether sets of classes hold the right one, by `evaluate_class_sets`.
        out_of_scope: How texts of no class are told apart, by `evaluate_out_of_scope`.
        trials: What a search tried, in order; none where nothing was searched.
        search_metric: What it made best.
    """
    return (
        *(() if sets is None else (sets_section(sets),)),
        *(() if out_of_scope is None else (out_of_scope_section(out_of_scope),)),
        *((search_section(trials, metric=search_metric),) if trials else ()),
    )


def sets_section(sets: CoverageEvaluation) -> Section:
    """The section on sets of classes."""
    size, covered = decimal(sets.mean_size.estimate, digits=1), precisely(sets.whole.coverage, percent=True)
    worst = sets.worst_grade
    hardest = (
        f" Of the classes with {FEWEST_JUDGED} texts or more, “{worst.name}” fares worst: "
        f"{precisely(worst.coverage, percent=True)}."
        if worst
        else f" No class has the {FEWEST_JUDGED} texts that it takes to judge it alone."
    )
    return Section(
        name="class_sets",
        heading="Which other classes are plausible?",
        intro="Beside the class that it gives, the model names others that are plausible too. The promise: "
        f"the right class is among those named for {percentage(sets.promised)} of the texts. It was for "
        f"{covered} of {counted(sets.whole.n, 'text')}, with {size} of {sets.n_grades} classes named on "
        f"average.{hardest}",
        figures=tuple(_set_figures(sets)),
        record=coverage_to_json(sets),
    )


def _set_figures(sets: CoverageEvaluation) -> Iterator[Figure]:
    known = sorted((row for row in sets.grades if row.n), key=lambda row: row.coverage.estimate)
    yield Figure(
        "Do the named classes hold the right one?",
        coverage_chart(
            [sets.whole, *known[:CLASSES_DRAWN]],
            promised=sets.promised,
            title="How often sets hold the right class",
            labels="classes",
            item="text",
        ),
        f"All texts, then the {len(known[:CLASSES_DRAWN])} classes whose sets hold the right one least "
        "often. A dot on the dashed line keeps the promise, which is made over all texts: single classes may "
        f"stay below it. Grey dots are classes with fewer than {FEWEST_JUDGED} texts, of which little can be "
        "said.",
        _sets_table("Class", [sets.whole, *known]),
    )
    yield Figure.in_numbers(
        "How many classes are named",
        "Fewer named classes are of more use; one alone means that the model sees no other.",
        _sizes_table(sets.sizes),
    )


def _sets_table(kind: str, rows: Sequence[CoverageRow]) -> Table:
    return Table(
        (kind, "Texts", "Right class is named", "Classes named"),
        tuple(
            (row.name, f"{row.n:,}", precisely(row.coverage, percent=True), decimal(row.mean_size))
            for row in rows
        ),
    )


def _sizes_table(rows: Sequence[CoverageRow]) -> Table:
    return Table(
        ("Classes named", "Texts", "Right class is named"),
        tuple((row.name, f"{row.n:,}", precisely(row.coverage, percent=True)) for row in rows),
    )


def out_of_scope_section(found: OutOfScope) -> Section:
    """The section on texts that belong to no class."""
    return Section(
        name=OUT_OF_SCOPE,
        heading="Does it notice texts of no class?",
        intro=f"{counted(found.n_out, 'text')} of this evaluation belong to none of the classes; nothing was "
        "learnt from them. A text passes when the model is at least as sure of its class as a threshold "
        f"asks; what does not pass is taken for out of scope. {_point_sentence(found)}",
        figures=tuple(_scope_figures(found)),
        statements=(_scope_statement(found),),
        record=out_of_scope_to_json(found),
    )


def _point_sentence(found: OutOfScope) -> str:
    """What the threshold that keeps an in-scope accuracy does."""
    point = found.point(BY_ACCURACY)
    if point is None:
        return ""
    if not math.isfinite(point.threshold):
        return (
            f"An in-scope accuracy of {percentage(point.asked)} is out of reach: even when every text "
            f"passes, {precisely(found.accuracy, percent=True)} of those in scope are given their right "
            "class."
        )
    return (
        f"At {percentage(point.asked)} in-scope accuracy (in-scope texts count as right when they pass and "
        f"are given their right class), out-of-scope recall is {precisely(point.recall, percent=True)}."
    )


def _scope_statement(found: OutOfScope) -> Statement:
    point = found.point(SHIPPED) or found.point(BY_SHARE)
    area = precisely(found.roc_auc, percent=False)
    if point is None or not math.isfinite(point.recall.estimate):
        return Statement("info", f"Texts of no class are told from others with a ROC area of {area}.")
    kind: Kind = (
        "good" if point.recall.low >= GOOD_RECALL else "warn" if point.recall.high < GOOD_RECALL else "info"
    )
    return Statement(
        kind,
        f"Of texts that belong to no class, {precisely(point.recall, percent=True)} are held back by a "
        f"threshold of confidence of {percentage(point.threshold)}, which lets "
        f"{precisely(point.passed, percent=True)} of the others pass; the ROC area is {area}.",
    )


def _scope_figures(found: OutOfScope) -> Iterator[Figure]:
    drawn = found.point(SHIPPED) or found.point(BY_SHARE)
    yield Figure(
        "How sure it is of texts of no class",
        confidence_chart(found, math.nan if drawn is None else drawn.threshold),
        "Upwards the texts of known classes, downwards those of none, by how sure the model was. The better "
        "the two stand apart, the better a threshold (dashed) tells them from each other. In-scope texts "
        "left of it wait for a person without need; out-of-scope texts right of it are given a class that "
        "they do not have.",
        None,
    )
    yield Figure.in_numbers(
        "What a threshold does",
        "In-scope accuracy counts texts of known classes that pass and are given their right class, of all "
        "such texts. Out-of-scope recall is the share of texts of no class that are held back; the rest is "
        "falsely accepted. Thresholds but the one that ships are found on these very texts, and anew on each "
        "resample.",
        table(
            ("Threshold", "Confidence", "In scope, passed", "In-scope accuracy", "Out-of-scope recall",
             "Falsely accepted"),
            (_point_row(point) for point in found.points),
        ),
    )  # fmt: skip


def _point_row(point: OperatingPoint) -> tuple[str, ...]:
    named = {
        SHIPPED: "the one that ships",
        BY_SHARE: f"lets {percentage(point.asked)} in scope pass",
        BY_ACCURACY: f"keeps {percentage(point.asked)} in-scope accuracy",
    }
    shares = (point.passed, point.right, point.recall, point.false_accept)
    return (
        named[point.name],
        precise(point.threshold, percent=True),
        *(precisely(share, percent=True) for share in shares),
    )


def search_section(trials: Sequence[SearchTrial], *, metric: str) -> Section:
    """The section on the search for settings."""
    words = CLASS_GLOSSARY.get(metric) or metric_words(metric)
    best = best_trial(trials, metric)
    came = (
        "No trial came to a figure."
        if best is None
        else f"The best reached {precise(best.score, percent=words.percent)} with {_params(best)}."
    )
    return Section(
        name="search",
        heading="The search for settings",
        intro=f"{counted(len(trials), 'setting')} of the learner were tried by folds of the training texts "
        f"alone, by {lowered(words.label)}. {came} The best of many looks a little "
        "better than it is; what the model is worth, other texts say above.",
        figures=() if best is None else tuple(_search_figures(trials, metric)),
        record={
            "metric": metric,
            "trials": [_trial_record(trial) for trial in trials],
        },
    )


def _trial_record(trial: SearchTrial) -> dict[str, Any]:
    return {
        "params": dict(trial.params),
        "score": number_to_json(trial.score),
        "seconds": trial.seconds,
        "state": trial.state,
    }


def _search_figures(trials: Sequence[SearchTrial], metric: str) -> Iterator[Figure]:
    yield Figure(
        "Trial by trial",
        trials_chart(trials, metric),
        "Each dot is a setting in the order in which it was tried; the line is the best so far. Where it "
        "stays level for long, more trials would hardly help.",
        _trials_table(trials, metric),
    )
    picture = trial_settings_chart(trials, metric)
    if picture:
        yield Figure(
            "What each setting does",
            picture,
            "A small picture for each setting: its values across, from lowest to highest, scores upwards "
            "on one scale for all. A cloud without a slope is a setting that hardly matters.",
            None,
        )


def _trials_table(trials: Sequence[SearchTrial], metric: str) -> Table:
    ranked = sorted(enumerate(trials), key=lambda each: _order(each[1], metric))
    return table(
        ("Trial", "Score", "Time", "State", "Settings"),
        (
            (
                str(number + 1),
                decimal(trial.score, digits=4),
                duration(trial.seconds),
                trial.state,
                _params(trial),
            )
            for number, trial in ranked
        ),
        prose=True,
    )


def _order(trial: SearchTrial, metric: str) -> float:
    if not math.isfinite(trial.score):
        return math.inf
    words = CLASS_GLOSSARY.get(metric) or metric_words(metric)
    return trial.score if words.better == "lower" else -trial.score


def _params(trial: SearchTrial) -> str:
    return ", ".join(f"{name} {said(value)}" for name, value in trial.params.items()) or "nothing set"
