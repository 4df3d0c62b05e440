"""Train a classifier: from a dataset whose labels have no order to a bundle and a report."""

from collections.abc import Mapping

from gradewise.models.bundles.files import to_json
from gradewise.telemetry import Listener, stage
from gradewise.workflows.classification.experiment import TextExperiment, gather_texts
from gradewise.workflows.classification.files import write_class_files
from gradewise.workflows.classification.judging import judge_classes
from gradewise.workflows.classification.learning import LearnedClasses, learn_classes
from gradewise.workflows.classification.monitoring import Monitored
from gradewise.workflows.classification.publishing import class_contents, class_report
from gradewise.workflows.classification.searching import search_settings
from gradewise.workflows.classification.views import TextView, learn_text_views
from gradewise.workflows.datasets.prepare import Dataset
from gradewise.workflows.measuring.profiling import DATA_PROFILE, profile_of_training
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.runs.facts import told_headline
from gradewise.workflows.runs.run import Run
from gradewise.workflows.services import Services
from gradewise.workflows.training.trained_run import TrainedRun, circumstances_of, finish


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
        circumstances = circumstances_of(run, services, seconds)
        report = class_report(experiment, learned, judged, data=data, circumstances=circumstances)
        contents = class_contents(experiment, learned, report, view, data=data)
        run.write_text(f"artifacts/{DATA_PROFILE}", to_json(data).decode())
        write_class_files(experiment, learned, judged, services=services, run=run, listener=listener)
        return finish(report, contents, run, example=experiment.test.essays[0], gates=judged.gates)
