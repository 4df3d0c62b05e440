"""The verdict: what the figures amount to, in plain sentences, judged by interval bounds."""

import math
from collections.abc import Iterator, Mapping, Sequence

from gradewise.evaluation.results import Evaluation, Interval, SliceRow, leading_metric
from gradewise.reporting.class_verdict import class_lead, class_statements
from gradewise.reporting.class_wording import terms_of
from gradewise.reporting.confidence_verdict import confidence_statements
from gradewise.reporting.parts import Kind, Statement
from gradewise.reporting.report import (
    LOCKED_TEST,
    OUT_OF_FOLD,
    UNDEFINED,
    BaselineRow,
    NamedEvaluation,
    Report,
    metric,
    publishable,
)
from gradewise.reporting.wording import (
    THIN,
    bounds,
    counted,
    decimal,
    enumerated,
    percentage,
    shortened,
    signed,
    with_bounds,
)

GOOD_QWK = 0.70
"""Asked of a scoring engine: Williamson, Xi & Breyer (2012), doi:10.1111/j.1745-3992.2011.00223.x."""
POOR_QWK = 0.40
"""Below this, agreement is called no more than fair: Landis & Koch (1977), doi:10.2307/2529310."""
HUMAN_GAP = 0.10
"""How far a model may stay behind a second teacher: Williamson, Xi & Breyer (2012)."""
FEW_ESSAYS = 200
"""At this many essays, QWK still has a sampling error of about .04."""
FEW_OF_A_GRADE = 5
LEAN_STEPS, LEAN_OF_SCALE = 0.5, 0.05
"""A lean counts from half a grade, or from a twentieth of a long scale."""
LEAST_IN_PROMPT = 20
"""Prompts with fewer essays are not judged on their own."""
NAME = 48
"""Longest prompt name in a sentence."""

_SEVERITY = {"bad": 0, "warn": 1, "good": 2, "info": 3}


def verdict(report: Report) -> tuple[Statement, ...]:
    """What the report amounts to: the agreement first, then what is bad, doubtful, good, and worth knowing.

    A statement is ``good`` or ``bad`` only where the whole interval is on that side of the mark. Sections
    have their say among the rest; where no grades were evaluated, what they say is the verdict.
    """
    if not report.metrics_allowed:
        return (withheld(report.data.licence),)
    shown = publishable(report)
    named, topics = shown.headline, [each for section in shown.sections for each in section.statements]
    if named is None or named.evaluation.n == 0:
        nothing = Statement("warn", "Nothing was evaluated: there is no figure to judge this model by.")
        return tuple(topics) or (nothing,)
    lead, *rest = appraise(named.evaluation, baselines=report.baselines, human=report.human)
    return (lead, *by_severity([*rest, *_provenance(report, named), *topics]))


def appraise(
    evaluation: Evaluation,
    *,
    baselines: Sequence[BaselineRow] = (),
    human: Mapping[str, Interval] | None = None,
) -> tuple[Statement, ...]:
    """What the figures of one evaluation amount to, the agreement first.

    Args:
        evaluation: of one essay at least.
        baselines: simple rules on the same essays.
        human: agreement of two teachers, by metric.
    """
    if not evaluation.scale.ordered:
        return (
            class_lead(evaluation),
            *_baselines(baselines, by="macro F1", item="text"),
            *_size(evaluation),
            *class_statements(evaluation),
            *confidence_statements(evaluation),
        )
    return (
        _agreement(evaluation),
        *_human(human, evaluation),
        *_baselines(baselines),
        *_size(evaluation),
        *_rare_grades(evaluation),
        *confidence_statements(evaluation),
        *_tails(evaluation),
        *_prompts(evaluation),
    )


def by_severity(statements: Sequence[Statement]) -> list[Statement]:
    """What is bad, doubtful, good, and worth knowing, in this order."""
    return sorted(statements, key=lambda statement: _SEVERITY[statement.kind])


def withheld(licence: str) -> Statement:
    """What stands in place of a verdict where no figures may be shown."""
    return Statement(
        "info",
        f"No figures are shown: the terms of this data (licence: {shortened(licence, most=80)}) "
        "do not allow them, or are not known. The run shows that everything works, not how well. Record a "
        "licence that permits it on the dataset card, then make the report again.",
    )


def _level(evaluation: Evaluation) -> int:
    return round(100 * evaluation.resampling.confidence)


def _agreement(evaluation: Evaluation) -> Statement:
    exact, near, qwk = (metric(evaluation, name) for name in ("accuracy", "adjacent_accuracy", "qwk"))
    around = bounds(near, percent=True)
    sentence = (
        f"The model gives the teacher’s grade in {percentage(exact.estimate)} of essays and is within one "
        f"grade in {percentage(near.estimate)}"
        f"{f' ({_level(evaluation)}{THIN}% interval {around})' if math.isfinite(near.low) else ''}."
    )
    if not math.isfinite(qwk.estimate):
        return Statement(
            "info",
            f"{sentence} Agreement beyond chance is not defined here: there is but one grade to agree on.",
        )
    kind, judged = _judge_qwk(qwk)
    return Statement(kind, f"{sentence} Beyond chance, agreement (QWK) is {decimal(qwk.estimate)}: {judged}.")


def _judge_qwk(qwk: Interval) -> tuple[Kind, str]:
    asked = f"the {decimal(GOOD_QWK)} asked of scoring engines in examinations"
    if qwk.low >= GOOD_QWK:
        return "good", f"surely above {asked}"
    if qwk.high < POOR_QWK:
        return "bad", f"far below {asked}, too weak to grade with"
    if qwk.high < GOOD_QWK:
        return "warn", f"below {asked}"
    return "info", f"these essays cannot tell whether that reaches {asked}"


def _human(human: Mapping[str, Interval] | None, evaluation: Evaluation) -> Iterator[Statement]:
    teachers, model = (human or {}).get("qwk", UNDEFINED), metric(evaluation, "qwk")
    if not (math.isfinite(teachers.estimate) and math.isfinite(model.estimate)):
        return
    reached = decimal(teachers.estimate)
    figures = f"two teachers reach {reached} with each other, the model {decimal(model.estimate)}"
    behind = _difference(model, teachers)
    if behind.low >= -HUMAN_GAP:
        yield Statement(
            "good", f"It agrees with the teacher about as well as a second teacher does: {figures}."
        )
    elif behind.high < -HUMAN_GAP:
        yield Statement(
            "warn", f"It agrees with the teacher clearly less than a second teacher does: {figures}."
        )
    else:
        yield Statement("info", f"Whether it keeps up with a second teacher is not settled: {figures}.")


def _difference(one: Interval, other: Interval) -> Interval:
    """One figure less another, from the bounds of both; of the same essays it is, if anything, too wide.

    Source: Zou & Donner (2008), doi:10.1002/sim.3095 (how bounds of a difference follow from bounds).
    """
    apart = one.estimate - other.estimate
    return Interval(
        apart,
        apart - math.hypot(one.estimate - one.low, other.high - other.estimate),
        apart + math.hypot(one.high - one.estimate, other.estimate - other.low),
    )


def _baselines(rows: Sequence[BaselineRow], *, by: str = "QWK", item: str = "essay") -> Iterator[Statement]:
    if not rows:
        yield Statement(
            "info", f"No simple rule was tried on the same {item}s, so how much the model adds is not known."
        )
    beaten = [row for row in rows if row.difference is not None and row.difference.low > 0]
    if beaten:
        compared = "; ".join(f"{shortened(row.name, most=NAME)} by {_gain(row, by)}" for row in beaten)
        yield Statement("good", f"It beats simple rules on the same {item}s: {compared}.")
    for row in rows:
        if row.difference is None or row in beaten or not math.isfinite(row.difference.estimate):
            continue
        name = shortened(row.name, most=NAME)
        if row.difference.high < 0:
            yield Statement("bad", f"A simple rule, {name}, does better than the model ({_gain(row, by)}).")
        else:
            yield Statement(
                "warn",
                f"It is not shown to be better than a simple rule, {name} ({_gain(row, by)}): do not rely "
                "on it.",
            )


def _gain(row: BaselineRow, by: str) -> str:
    difference = row.difference or UNDEFINED
    return f"{signed(difference.estimate)} {by}, interval {bounds(difference, percent=False)}"


def _size(evaluation: Evaluation) -> Iterator[Statement]:
    if evaluation.n < FEW_ESSAYS:
        around = bounds(metric(evaluation, leading_metric(evaluation.scale)), percent=False)
        what = "agreement beyond chance" if evaluation.scale.ordered else "macro F1"
        yield Statement(
            "warn",
            f"Only {counted(evaluation.n, terms_of(evaluation.scale).item)} were evaluated, so every "
            f"figure is rough ({what}: {around}). {FEW_ESSAYS} or more give figures to act on.",
        )


def _rare_grades(evaluation: Evaluation) -> Iterator[Statement]:
    rare = [f"{row.grade} ({row.n_true})" for row in evaluation.grades if row.n_true < FEW_OF_A_GRADE]
    if rare:
        yield Statement(
            "warn",
            f"{len(rare)} of {counted(len(evaluation.grades), 'grade')} had fewer than {FEW_OF_A_GRADE} "
            f"essays here: {enumerated(rare)}. How the model fares on them is hardly known.",
        )


def _lean_mark(evaluation: Evaluation) -> float:
    return max(LEAN_STEPS, LEAN_OF_SCALE * (evaluation.scale.n_grades - 1))


def _leans(row: SliceRow, mark: float) -> str | None:
    """``kindly`` or ``strictly`` when the whole interval of the mean residual is beyond the mark."""
    residual = row.metrics.get("mean_residual", UNDEFINED)
    if residual.low > mark:
        return "kindly"
    return "strictly" if residual.high < -mark else None


def _tails(evaluation: Evaluation) -> Iterator[Statement]:
    spoken = {"low": "The weakest essays", "high": "The strongest essays"}
    for row in evaluation.tails:
        lean = _leans(row, _lean_mark(evaluation))
        if row.name in spoken and lean:
            residual = with_bounds(row.metrics["mean_residual"], percent=False)
            yield Statement(
                "warn",
                f"{spoken[row.name]} are graded too {lean}: on average {residual} grades off, over "
                f"{counted(row.n, 'essay')}. Let a teacher look at grades near that end.",
            )


def _prompts(evaluation: Evaluation) -> Iterator[Statement]:
    judged = [row for row in evaluation.prompts if row.n >= LEAST_IN_PROMPT]
    overall = metric(evaluation, "mae")
    far = [row for row in judged if row.metrics.get("mae", UNDEFINED).low > overall.high]
    if far:
        names = enumerated([f"“{shortened(row.name, most=NAME)}”" for row in far], most=3)
        yield Statement(
            "warn", f"It is clearly further off than usual on {counted(len(far), 'prompt')}: {names}."
        )
    for lean in ("kindly", "strictly"):
        leaning = [row for row in judged if _leans(row, _lean_mark(evaluation)) == lean]
        if leaning:
            names = enumerated([f"“{shortened(row.name, most=NAME)}”" for row in leaning], most=3)
            yield Statement("warn", f"It grades too {lean} on {counted(len(leaning), 'prompt')}: {names}.")
    if judged and len(judged) == len(evaluation.prompts) and not far:
        yield Statement("info", f"No prompt of {len(judged)} is shown to be graded worse than the rest.")


def _provenance(report: Report, named: NamedEvaluation) -> Iterator[Statement]:
    if named.name != LOCKED_TEST:
        yield Statement(
            "info",
            f"These figures are {named.name}, from the development of the model. "
            "No locked test set has confirmed them.",
        )
        return
    yield Statement(
        "info",
        f"These figures come from {terms_of(report.scale).item}s that were locked away before training and "
        "looked at once.",
    )
    by = leading_metric(report.scale)
    for other in report.evaluations:
        earlier, locked = metric(other.evaluation, by), metric(named.evaluation, by)
        if other.name == OUT_OF_FOLD and locked.high < earlier.low:
            yield Statement(
                "warn",
                "Development promised more than the locked test confirms: "
                f"{with_bounds(earlier, percent=False)} against {with_bounds(locked, percent=False)} "
                f"{'agreement beyond chance' if report.scale.ordered else 'macro F1'}.",
            )
