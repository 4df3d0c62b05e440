"""One set of graded essays, held to the standards of testing organisations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.evaluation.class_gates import class_gate_figures
from gradewise.evaluation.gates import PRESETS, USUAL, GateReport, judge_gates
from gradewise.evaluation.results import Evaluation, Graded, Interval
from gradewise.evaluation.standards import Standards, gate_figures, measure_standards
from gradewise.reporting.parts import Section
from gradewise.reporting.topics.fairness import fairness_section
from gradewise.reporting.topics.gates import gates_section
from gradewise.reporting.topics.standards import standards_section
from gradewise.workflows.plans.evaluation import EvaluationPlan
from gradewise.workflows.research.asked import resampling_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardsTopics:
    """What testing organisations' standards say of one evaluation."""

    sections: tuple[Section, ...]
    """For the report: standards, fairness where writer groups are known, gates where any are asked for."""
    gates: tuple[GateReport, ...]
    """One report a preset, in the order of the plan."""
    human: Mapping[str, Interval] | None
    """Two teachers with each other, by metric; ``None`` without enough second grades."""


def standards_topics(
    essays: Sequence[Essay], graded: Graded, scale: Scale, plan: EvaluationPlan
) -> StandardsTopics:
    """Measure once, and tell it as sections, as gate reports, and as what two teachers reach.

    Args:
        essays: Among them every essay that was graded; others do not matter.
        graded: The evaluation's essays with the teacher's grade and the model's.
        scale: The grades.
        plan: Gates, smallest group, and how intervals are made.
    """
    standards = standards_of(essays, graded, scale, plan)
    gates = gate_reports(standards, plan)
    return StandardsTopics(
        sections=(
            standards_section(standards),
            *([fairness_section(standards.groups)] if standards.groups else []),
            *([gates_section(gates)] if gates else []),
        ),
        gates=gates,
        human=standards.second.agreement if standards.second else None,
    )


def standards_of(essays: Sequence[Essay], graded: Graded, scale: Scale, plan: EvaluationPlan) -> Standards:
    """Everything that graded essays, their second grades and their writers' groups allow to measure.

    Args:
        essays: Among them every essay that was graded; others do not matter.
        graded: The evaluation's essays with the teacher's grade and the model's.
        scale: The grades.
        plan: Smallest group, and how intervals are made.
    """
    by_id = {essay.id: essay for essay in essays}
    own = [by_id[essay_id] for essay_id in graded.essay_ids]
    return measure_standards(
        graded,
        scale,
        second=_second_codes(own, scale),
        groups=_groups(own),
        min_group=plan.min_group,
        resampling=resampling_of(plan),
    )


def gate_reports(standards: Standards, plan: EvaluationPlan) -> tuple[GateReport, ...]:
    """Every preset that a plan names, held against grades; where it names none, the usual one."""
    return _judged(gate_figures(standards), plan, ordered=True)


def class_figures(graded: Graded, evaluation: Evaluation, plan: EvaluationPlan) -> dict[str, Interval]:
    """Every figure of a model of classes that a gate may ask about, by metric.

    Args:
        graded: texts with their class and the model's.
        evaluation: the same, evaluated.
        plan: how intervals are made.
    """
    resampling = resampling_of(plan)
    return {**evaluation.metrics, **class_gate_figures(graded, resampling=resampling)}


def class_gate_reports(
    graded: Graded, evaluation: Evaluation, plan: EvaluationPlan
) -> tuple[GateReport, ...]:
    """Every preset that a plan names, held against classes; where it names none, the usual one.

    Args:
        graded: texts with their class and the model's.
        evaluation: the same, evaluated.
        plan: gates, and how intervals are made.
    """
    if plan.gates == ():
        return ()
    return _judged(class_figures(graded, evaluation, plan), plan, ordered=False)


def _judged(
    figures: Mapping[str, Interval], plan: EvaluationPlan, *, ordered: bool
) -> tuple[GateReport, ...]:
    names = USUAL[ordered] if plan.gates is None else plan.gates
    return tuple(judge_gates(PRESETS[name], figures) for name in dict.fromkeys(names))


def _second_codes(essays: Sequence[Essay], scale: Scale) -> NDArray[np.float64] | None:
    """A second teacher's codes, ``nan`` where there is none; ``None`` when there is none at all."""
    labels = [essay.second_label for essay in essays]
    if not any(labels):
        return None
    return np.array([np.nan if label is None else scale.code(label) for label in labels])


def _groups(essays: Sequence[Essay]) -> dict[str, tuple[str, ...]]:
    attributes = dict.fromkeys(name for essay in essays for name in essay.groups)
    return {name: tuple(essay.groups.get(name, "") for essay in essays) for name in attributes}
