"""Train a classifier: from a dataset whose labels have no order to a bundle and a report."""

from collections.abc import Mapping
from dataclasses import replace

from gradewise.errors import BundleError, TrainingError
from gradewise.evaluation.gates import GateReport
from gradewise.models.bundle_contents import write_bundle
from gradewise.models.bundle_files import to_json
from gradewise.reporting.topics.gates import gates_section
from gradewise.telemetry import Listener, stage
from gradewise.workflows.classification.experiment import TextExperiment, gather_texts
from gradewise.workflows.classification.files import write_class_files
from gradewise.workflows.classification.judging import Judged, judge_classes
from gradewise.workflows.classification.learning import LearnedClasses, learn_classes
from gradewise.workflows.classification.monitoring import Monitored
from gradewise.workflows.classification.publishing import class_contents, class_report
from gradewise.workflows.classification.searching import search_settings
from gradewise.workflows.classification.views import TextView, learn_text_views
from gradewise.workflows.prepare import Dataset
from gradewise.workflows.profiling import DATA_PROFILE, profile_of_training
from gradewise.workflows.publish import write_reports
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.runs.facts import told_headline
from gradewise.workflows.runs.run import Run
from gradewise.workflows.services import Services
from gradewise.workflows.standards import class_gate_reports
from gradewise.workflows.trained_run import TrainedRun


def train_classes(
    dataset: Dataset, services: Services, run: Run, log: Monitored, *, seconds: Mapping[str, float]
) -> TrainedRun:
    """Measure, search, learn, judge, publish.

    Args:
        dataset: texts with classes, divided.
        services: the ports.
        run: where everything goes; trials and folds that an earlier attempt finished are not learnt again.
        log: what is told to the monitoring log.
        seconds: by stage, as they come to be known.

    Raises:
        InputError, LeakError: the texts cannot be used so.
        TrainingError: no setting could be learnt, or no faithful model came out.
    """
    log.tell(run=str(run.directory.path), data_sha256=dataset.data_sha256, n_texts=len(dataset.essays))
    experiment = gather_texts(dataset, services, run.listener)
    log.tell(n_classes=experiment.scale.n_grades)
    views = learn_text_views(experiment, run.listener)
    found = search_settings(experiment, views, services, run.listener, checkpoints=run.checkpoints)
    learned = learn_classes(experiment, views, found, run.listener, checkpoints=run.checkpoints)
    finished = _publish(
        experiment,
        learned,
        views.whole,
        services=services,
        run=run.directory,
        seconds=seconds,
        listener=run.listener,
    )
    if dataset.metrics_allowed:
        figures = told_headline(finished.report.evaluations)
        run.tell(metrics=figures)
        log.tell(metrics=figures)
    log.tell(model_version=finished.report.model_version, settings=dict(found.settings))
    return finished


def _publish(
    experiment: TextExperiment,
    learned: LearnedClasses,
    view: TextView,
    *,
    services: Services,
    run: RunDirectory,
    seconds: Mapping[str, float],
    listener: Listener,
) -> TrainedRun:
    judged = judge_classes(experiment, learned, listener)
    with stage(listener, "bundle and report"):
        data = profile_of_training(
            experiment.train.essays, learned.train_matrix, unseen=judged.test, scale=experiment.scale
        )
        report = class_report(
            experiment,
            learned,
            judged,
            data=data,
            run=run,
            now=services.clock(),
            environment=services.versions,
            seconds=seconds,
        )
        gates = _gates(experiment, judged)
        if gates:
            report = replace(report, sections=(*report.sections, gates_section(gates)))
        contents = class_contents(experiment, learned, report, view, data=data)
        run.write_text(f"artifacts/{DATA_PROFILE}", to_json(data).decode())
        write_class_files(experiment, learned, judged, services=services, run=run, listener=listener)
        html = write_reports(report, run)
        try:
            # Last: a bundle is found by its place, so where there is one, everything else is there too.
            bundle = write_bundle(contents, run.artifacts / "bundle")
        except BundleError as error:
            raise TrainingError(str(error)) from error
    return TrainedRun(
        directory=run.path,
        bundle=bundle,
        html=html,
        report=report,
        example=experiment.test.essays[0],
        gates=gates if report.metrics_allowed else (),
    )


def _gates(experiment: TextExperiment, judged: Judged) -> tuple[GateReport, ...]:
    """What gates say of the locked test."""
    test = judged.evaluations[-1]
    return class_gate_reports(test.graded, test.evaluation, experiment.dataset.plan.evaluation)
