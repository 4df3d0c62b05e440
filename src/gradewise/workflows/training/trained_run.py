"""What a finished training leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from gradewise.errors import BundleError, TrainingError
from gradewise.essays.cards import DatasetCard, describe_card
from gradewise.essays.codes import Codes
from gradewise.essays.integrity import IntegrityReport
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.evaluation.gates import GateReport
from gradewise.features.embeddings import EMBEDDER, embedding_columns
from gradewise.features.schema import FeatureSchema
from gradewise.models.bundles.contents import BundleContents, write_bundle
from gradewise.models.bundles.embedding_files import EmbedderRecord, EmbeddingPart
from gradewise.models.bundles.metadata import BundleMetadata, Setting, TrainingColumns, TrainingData
from gradewise.models.projection import Projection
from gradewise.reporting.html import render_html
from gradewise.reporting.markdown import render_markdown
from gradewise.reporting.record import report_record
from gradewise.reporting.report import DataSection, NamedEvaluation, Report
from gradewise.workflows.datasets.corrected import CorrectionsUse
from gradewise.workflows.datasets.prepare import Dataset
from gradewise.workflows.measuring.bundle_needs import compares_with_task
from gradewise.workflows.plans.data import ColumnsPlan
from gradewise.workflows.plans.features import FeaturesPlan
from gradewise.workflows.plans.reading import plan_yaml
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedRun:
    """What a finished training leaves behind."""

    directory: Path
    """The run directory."""
    bundle: Path
    """The model."""
    html: Path
    """The report to open in a browser."""
    report: Report
    """The same as a value."""
    example: Essay
    """An essay of the locked test set."""
    gates: tuple[GateReport, ...] = ()
    """What gates say of the locked test; none where no figures may be shown."""
    traits: Mapping[str, tuple[NamedEvaluation, ...]] = field(default_factory=dict)
    """Evaluations of each trait, out of fold and on the locked test."""


VERSION_LENGTH = len("YYYYMMDD_HHMMSS")
OWN_ESSAYS, OWN_TEXTS = "the user's own essays", "the user's own texts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """When and with what a training was done."""

    model_version: str
    """Of the model that came of it, see `model_version`."""
    now: datetime
    """When its report is made, with its zone."""
    environment: Mapping[str, str]
    """Versions of what was used."""
    seconds: Mapping[str, float]
    """By stage, as they come to be known."""


def circumstances_of(run: RunDirectory, services: Services, seconds: Mapping[str, float]) -> Circumstances:
    """When and with what the training of a run is done, at this moment."""
    return Circumstances(
        model_version=model_version(run),
        now=services.clock(),
        environment=services.versions,
        seconds=seconds,
    )


def bare_report(
    dataset: Dataset,
    scale: Scale,
    evaluations: tuple[NamedEvaluation, ...],
    *,
    kind: str,
    decision: str,
    calibration: str,
    circumstances: Circumstances,
) -> Report:
    """What the report of any training says, before what is its own is added.

    Args:
        dataset: what was learnt from.
        scale: of the labels that were learnt.
        evaluations: its figures.
        kind: of model, as a title begins.
        decision: how a label is chosen, in words.
        calibration: what was done to probabilities, in words.
        circumstances: of the training.
    """
    return Report(
        title=f"{kind} {dataset.plan.name}",
        model_name=dataset.plan.name,
        model_version=circumstances.model_version,
        created_at=circumstances.now,
        scale=scale,
        data=training_data(dataset),
        evaluations=evaluations,
        metrics_allowed=dataset.metrics_allowed,
        decision=decision,
        calibration=calibration,
        notices=dataset.notices,
        environment=circumstances.environment,
        timings=dict(circumstances.seconds),
        plan_yaml=plan_yaml(dataset.plan),
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


def bare_metadata(
    dataset: Dataset,
    report: Report,
    codes: Codes,
    schema: FeatureSchema,
    *,
    framework: str,
    hyperparameters: Mapping[str, Setting],
    decision: str,
    calibration: str,
) -> BundleMetadata:
    """What the bundle of any training says of it.

    Args:
        dataset: what was learnt from.
        report: what was found out about the model.
        codes: labels of the texts that it learnt from: shape ``(n_train,)``.
        schema: what it reads.
        framework: what learnt.
        hyperparameters: how.
        decision: how a label is chosen.
        calibration: what was done to probabilities.
    """
    scale, headline = report.scale, report.headline
    counts = np.bincount(codes, minlength=scale.n_grades).tolist()
    return BundleMetadata(
        name=report.model_name,
        version=report.model_version,
        scale=scale,
        framework=framework,
        engines=(),
        versions={name: version for name, version in report.environment.items() if name != "git"},
        git_sha=report.environment.get("git"),
        data=TrainingData(
            source=report.data.source,
            sha256=dataset.data_sha256,
            licence=report.data.licence,
            n=len(codes),
            label_counts=dict(zip(scale.grades, counts, strict=True)),
            columns=_columns(dataset.plan.data.columns),
            task=_only_task(dataset) if compares_with_task(schema) else None,
            **_corrections_data(dataset.corrections),
        ),
        split_plan=dataset.split.id,
        metrics=dict(headline.evaluation.metrics) if headline and report.metrics_allowed else {},
        hyperparameters=hyperparameters,
        feature_fingerprint=schema.fingerprint,
        decision=decision,
        calibration=calibration,
        task="ordinal" if scale.ordered else "nominal",
    )


def _columns(columns: ColumnsPlan) -> TrainingColumns:
    return TrainingColumns(**{field.name: getattr(columns, field.name) for field in fields(TrainingColumns)})


def _only_task(dataset: Dataset) -> str | None:
    """The task that all essays answer which teach; ``None`` where they answer several."""
    train_ids = frozenset(dataset.split.train_ids)
    tasks = {(essay.prompt_text or "").strip() for essay in dataset.essays if essay.id in train_ids}
    return tasks.pop() or None if len(tasks) == 1 else None


def _corrections_data(use: CorrectionsUse | None) -> dict[str, Any]:
    return {} if use is None else {"n_corrected": use.n, "corrections_sha256": use.sha256}


def model_version(run: RunDirectory) -> str:
    """When the run began: ``YYYYMMDD_HHMMSS``."""
    return run.path.name[:VERSION_LENGTH]


def write_reports(report: Report, run: RunDirectory, *, name: str = "report") -> Path:
    """Write the report as a text, a record and a page; the path of the page."""
    run.write_text(f"reports/{name}.md", render_markdown(report))
    run.write_json(f"reports/{name}.json", report_record(report))
    return run.write_text(f"reports/{name}.html", render_html(report))


def finish(
    report: Report,
    contents: BundleContents,
    run: RunDirectory,
    *,
    example: Essay,
    gates: tuple[GateReport, ...],
    traits: Mapping[str, tuple[NamedEvaluation, ...]] = MappingProxyType({}),
) -> TrainedRun:
    """Write report and bundle, after everything else that a training leaves.

    Args:
        report: what was found out about the model.
        contents: the model.
        run: where to.
        example: an essay of the locked test set.
        gates: what gates say of it; told where figures may be shown.
        traits: evaluations of each trait.

    Raises:
        TrainingError: the bundle cannot be written, or is not sound.
    """
    html = write_reports(report, run)
    try:
        # Last: a bundle is found by its place, so where there is one, everything else is there too.
        bundle = write_bundle(contents, run.artifacts / "bundle")
    except BundleError as error:  # such as a full disk, which is no fault of the input
        raise TrainingError(str(error)) from error
    return TrainedRun(
        directory=run.path,
        bundle=bundle,
        html=html,
        report=report,
        example=example,
        gates=gates if report.metrics_allowed else (),
        traits=traits,
    )
