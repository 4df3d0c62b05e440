"""What a training leaves behind: the report's pages and the bundle's contents."""

from collections.abc import Mapping
from dataclasses import replace

from gradewise.models.bundles.contents import BundleContents
from gradewise.models.bundles.files import describe_reference, make_self_test
from gradewise.models.bundles.metadata import AuxiliaryData, BundleMetadata, Setting, TargetMetadata
from gradewise.models.bundles.targets import TargetContents
from gradewise.models.learnt_columns import wording_stem
from gradewise.reporting.report import BaselineRow, NamedEvaluation, Report
from gradewise.workflows.measuring.measure import absent_groups
from gradewise.workflows.training.experiment import Experiment
from gradewise.workflows.training.findings import Findings
from gradewise.workflows.training.judging import construct_shares
from gradewise.workflows.training.learning import Learned
from gradewise.workflows.training.topics import Topics
from gradewise.workflows.training.trained_run import (
    OWN_ESSAYS,
    Circumstances,
    bare_metadata,
    bare_report,
    embedding_part,
)

DECISIONS: Mapping[str, str] = {
    "rounding": "the score is rounded to the nearest grade, halves upwards",
    "rescale": "scores are stretched to the mean and spread of the teacher's grades, then rounded",
    "cutpoints": "cut points between grades are chosen for the best quadratic weighted kappa, cross-fitted",
}
CALIBRATIONS: Mapping[str, str] = {
    "none": "probabilities come from the cross-fitted distribution of what scores miss grades by",
    "temperature": "as none, then sharpened or softened by one factor",
    "sigmoid": "as none, then corrected by a logistic curve at each grade boundary",
    "isotonic": "as none, then corrected by a rising curve at each grade boundary",
}


def training_report(
    found: Findings,
    topics: Topics,
    *,
    baselines: tuple[BaselineRow, ...],
    circumstances: Circumstances,
) -> Report:
    """One training of grades, ready to be shown."""
    experiment, learned = found.experiment, found.learned
    report = bare_report(
        experiment.dataset,
        experiment.dataset.scale,
        found.evaluations,
        kind="Grading model",
        decision=DECISIONS[learned.decision],
        calibration=CALIBRATIONS[experiment.dataset.plan.model.calibration],
        circumstances=circumstances,
    )
    return replace(
        report,
        baselines=baselines,
        importance=construct_shares(learned.explainer, experiment.train_matrix),
        human=topics.human,
        sections=topics.sections,
        notices=(*report.notices, *absent_groups(experiment.train_matrix.schema)),
    )


def bundle_contents(found: Findings, report: Report) -> BundleContents:
    """The model with everything that is known about it."""
    experiment, matrix = found.experiment, found.experiment.train_matrix
    profile = describe_reference(matrix, experiment.train_codes, experiment.dataset.scale)
    return BundleContents(
        metadata=_metadata(found, report),
        schema=matrix.schema,
        overall=_target_contents(experiment, found.learned),
        traits=tuple(_target_contents(experiment, trait) for trait, _ in found.traits),
        profile=replace(profile, data=found.data),
        reference=found.reference,
        learners=experiment.learners,
        auxiliaries=experiment.auxiliaries,
        embedding=embedding_part(experiment.dataset.plan.features, matrix.schema, experiment.projection),
    )


def _target_contents(experiment: Experiment, learned: Learned) -> TargetContents:
    fitted, values = learned.fitted, experiment.train_matrix.values
    return TargetContents(
        model=learned.onnx,
        score_model=fitted.grader.model,
        native_texts=tuple(booster.native_text for booster in fitted.boosters),
        self_test=make_self_test(values, learned.shipped.predict(values)),
        confidence=learned.confidence,
    )


def _engines(learned: Learned) -> tuple[str, ...]:
    return tuple(booster.engine for booster in learned.fitted.boosters)


def _metadata(found: Findings, report: Report) -> BundleMetadata:
    experiment, learned = found.experiment, found.learned
    engines = _engines(learned)
    bare = bare_metadata(
        experiment.dataset,
        report,
        experiment.train_codes,
        experiment.train_matrix.schema,
        framework="+".join(dict.fromkeys(engines)),
        hyperparameters=_hyperparameters(experiment, learned),
        decision=learned.decision,
        calibration=experiment.dataset.plan.model.calibration,
    )
    traits = tuple(_trait(trait, named[-1], shown=report.metrics_allowed) for trait, named in found.traits)
    return replace(bare, engines=engines, auxiliaries=_auxiliary_data(experiment), traits=traits)


def _trait(learned: Learned, headline: NamedEvaluation, *, shown: bool) -> TargetMetadata:
    return TargetMetadata(
        name=learned.target.name,
        scale=learned.target.scale,
        engines=_engines(learned),
        decision=learned.decision,
        metrics=dict(headline.evaluation.metrics) if shown else {},
    )


def _auxiliary_data(experiment: Experiment) -> tuple[AuxiliaryData, ...]:
    return tuple(
        AuxiliaryData(
            name=each.name,
            targets=each.targets,
            source=each.source,
            sha256=each.sha256,
            licence=each.card.licence if each.card else OWN_ESSAYS,
            n=len(each.essays),
        )
        for each in experiment.dataset.auxiliary
    )


def _hyperparameters(experiment: Experiment, learned: Learned) -> dict[str, Setting]:
    plan = experiment.dataset.plan.model
    return {
        **plan.booster.model_dump(),
        "trees": sum(forest.n_trees for forest in learned.fitted.grader.model.forests),
        "probabilities": plan.probabilities,
        "seeds": plan.seeds,
        "linear_share": plan.blend,
        "band_weights": plan.band_weights,
        **{
            f"{wording_stem(learner.kind, target)}_penalty": float(penalty)
            for learner in experiment.learners
            for target, penalty in zip(learner.targets, learner.penalties, strict=True)
        },
    }
