"""What a classifier says of new texts, beside their right classes; texts of no class apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale, class_scale
from gradewise.essays.suggestions import quotable
from gradewise.evaluation.gates import GateReport
from gradewise.features.schema import FeatureMatrix
from gradewise.models.bundles.verified import Bundle
from gradewise.models.confidence import ClassConfidence
from gradewise.reporting.parts import Section
from gradewise.reporting.report import NamedEvaluation
from gradewise.reporting.topics.classes import class_sections
from gradewise.reporting.topics.gates import gates_section
from gradewise.workflows.classification.promises import judge_out_of_scope, judge_sets
from gradewise.workflows.plans.evaluation import EvaluationPlan
from gradewise.workflows.training.judging import figures, graded_essays
from gradewise.workflows.training.standards import class_gate_reports

NEW_TEXTS = "new texts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFindings:
    """What became of the texts."""

    named: NamedEvaluation
    """Figures of those that have a class."""
    sections: tuple[Section, ...]
    """Of the report."""
    gates: tuple[GateReport, ...]
    """What gates say."""


def labels_read(bundle: Bundle, out_of_scope: str | None) -> Scale:
    """Every label that a file may hold: the model's classes, and the one of texts of no class.

    Args:
        bundle: the classifier.
        out_of_scope: the label of texts of no class; the one that the model knows when ``None``.

    Raises:
        InputError: the label of texts of no class is one of the classes.
    """
    label = (out_of_scope or bundle.metadata.out_of_scope or "").strip()
    if not label:
        return bundle.scale
    if label.casefold() in {each.casefold() for each in bundle.scale.grades}:
        raise InputError(
            f"out-of-scope label {quotable(label)!r} is a class of model {bundle.metadata.name}; name the "
            "label of texts that belong to no class, or leave it out"
        )
    return class_scale((*bundle.scale.grades, label))


def evaluate_classes(
    bundle: Bundle,
    texts: Sequence[Essay],
    matrix: FeatureMatrix,
    plan: EvaluationPlan,
) -> ClassFindings:
    """Hold what a classifier says against the right classes.

    Args:
        bundle: the classifier.
        texts: with labels of `labels_read`.
        matrix: what the model reads of them.
        plan: gates, and how intervals are made.

    Raises:
        InputError: no text has a class of the model.
    """
    scale, promise = bundle.scale, bundle.overall.confidence
    assert isinstance(promise, ClassConfidence)  # noqa: S101 - a bundle of classes has no other
    known = np.array([(text.label or "") in scale.grades for text in texts], dtype=np.bool_)
    if not known.any():
        raise InputError(
            f"no text has a class of model {bundle.metadata.name} ({', '.join(scale.grades[:3])} …); "
            "give texts with their right classes"
        )
    said = bundle.overall.say(matrix.values)
    inside = [text for text, is_known in zip(texts, known, strict=True) if is_known]
    codes = scale.codes([text.label or "" for text in inside])
    of_known = said.rows(known)
    graded = graded_essays(inside, codes, of_known, ordered=False)
    evaluation = figures(graded, scale, plan)
    gates = class_gate_reports(graded, evaluation, plan)
    return ClassFindings(
        named=NamedEvaluation(name=NEW_TEXTS, evaluation=evaluation, graded=graded),
        sections=(
            *class_sections(
                sets=judge_sets(of_known, codes, scale, promise, plan),
                out_of_scope=judge_out_of_scope(of_known, codes, said.rows(~known), promise, plan),
            ),
            *([gates_section(gates)] if gates else []),
        ),
        gates=gates,
    )
