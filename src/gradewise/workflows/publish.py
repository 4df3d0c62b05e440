"""What a training leaves behind: the report's pages and the bundle's contents."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from gradewise.essays.cards import DatasetCard, describe_card
from gradewise.essays.integrity import IntegrityReport
from gradewise.evaluation.data_profile import DataProfile
from gradewise.features.embeddings import EMBEDDER, embedding_columns
from gradewise.features.schema import FeatureSchema
from gradewise.models.bundle_contents import BundleContents
from gradewise.models.bundle_files import (
    AuxiliaryData,
    BundleMetadata,
    Setting,
    TargetMetadata,
    TrainingData,
    describe_reference,
    make_self_test,
)
from gradewise.models.bundle_targets import TargetContents
from gradewise.models.embedding_files import EmbedderRecord, EmbeddingPart
from gradewise.models.essay_reference import EssayReference
from gradewise.models.learnt_columns import wording_stem
from gradewise.models.projection import Projection
from gradewise.reporting.html import render_html
from gradewise.reporting.markdown import render_markdown
from gradewise.reporting.record import report_record
from gradewise.reporting.report import BaselineRow, ConstructShare, DataSection, NamedEvaluation, Report
from gradewise.workflows.corrected import CorrectionsUse
from gradewise.workflows.experiment import Experiment
from gradewise.workflows.learning import Learned
from gradewise.workflows.measure import absent_groups
from gradewise.workflows.plan import FeaturesPlan
from gradewise.workflows.plan_reading import plan_yaml
from gradewise.workflows.prepare import Dataset
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.topics import Topics

VERSION_LENGTH = len("YYYYMMDD_HHMMSS")
OWN_ESSAYS, OWN_TEXTS = "the user's own essays", "the user's own texts"

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
    experiment: Experiment,
    learned: Learned,
    evaluations: tuple[NamedEvaluation, ...],
    *,
    baselines: tuple[BaselineRow, ...],
    importance: tuple[ConstructShare, ...],
    topics: Topics,
    run: RunDirectory,
    now: datetime,
    environment: Mapping[str, str],
    seconds: Mapping[str, float],
) -> Report:
    """One training, ready to be shown."""
    plan = experiment.dataset.plan
    return Report(
        title=f"Grading model {plan.name}",
        model_name=plan.name,
        model_version=model_version(run),
        created_at=now,
        scale=experiment.dataset.scale,
        data=training_data(experiment.dataset),
        evaluations=evaluations,
        metrics_allowed=experiment.dataset.metrics_allowed,
        baselines=baselines,
        importance=importance,
        human=topics.human,
        sections=topics.sections,
        decision=DECISIONS[learned.decision],
        calibration=CALIBRATIONS[plan.model.calibration],
        notices=(*experiment.dataset.notices, *absent_groups(experiment.train_matrix.schema)),
        environment=environment,
        timings=dict(seconds),
        plan_yaml=plan_yaml(plan),
    )


def training_data(dataset: Dataset) -> DataSection:
    """Where the essays of a training come from, and how they were divided."""
    split = dataset.split
    origin = data_section(
        dataset.integrity,
        card=dataset.card,
        file=dataset.plan.data.train,
        dropped=dataset.dropped,
        n_train=len(split.train_ids),
        n_test=len(split.test_ids),
        own=OWN_ESSAYS if dataset.scale.ordered else OWN_TEXTS,
    )
    return replace(
        origin,
        rare_labels=dataset.integrity.rare_labels,
        split_scheme=split.scheme,
        split_seed=split.seed,
        split_plan_id=split.id,
    )


def data_section(
    integrity: IntegrityReport,
    *,
    card: DatasetCard | None,
    file: Path,
    dropped: Mapping[str, int],
    n_train: int,
    n_test: int,
    own: str = OWN_ESSAYS,
) -> DataSection:
    """Where essays come from and what was done to them before anything was measured."""
    return DataSection(
        n_essays=integrity.n_essays,
        n_train=n_train,
        n_test=n_test,
        source=card.name if card else file.name,
        licence=card.licence if card else own,
        card=describe_card(card),
        label_counts=integrity.label_counts,
        prompt_counts=integrity.prompt_counts,
        duplicates=sum(len(group.essay_ids) for group in integrity.duplicates),
        set_aside={**integrity.set_aside, **dropped},
        encoding_repairs=sum(integrity.repaired.values()),
    )


def bundle_contents(
    experiment: Experiment,
    learned: Learned,
    traits: Sequence[tuple[Learned, NamedEvaluation]],
    report: Report,
    *,
    reference: EssayReference,
    data: DataProfile,
    data_sha256: str,
) -> BundleContents:
    """The model with everything that is known about it.

    Args:
        experiment: what it learnt from.
        learned: the model of the overall grade.
        traits: the model of each trait, with the evaluation that counts most.
        report: what was found out about it.
        reference: what the training essays are like as texts.
        data: what they and their columns look like.
        data_sha256: digest of the essays.
    """
    metadata = _metadata(experiment, learned, report, data_sha256=data_sha256)
    headline = {trait.target.name: named.evaluation.metrics for trait, named in traits}
    shown = headline if report.metrics_allowed else {name: {} for name in headline}
    return BundleContents(
        metadata=replace(
            metadata,
            traits=tuple(
                TargetMetadata(
                    name=trait.target.name,
                    scale=trait.target.scale,
                    engines=_engines(trait),
                    decision=trait.decision,
                    metrics=dict(shown[trait.target.name]),
                )
                for trait, _ in traits
            ),
        ),
        schema=experiment.train_matrix.schema,
        overall=_target_contents(experiment, learned),
        traits=tuple(_target_contents(experiment, trait) for trait, _ in traits),
        profile=replace(
            describe_reference(experiment.train_matrix, experiment.train_codes, experiment.dataset.scale),
            data=data,
        ),
        reference=reference,
        learners=experiment.learners,
        auxiliaries=experiment.auxiliaries,
        embedding=embedding_part(
            experiment.dataset.plan.features, experiment.train_matrix.schema, experiment.projection
        ),
    )


def embedding_part(
    plan: FeaturesPlan, schema: FeatureSchema, projection: Projection | None
) -> EmbeddingPart | None:
    """Which text model the columns of a schema come from; ``None`` where there are none."""
    columns = embedding_columns(schema)
    if plan.embedder is None or columns.start == columns.stop:
        return None
    record = EmbedderRecord(
        name=plan.embedder.model.resolve().name,
        fingerprint=schema.versions[EMBEDDER],
        dimensions=columns.stop - columns.start if projection is None else projection.n_dimensions,
        max_tokens=plan.embedder.max_tokens,
        overlap=plan.embedder.overlap,
    )
    return EmbeddingPart(record=record, projection=projection)


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


def _metadata(
    experiment: Experiment, learned: Learned, report: Report, *, data_sha256: str
) -> BundleMetadata:
    scale, plan = experiment.dataset.scale, experiment.dataset.plan
    headline, engines = report.headline, _engines(learned)
    counts = np.bincount(experiment.train_codes, minlength=scale.n_grades).tolist()
    return BundleMetadata(
        name=plan.name,
        version=report.model_version,
        scale=scale,
        framework="+".join(dict.fromkeys(engines)),
        engines=engines,
        versions={name: v for name, v in report.environment.items() if name != "git"},
        git_sha=report.environment.get("git"),
        data=TrainingData(
            source=report.data.source,
            sha256=data_sha256,
            licence=report.data.licence,
            n=len(experiment.train),
            label_counts=dict(zip(scale.grades, counts, strict=True)),
            **_corrections_data(experiment.dataset.corrections),
        ),
        auxiliaries=_auxiliary_data(experiment),
        split_plan=experiment.dataset.split.id,
        metrics=dict(headline.evaluation.metrics) if headline and report.metrics_allowed else {},
        hyperparameters=_hyperparameters(experiment, learned),
        feature_fingerprint=experiment.train_matrix.schema.fingerprint,
        decision=learned.decision,
        calibration=plan.model.calibration,
    )


def _corrections_data(use: CorrectionsUse | None) -> dict[str, Any]:
    return {} if use is None else {"n_corrected": use.n, "corrections_sha256": use.sha256}


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


def model_version(run: RunDirectory) -> str:
    """When the run began: ``YYYYMMDD_HHMMSS``."""
    return run.path.name[:VERSION_LENGTH]


def write_reports(report: Report, run: RunDirectory, *, name: str = "report") -> Path:
    """Write the report as a text, a record and a page; the path of the page."""
    run.write_text(f"reports/{name}.md", render_markdown(report))
    run.write_json(f"reports/{name}.json", report_record(report))
    return run.write_text(f"reports/{name}.html", render_html(report))
