"""A cross-validation as a page."""

from collections.abc import Iterator

from gradewise.evaluation.fold_figures import over_folds
from gradewise.reporting.page import Page
from gradewise.reporting.parts import Section, Statement
from gradewise.reporting.topics.folds import decoding_section, folds_section
from gradewise.reporting.topics.locked_test import LOCKED, baselines_section, locked_test_section
from gradewise.reporting.topics.residuals import prompts_section, residuals_section
from gradewise.reporting.topics.traits import traits_topic
from gradewise.reporting.verdict import appraise, by_severity
from gradewise.reporting.wording import counted, lowered
from gradewise.workflows.research.asked import resampling_of
from gradewise.workflows.research.cv_findings import CvFindings
from gradewise.workflows.research.publishing import (
    Fact,
    bench_page,
    experiment_facts,
    interval_words,
    no_figures,
)
from gradewise.workflows.services import Services
from gradewise.workflows.training.experiment import Experiment
from gradewise.workflows.training.learning import Learned
from gradewise.workflows.training.publish import CALIBRATIONS, DECISIONS
from gradewise.workflows.training.topics import mean_errors


def smoke_test_page(experiment: Experiment, learned: Learned, services: Services) -> Page:
    """What is said where figures must not be shown."""
    dataset = experiment.dataset
    return bench_page(
        dataset.plan,
        services,
        tuple(_facts(experiment, learned)),
        title=f"Cross-validation of {dataset.plan.name}: a smoke test",
        subtitle=_subtitle(experiment),
        statements=(no_figures(dataset),),
        sections=(),
    )


def cv_page(found: CvFindings, services: Services) -> Page:
    """Everything that a cross-validation says."""
    experiment, plan = found.experiment, found.experiment.dataset.plan
    sections = tuple(_sections(found))
    lead, *rest = appraise(found.evaluations[0].evaluation, baselines=found.baselines)
    said = [statement for section in sections for statement in section.statements]
    locked = () if experiment.test else (LOCKED,)
    where = f"Out of fold, on {counted(len(found.residuals.folds), 'essay')}"
    return bench_page(
        plan,
        services,
        tuple(_facts(experiment, found.learned)),
        title=f"Cross-validation of {plan.name}",
        subtitle=_subtitle(experiment),
        statements=(
            Statement(lead.kind, f"{where}: {lowered(lead.text)}"),
            *by_severity([*rest, *said, *locked]),
        ),
        sections=sections,
    )


def _sections(found: CvFindings) -> Iterator[Section]:
    honest, plan = found.evaluations[0], found.experiment.dataset.plan
    yield folds_section(found.folds, over_folds(found.folds), honest.evaluation.metrics)
    yield baselines_section(honest, found.baselines)
    yield decoding_section(found.decoding.kind, found.decoding.whole, found.decoding.tails)
    yield residuals_section(honest, found.diagnostics, found.experiment.dataset.scale)
    if len(honest.evaluation.prompts) > 1:
        yield prompts_section(honest.evaluation.prompts, min_prompt=plan.compare.min_prompt)
    if found.traits:
        yield traits_topic(found.traits, mean_errors(found.traits.values(), plan.evaluation))
    if found.experiment.test:
        yield locked_test_section(honest, found.evaluations[-1])


def _subtitle(experiment: Experiment) -> str:
    split = experiment.dataset.split
    return (
        f"{counted(len(split.train_ids), 'essay')} in {counted(split.n_folds, 'fold')} ({split.scheme}, plan "
        f"{split.id}), {len(split.test_ids):,} locked away"
    )


def _facts(experiment: Experiment, learned: Learned) -> Iterator[Fact]:
    plan = experiment.dataset.plan
    yield from experiment_facts(experiment.dataset, experiment.train_matrix.schema)
    yield "From score to grade", DECISIONS[learned.decision]
    yield "Probabilities", CALIBRATIONS[plan.model.calibration]
    yield "Intervals", interval_words(resampling_of(plan.evaluation))
