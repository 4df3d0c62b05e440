"""What a training leaves behind: the report's pages and the bundle's contents."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from gradewise.essays.cards import DatasetCard, describe_card
from gradewise.essays.integrity import IntegrityReport
from gradewise.models.bundle import BundleContents
from gradewise.models.bundle_files import BundleMetadata, TrainingData, describe_reference, make_self_test
from gradewise.models.learnt_columns import wording_stem
from gradewise.reporting.html import render_html
from gradewise.reporting.markdown import render_markdown
from gradewise.reporting.record import report_record
from gradewise.reporting.report import BaselineRow, ConstructShare, DataSection, NamedEvaluation, Report
from gradewise.workflows.experiment import Experiment, Learned
from gradewise.workflows.measure import absent_groups
from gradewise.workflows.plan import plan_yaml
from gradewise.workflows.prepare import Dataset
from gradewise.workflows.run_directory import RunDirectory

VERSION_LENGTH = len("YYYYMMDD_HHMMSS")

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
        decision=DECISIONS[learned.decision],
        calibration=CALIBRATIONS[plan.model.calibration],
        notices=absent_groups(experiment.train_matrix.schema),
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
) -> DataSection:
    """Where essays come from and what was done to them before anything was measured."""
    return DataSection(
        n_essays=integrity.n_essays,
        n_train=n_train,
        n_test=n_test,
        source=card.name if card else file.name,
        licence=card.licence if card else "the user's own essays",
        card=describe_card(card),
        label_counts=integrity.label_counts,
        prompt_counts=integrity.prompt_counts,
        duplicates=sum(len(group.essay_ids) for group in integrity.duplicates),
        set_aside={**integrity.set_aside, **dropped},
        encoding_repairs=sum(integrity.repaired.values()),
    )


def bundle_contents(
    experiment: Experiment, learned: Learned, report: Report, *, data_sha256: str
) -> BundleContents:
    """The model with everything that is known about it."""
    scale, plan = experiment.dataset.scale, experiment.dataset.plan
    headline, fitted = report.headline, learned.fitted
    counts = np.bincount(experiment.train_codes, minlength=scale.n_grades).tolist()
    metadata = BundleMetadata(
        name=plan.name,
        version=report.model_version,
        scale=scale,
        framework="+".join(dict.fromkeys(booster.engine for booster in fitted.boosters)),
        engines=tuple(booster.engine for booster in fitted.boosters),
        versions={name: v for name, v in report.environment.items() if name != "git"},
        git_sha=report.environment.get("git"),
        data=TrainingData(
            source=report.data.source,
            sha256=data_sha256,
            licence=report.data.licence,
            n=len(experiment.train),
            label_counts=dict(zip(scale.grades, counts, strict=True)),
        ),
        split_plan=experiment.dataset.split.id,
        metrics=dict(headline.evaluation.metrics) if headline and report.metrics_allowed else {},
        hyperparameters={
            **plan.model.booster.model_dump(),
            "trees": sum(forest.n_trees for forest in fitted.grader.model.forests),
            "probabilities": plan.model.probabilities,
            "seeds": plan.model.seeds,
            "linear_share": plan.model.linear_share,
            "band_weights": plan.model.band_weights,
            **{
                f"{wording_stem(learner.kind, target)}_penalty": float(penalty)
                for learner in experiment.learners
                for target, penalty in zip(learner.targets, learner.penalties, strict=True)
            },
        },
        feature_fingerprint=experiment.train_matrix.schema.fingerprint,
        decision=learned.decision,
        calibration=plan.model.calibration,
    )
    return BundleContents(
        metadata=metadata,
        schema=experiment.train_matrix.schema,
        model=learned.onnx,
        score_model=fitted.grader.model,
        native_texts=tuple(booster.native_text for booster in fitted.boosters),
        profile=describe_reference(experiment.train_matrix, experiment.train_codes, scale),
        learners=experiment.learners,
        self_test=make_self_test(
            experiment.train_matrix.values, learned.shipped.predict(experiment.train_matrix.values)
        ),
    )


def model_version(run: RunDirectory) -> str:
    """When the run began: ``YYYYMMDD_HHMMSS``."""
    return run.path.name[:VERSION_LENGTH]


def write_reports(report: Report, run: RunDirectory) -> Path:
    """Write the report as a text, a record and a page; the path of the page."""
    run.write_text("reports/report.md", render_markdown(report))
    run.write_json("reports/report.json", report_record(report))
    return run.write_text("reports/report.html", render_html(report))
