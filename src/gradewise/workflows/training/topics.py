"""What a training's report says beside its figures: confidence, standards, constructs, traits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.codes import Codes
from gradewise.essays.records import Essay
from gradewise.evaluation.construct_audit import audit_constructs
from gradewise.evaluation.coverage import evaluate_coverage
from gradewise.evaluation.flagged import evaluate_flagged
from gradewise.evaluation.gates import GateReport
from gradewise.evaluation.results import Interval
from gradewise.evaluation.traits import mean_columnwise_rmse
from gradewise.features.advisories.advisory import REVIEW_CODES
from gradewise.features.constructs import constructs_of, sum_by_construct
from gradewise.features.schema import FeatureMatrix
from gradewise.models.advising import find_advisories
from gradewise.models.bundles.verified import Bundle
from gradewise.models.essay_reference import EssayReference
from gradewise.models.learnt_columns import handcrafted_part
from gradewise.models.predictions import GradePredictions
from gradewise.reporting.parts import Section
from gradewise.reporting.report import NamedEvaluation
from gradewise.reporting.topics.advisories import advisories_section
from gradewise.reporting.topics.bad_rows import bad_rows_sections
from gradewise.reporting.topics.confidence import coverage_section
from gradewise.reporting.topics.constructs import constructs_section
from gradewise.reporting.topics.contributions import contributions_section
from gradewise.reporting.topics.data_profile import profile_section
from gradewise.reporting.topics.traits import traits_topic
from gradewise.workflows.plans.evaluation import EvaluationPlan
from gradewise.workflows.research.asked import resampling_of
from gradewise.workflows.training.confidence import confidence_sections
from gradewise.workflows.training.experiment import Experiment
from gradewise.workflows.training.findings import Findings, TraitResults
from gradewise.workflows.training.judging import word_counts
from gradewise.workflows.training.learning import Learned, confidence_plan
from gradewise.workflows.training.standards import standards_topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """Sections for a report, and what else follows from the same figures."""

    sections: tuple[Section, ...]
    """In reading order."""
    gates: tuple[GateReport, ...]
    """What gates say of the headline evaluation."""
    human: Mapping[str, Interval] | None
    """Two teachers with each other, by metric; ``None`` without enough second grades."""


def training_topics(found: Findings) -> Topics:
    """Everything that a training's report says beside its figures."""
    experiment, learned = found.experiment, found.learned
    plan = experiment.dataset.plan.evaluation
    standards = standards_topics(experiment.test, found.headline.graded, experiment.dataset.scale, plan)
    return Topics(
        sections=(
            *_confidence(experiment, learned),
            *([_traits(found.traits, plan)] if found.traits else []),
            *standards.sections,
            advisories_topic(found.headline, experiment.test, experiment.test_matrix, found.reference, plan),
            *(
                []
                if found.contributions is None
                else _parts_of_scores(experiment, learned, found.contributions)
            ),
            *bad_rows_sections(experiment.dataset.integrity.rejected),
            profile_section(found.data),
        ),
        gates=standards.gates,
        human=standards.human,
    )


def _confidence(experiment: Experiment, learned: Learned) -> tuple[Section, ...]:
    target, honest = learned.target, learned.fitted.out_of_fold
    return confidence_sections(
        honest,
        target.train_codes[honest.rows],
        experiment.folds,
        learned.confidence,
        scale=target.scale,
        plan=confidence_plan(experiment, target),
        evaluation=experiment.dataset.plan.evaluation,
        test=(learned.shipped.predict(experiment.test_matrix.values), target.test_codes),
    )


def coverage_topic(
    bundle: Bundle, predictions: GradePredictions, codes: Codes, plan: EvaluationPlan
) -> Section:
    """Whether a bundle's grade sets hold the grades that a teacher gave other essays."""
    sets = bundle.overall.grade_confidence.grade_sets
    low, high = sets.bounds(predictions.scores, predictions.codes)
    return coverage_section(
        evaluate_coverage(
            codes,
            low,
            high,
            bundle.scale,
            promised=sets.coverage,
            resampling=resampling_of(plan),
        )
    )


def advisories_topic(
    named: NamedEvaluation,
    essays: Sequence[Essay],
    matrix: FeatureMatrix,
    reference: EssayReference,
    plan: EvaluationPlan,
) -> Section:
    """Which of the graded essays a person should read first, and the figures with and without them."""
    rows = handcrafted_part(matrix).values
    flags = [
        frozenset(advisory.code for advisory in find_advisories(essay, row, reference))
        for essay, row in zip(essays, rows, strict=True)
    ]
    found = evaluate_flagged(
        named.graded,
        flags,
        set_aside=REVIEW_CODES,
        resampling=resampling_of(plan),
    )
    return advisories_section(found, essays=named.name)


def mean_errors(traits: Iterable[Sequence[NamedEvaluation]], plan: EvaluationPlan) -> dict[str, Interval]:
    """Mean error over all traits (MCRMSE), by the name of the evaluation, in grade steps.

    Args:
        traits: the evaluations of each trait.
        plan: how intervals are made.
    """
    by_name: dict[str, list[NamedEvaluation]] = {}
    for evaluations in traits:
        for named in evaluations:
            by_name.setdefault(named.name, []).append(named)
    return {
        name: mean_columnwise_rmse(
            [named.graded for named in every],
            resampling=resampling_of(plan),
        )
        for name, every in by_name.items()
    }


def _traits(traits: TraitResults, plan: EvaluationPlan) -> Section:
    errors = mean_errors((evaluations for _, evaluations in traits), plan)
    return traits_topic({each.target.name: evaluations for each, evaluations in traits}, errors)


def _parts_of_scores(
    experiment: Experiment, learned: Learned, contributions: NDArray[np.float64]
) -> tuple[Section, Section]:
    """What scores of the locked test set, which no model saw, are made of."""
    matrix, plan = experiment.test_matrix, experiment.dataset.plan.evaluation
    constructs = audit_constructs(
        sum_by_construct(contributions, matrix.schema),
        constructs_of(matrix.schema),
        learned.target.test_codes,
        word_counts(experiment.test),
        resampling=resampling_of(plan),
    )
    return constructs_section(constructs), contributions_section(contributions, matrix)
