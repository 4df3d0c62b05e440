"""Evaluate a bundle on graded essays that it has not seen."""

from dataclasses import dataclass, replace
from pathlib import Path

from gradewise.essays.cards import metrics_allowed
from gradewise.essays.integrity import inspect_essays
from gradewise.evaluation.gates import GateReport
from gradewise.models.bundle import Bundle
from gradewise.protocols import EssaySource
from gradewise.reporting.report import ConstructShare, DataSection, NamedEvaluation, Report
from gradewise.telemetry import Listener, Notice, silent, stage
from gradewise.workflows.given import with_columns_of
from gradewise.workflows.judging import construct_shares, figures, graded_essays
from gradewise.workflows.plan import Plan, dataset_card
from gradewise.workflows.plan_reading import plan_yaml
from gradewise.workflows.publish import CALIBRATIONS, DECISIONS, data_section, write_reports
from gradewise.workflows.reading import FileOfEssays, read_essays, with_guesses
from gradewise.workflows.runs.facts import told_headline
from gradewise.workflows.runs.run import open_run
from gradewise.workflows.score import bundle_checker, bundle_matrix, require_tasks
from gradewise.workflows.services import Services
from gradewise.workflows.standards import standards_topics
from gradewise.workflows.text_models import bundle_embedder
from gradewise.workflows.topics import advisories_topic, coverage_topic

NEW_ESSAYS = "new essays"
TRAINED_ON_IT = (
    "the model was trained on essays of this very file, so the figures flatter it; use essays that it has "
    "not seen"
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


def evaluate_bundle(
    bundle: Bundle, plan: Plan, services: Services, *, listener: Listener = silent
) -> EvaluatedRun:
    """Grade the essays that a plan names and compare with the teacher's grades.

    The test file of the plan is used when it names one, else its only file. Its scale must be the bundle's.

    Raises:
        InputError: the essays cannot be used, or a grade is not on the bundle's scale.
        BundleError: this installation does not measure as the bundle needs.
    """
    source = services.open_data(plan.data.test or plan.data.train, plan.data)
    plan = with_columns_of(plan.model_copy(update={"scale": bundle.scale.grades}), bundle.schema)
    plan = with_guesses(plan, source, listener)
    read = read_essays(plan, source, bundle.scale, listener)
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
            codes = bundle.scale.codes([essay.label or "" for essay in read.kept])
            predictions = bundle.grader.predict(matrix.values)
            graded = graded_essays(read.kept, codes, predictions)
            evaluation = figures(graded, bundle.scale, plan.evaluation)
            named = NamedEvaluation(name=NEW_ESSAYS, evaluation=evaluation, graded=graded)
            report = _report(
                bundle,
                plan,
                read,
                named,
                importance=construct_shares(bundle.explainer, matrix),
                notices=notices,
                services=services,
            )
            # Essays that a model was trained on cannot speak for it: no gate is judged by them.
            asked = plan.evaluation.model_copy(update={"gates": ()}) if notices else plan.evaluation
            standards = standards_topics(read.kept, graded, bundle.scale, asked)
            sections = (
                coverage_topic(bundle, predictions, codes, plan.evaluation),
                *standards.sections,
                advisories_topic(named, read.kept, matrix, bundle.reference, plan.evaluation),
            )
            report = replace(report, sections=sections, human=standards.human)
            html = write_reports(report, run.directory)
        if report.metrics_allowed:
            run.tell(metrics=told_headline(report.evaluations))
    gates = standards.gates if report.metrics_allowed else ()
    return EvaluatedRun(directory=run.directory.path, html=html, report=report, gates=gates)


def _seen_before(bundle: Bundle, source: EssaySource) -> tuple[str, ...]:
    """A warning when the file is the one that the model was trained on."""
    if source.sha256() != bundle.metadata.data.sha256:
        return ()
    return (TRAINED_ON_IT,)


def _report(
    bundle: Bundle,
    plan: Plan,
    read: FileOfEssays,
    evaluation: NamedEvaluation,
    *,
    importance: tuple[ConstructShare, ...],
    notices: tuple[str, ...],
    services: Services,
) -> Report:
    return Report(
        title=f"Grading model {bundle.metadata.name} on new essays",
        model_name=bundle.metadata.name,
        model_version=bundle.metadata.version,
        created_at=services.clock(),
        scale=bundle.scale,
        data=_data_section(bundle, plan, read),
        evaluations=(evaluation,),
        metrics_allowed=metrics_allowed(dataset_card(plan.data.card)),
        importance=importance,
        notices=notices,
        decision=DECISIONS.get(bundle.metadata.decision, bundle.metadata.decision),
        calibration=CALIBRATIONS.get(bundle.metadata.calibration, bundle.metadata.calibration),
        environment=services.versions,
        plan_yaml=plan_yaml(plan),
    )


def _data_section(bundle: Bundle, plan: Plan, read: FileOfEssays) -> DataSection:
    return data_section(
        inspect_essays(replace(read.intake, essays=read.kept), scale=bundle.scale, min_label_count=1),
        card=dataset_card(plan.data.card),
        file=plan.data.test or plan.data.train,
        dropped=read.dropped,
        n_train=0,
        n_test=len(read.kept),
    )
