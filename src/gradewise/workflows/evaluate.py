"""Evaluate a bundle on graded essays that it has not seen."""

from dataclasses import dataclass, replace
from pathlib import Path

from gradewise.errors import InputError
from gradewise.essays.cards import metrics_allowed
from gradewise.essays.integrity import inspect_essays
from gradewise.essays.scales import Scale, class_scale
from gradewise.essays.suggestions import quotable
from gradewise.evaluation.gates import GateReport
from gradewise.features.schema import FeatureMatrix
from gradewise.models.bundles.verified import Bundle
from gradewise.protocols.tables import EssaySource
from gradewise.reporting.class_wording import terms_of
from gradewise.reporting.report import ConstructShare, DataSection, NamedEvaluation, Report
from gradewise.telemetry import Listener, Notice, silent, stage
from gradewise.workflows.classification.evaluating import evaluate_classes, labels_read
from gradewise.workflows.classification.publishing import CALIBRATIONS as CLASS_CALIBRATIONS
from gradewise.workflows.datasets.given import with_columns_of
from gradewise.workflows.datasets.reading import FileOfEssays, read_essays, with_guesses
from gradewise.workflows.datasets.remembered import with_columns_as_trained
from gradewise.workflows.measuring.bundle_needs import bundle_checker, require_tasks, with_task_of_training
from gradewise.workflows.measuring.text_models import bundle_embedder
from gradewise.workflows.plans.data import dataset_card
from gradewise.workflows.plans.evaluation import EvaluationPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import plan_yaml
from gradewise.workflows.runs.facts import told_headline
from gradewise.workflows.runs.run import open_run
from gradewise.workflows.score import bundle_matrix
from gradewise.workflows.services import Services
from gradewise.workflows.training.judging import construct_shares, figures, graded_essays
from gradewise.workflows.training.publish import CALIBRATIONS, DECISIONS
from gradewise.workflows.training.standards import standards_topics
from gradewise.workflows.training.topics import advisories_topic, coverage_topic
from gradewise.workflows.training.trained_run import OWN_ESSAYS, OWN_TEXTS, data_section, write_reports

NEW_ESSAYS = "new essays"
TRAINED_ON_IT = (
    "the model was trained on {item}s of this very file, so the figures flatter it; use {item}s that it "
    "has not seen"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluatedRun:
    """What a finished evaluation leaves behind."""

    directory: Path
    """The run directory."""
    html: Path
    """The report to open in a browser."""
    report: Report
    """The same as a value."""
    gates: tuple[GateReport, ...] = ()
    """What gates say; none where no figures may be shown, or the model was trained on these very essays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """The essays of a file, as the model reads them."""

    file: FileOfEssays
    """The essays."""
    matrix: FeatureMatrix
    """What the model reads of them."""
    notices: tuple[str, ...]
    """What a reader of any figure should know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Findings:
    """What was found out about the essays."""

    report: Report
    """Everything, ready to be shown."""
    gates: tuple[GateReport, ...]
    """What gates say."""


def evaluate_bundle(
    bundle: Bundle,
    plan: Plan,
    services: Services,
    *,
    out_of_scope: str | None = None,
    listener: Listener = silent,
) -> EvaluatedRun:
    """Grade the essays that a plan names and compare with the teacher's grades, or texts with their classes.

    The test file of the plan is used when it names one, else its only file. Its scale must be the bundle's.

    Args:
        bundle: the model.
        plan: which essays, and how figures are made.
        services: the ports.
        out_of_scope: of a model of classes, the label of texts that belong to none: they are counted apart;
            that of the plan when absent.
        listener: hears what happens.

    Raises:
        InputError: the essays cannot be used, or a grade is not on the bundle's scale.
        BundleError: this installation does not measure as the bundle needs.
    """
    source = services.open_data(plan.data.test or plan.data.train, plan.data)
    labels = _labels(bundle, plan, out_of_scope)
    asked = plan.model_copy(update={"scale": labels.grades, "task": bundle.metadata.task})
    asked = with_columns_as_trained(
        with_columns_of(asked, bundle.schema), bundle.metadata.data.columns, source, listener
    )
    plan = with_guesses(asked, source, listener)
    read = read_essays(plan, source, labels, listener)
    read = replace(read, kept=with_task_of_training(bundle, read.kept, listener))
    require_tasks(bundle, read.kept)
    notices = _seen_before(bundle, source)
    for notice in notices:
        listener(Notice(notice))
    checker, embedder = bundle_checker(bundle, services), bundle_embedder(bundle, services)
    with open_run(plan, "evaluate", services, listener) as run:
        run.tell(data=source.sha256(), features=bundle.schema.fingerprint, notes=notices)
        matrix = bundle_matrix(
            bundle, read.kept, services, checker=checker, embedder=embedder, listener=run.listener
        )
        with stage(run.listener, "evaluation and report"):
            find = _find_grades if bundle.scale.ordered else _find_classes
            found = find(bundle, plan, _Read(file=read, matrix=matrix, notices=notices), services)
            html = write_reports(found.report, run.directory)
        if found.report.metrics_allowed:
            run.tell(metrics=told_headline(found.report.evaluations))
    gates = found.gates if found.report.metrics_allowed else ()
    return EvaluatedRun(directory=run.directory.path, html=html, report=found.report, gates=gates)


def _labels(bundle: Bundle, plan: Plan, out_of_scope: str | None) -> Scale:
    """Every label that the file may hold.

    Raises:
        InputError: a label of no class is named for grades, or is a class.
    """
    if not bundle.scale.ordered:
        return labels_read(bundle, out_of_scope or plan.classifier.out_of_scope)
    if out_of_scope is not None:
        raise InputError(
            f"out-of-scope label {quotable(out_of_scope)!r} is named, and model {bundle.metadata.name} gives "
            "grades, among which every essay has one; leave the label out"
        )
    return bundle.scale


def _without_gates(plan: EvaluationPlan, notices: tuple[str, ...]) -> EvaluationPlan:
    """How figures are made; essays that a model was trained on cannot speak for it, and no gate is judged."""
    return plan.model_copy(update={"gates": ()}) if notices else plan


def _find_classes(bundle: Bundle, plan: Plan, read: _Read, services: Services) -> _Findings:
    asked = _without_gates(plan.evaluation, read.notices)
    found = evaluate_classes(bundle, read.file.kept, read.matrix, asked)
    report = _report(bundle, plan, read, found.named, importance=(), services=services)
    return _Findings(report=replace(report, sections=found.sections), gates=found.gates)


def _find_grades(bundle: Bundle, plan: Plan, read: _Read, services: Services) -> _Findings:
    essays, matrix = read.file.kept, read.matrix
    codes = bundle.scale.codes([essay.label or "" for essay in essays])
    predictions = bundle.overall.say(matrix.values)
    graded = graded_essays(essays, codes, predictions)
    evaluation = figures(graded, bundle.scale, plan.evaluation)
    named = NamedEvaluation(name=NEW_ESSAYS, evaluation=evaluation, graded=graded)
    report = _report(
        bundle,
        plan,
        read,
        named,
        importance=construct_shares(bundle.explainer, matrix),
        services=services,
    )
    asked = _without_gates(plan.evaluation, read.notices)
    standards = standards_topics(essays, graded, bundle.scale, asked)
    sections = (
        coverage_topic(bundle, predictions, codes, plan.evaluation),
        *standards.sections,
        advisories_topic(named, essays, matrix, bundle.reference, plan.evaluation),
    )
    report = replace(report, sections=sections, human=standards.human)
    return _Findings(report=report, gates=standards.gates)


def _seen_before(bundle: Bundle, source: EssaySource) -> tuple[str, ...]:
    """A warning when the file is the one that the model was trained on."""
    if source.sha256() != bundle.metadata.data.sha256:
        return ()
    return (TRAINED_ON_IT.format(item=terms_of(bundle.scale).item),)


def _report(
    bundle: Bundle,
    plan: Plan,
    read: _Read,
    evaluation: NamedEvaluation,
    *,
    importance: tuple[ConstructShare, ...],
    services: Services,
) -> Report:
    kind = "Grading model" if bundle.scale.ordered else "Classifier"
    return Report(
        title=f"{kind} {bundle.metadata.name} on {evaluation.name}",
        model_name=bundle.metadata.name,
        model_version=bundle.metadata.version,
        created_at=services.clock(),
        scale=bundle.scale,
        data=_data_section(bundle, plan, read.file),
        evaluations=(evaluation,),
        metrics_allowed=metrics_allowed(dataset_card(plan.data.card)),
        importance=importance,
        notices=read.notices,
        decision=DECISIONS.get(bundle.metadata.decision, bundle.metadata.decision),
        calibration=(CALIBRATIONS if bundle.scale.ordered else CLASS_CALIBRATIONS).get(
            bundle.metadata.calibration, bundle.metadata.calibration
        ),
        environment=services.versions,
        plan_yaml=plan_yaml(plan),
    )


def _labels_found(bundle: Bundle, read: FileOfEssays) -> Scale:
    """The model's labels, and that of texts of no class where there are such."""
    more = {essay.label or "" for essay in read.kept} - set(bundle.scale.grades)
    return class_scale((*bundle.scale.grades, *more)) if more else bundle.scale


def _data_section(bundle: Bundle, plan: Plan, read: FileOfEssays) -> DataSection:
    return data_section(
        inspect_essays(
            replace(read.intake, essays=read.kept), scale=_labels_found(bundle, read), min_label_count=1
        ),
        card=dataset_card(plan.data.card),
        file=plan.data.test or plan.data.train,
        dropped=read.dropped,
        n_train=0,
        n_test=len(read.kept),
        own=OWN_ESSAYS if bundle.scale.ordered else OWN_TEXTS,
    )
