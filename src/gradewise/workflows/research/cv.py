"""Cross-validation: how good a way to learn is on essays that it has not seen; no model is kept."""

from collections.abc import Sequence
from pathlib import Path

from gradewise.evaluation.fold_figures import over_folds
from gradewise.telemetry import Listener, silent, stage
from gradewise.workflows.classification.cross_validating import cv_classes
from gradewise.workflows.datasets.prepare import Dataset, prepare_dataset
from gradewise.workflows.measuring.measure import dataset_schema
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.research.cv_findings import CvFindings, find_out, locked_table
from gradewise.workflows.research.cv_page import cv_page, smoke_test_page
from gradewise.workflows.research.cv_record import (
    METRICS_FILE,
    figures_record,
    settings_record,
    traits_record,
)
from gradewise.workflows.research.cv_run import CvRun
from gradewise.workflows.research.decoding import cut_points_record, decoding_record
from gradewise.workflows.research.publishing import write_page
from gradewise.workflows.research.residuals import LOCKED_TEST_FILE, OUT_OF_FOLD_FILE, write_residuals
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.runs.facts import told_evaluations
from gradewise.workflows.runs.run import Run
from gradewise.workflows.services import Services
from gradewise.workflows.stopwatch import Stopwatch
from gradewise.workflows.training.experiment import Experiment, gather
from gradewise.workflows.training.experiment_run import experiment_run
from gradewise.workflows.training.learning import Learned, learn_all

__all__ = ["CvRun", "cv"]


def cv(plan: Plan, services: Services, *, listener: Listener = silent, resume: Path | None = None) -> CvRun:
    """Cross-validate what a plan asks for, and look at the locked test once unless it is to stay locked.

    `resume` is the directory of a run that was killed; folds that it has finished are not learnt again.

    Raises:
        InputError, SplitError, PlanError: before anything is written.
        TrainingError: a fold cannot be learnt.
    """
    watch = Stopwatch(listener)
    with stage(watch.hear, "reading essays"):
        dataset = prepare_dataset(plan, services, listener)
        schema = dataset_schema(dataset, services)
    with experiment_run(dataset, schema, "cv", services, watch.hear, resume=resume) as run:
        if plan.task == "nominal":
            finished = cv_classes(dataset, services, run, seconds=watch.seconds)
        else:
            finished = _cv_grades(dataset, services, run)
        run.directory.write_json("artifacts/timings.json", watch.seconds)
    return finished


def _cv_grades(dataset: Dataset, services: Services, run: Run) -> CvRun:
    experiment = gather(dataset, services, run.listener, store=run.directory.store)
    learned, *traits = learn_all(experiment, run)
    if dataset.metrics_allowed:
        return _judge_and_publish(experiment, learned, traits, services, run)
    return _publish_smoke_test(experiment, learned, services, run)


def _publish_smoke_test(experiment: Experiment, learned: Learned, services: Services, run: Run) -> CvRun:
    """Say what was done, and that figures are withheld."""
    run.directory.write_json(f"artifacts/{METRICS_FILE}", settings_record(experiment, learned.decision))
    page = smoke_test_page(experiment, learned, services)
    return CvRun(directory=run.directory.path, html=write_page(page, run.directory, "cv_report"))


def _judge_and_publish(
    experiment: Experiment, learned: Learned, traits: Sequence[Learned], services: Services, run: Run
) -> CvRun:
    found = find_out(experiment, learned, traits, run.listener)
    with stage(run.listener, "report"):
        _write_records(found, run.directory)
        html = write_page(cv_page(found, services), run.directory, "cv_report")
    _tell(found, run)
    return CvRun(directory=run.directory.path, html=html, folds=found.folds, evaluations=found.evaluations)


def _write_records(found: CvFindings, directory: RunDirectory) -> None:
    scale = found.experiment.dataset.scale
    directory.write_json(
        "artifacts/calibration_cutpoints_by_fold.json", cut_points_record(found.decoding, scale)
    )
    directory.write_json("artifacts/calibration_summary.json", decoding_record(found.decoding))
    write_residuals(directory.artifacts, OUT_OF_FOLD_FILE, found.residuals, scale)
    locked = locked_table(found)
    if locked is not None:
        write_residuals(directory.artifacts, LOCKED_TEST_FILE, locked, scale)
    # Last: where the record is, everything that it speaks of is there too.
    directory.write_json(
        f"artifacts/{METRICS_FILE}",
        {
            **settings_record(found.experiment, found.learned.decision),
            **figures_record(found.folds, found.evaluations, found.baselines, metric="qwk"),
            "traits": traits_record(found.traits),
        },
    )


def _tell(found: CvFindings, run: Run) -> None:
    """Headline figures for the experiment log."""
    qwk, mae = (over_folds(found.folds)[f"val_{name}"] for name in ("qwk", "mae"))
    spreads = {"val_qwk_mean": qwk.mean, "val_qwk_sd": qwk.sd, "val_mae_mean": mae.mean}
    run.tell(metrics=spreads | told_evaluations(found.evaluations))
