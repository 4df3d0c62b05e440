"""Train: from a plan to a bundle that can be served and a report that can be believed."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import PlanError
from gradewise.essays.records import Essay
from gradewise.evaluation.data_profile import DataProfile
from gradewise.models.bundles.files import to_json
from gradewise.models.essay_reference import describe_essays
from gradewise.models.learnt_columns import handcrafted_part
from gradewise.reporting.report import BaselineRow, NamedEvaluation
from gradewise.telemetry import Listener, silent, stage
from gradewise.workflows.classification.monitoring import Monitored, monitored
from gradewise.workflows.classification.training import train_classes
from gradewise.workflows.datasets.prepare import Dataset, prepare_dataset
from gradewise.workflows.measuring.measure import dataset_schema
from gradewise.workflows.measuring.profiling import DATA_PROFILE, profile_of_training
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.runs.facts import told_headline
from gradewise.workflows.runs.run import Run
from gradewise.workflows.services import Services
from gradewise.workflows.stopwatch import Stopwatch
from gradewise.workflows.training.experiment import Experiment, gather
from gradewise.workflows.training.experiment_files import write_experiment_files
from gradewise.workflows.training.experiment_run import experiment_run
from gradewise.workflows.training.findings import Findings
from gradewise.workflows.training.judging import baseline_rows, simple_rules
from gradewise.workflows.training.learning import Learned, judge, learn_all
from gradewise.workflows.training.learnt_texts import LEARNT_FROM, text_digests
from gradewise.workflows.training.publish import bundle_contents, training_report
from gradewise.workflows.training.topics import training_topics
from gradewise.workflows.training.trained_run import TrainedRun, circumstances_of, finish

__all__ = ["TrainedRun", "train"]


def train(
    plan: Plan,
    services: Services,
    *,
    listener: Listener = silent,
    resume: Path | None = None,
    command: str = "train",
) -> TrainedRun:
    """Train, evaluate out of fold and once on the locked test set, write bundle and report.

    Args:
        plan: what to train, on what.
        services: the ports.
        listener: hears what happens.
        resume: the directory of a run that was killed; folds that it has finished are not trained again.
        command: as the command line calls it: ``train`` or ``run``.

    Raises:
        InputError, SplitError, PlanError: before anything is written.
        TrainingError: no faithful model came out; the run directory says why.
    """
    if not plan.evaluation.locked_test:
        raise PlanError(
            "`evaluation.locked_test` is false, and a model ships with what the locked test says of it; "
            "leave the key out (gradewise run --open-locked-test), or compare by `gradewise cv`"
        )
    watch = Stopwatch(listener)
    classes = plan.task == "nominal"
    with monitored(plan, command, services, listener) if classes else nullcontext(Monitored()) as log:
        with stage(watch.hear, "reading texts" if classes else "reading essays"):
            dataset = prepare_dataset(plan, services, listener)
            schema = dataset_schema(dataset, services)
        with experiment_run(dataset, schema, command, services, watch.hear, resume=resume) as run:
            if classes:
                return train_classes(dataset, services, run, log, seconds=watch.seconds)
            return _train_grades(dataset, services, run, seconds=watch.seconds)


def _train_grades(dataset: Dataset, services: Services, run: Run, *, seconds: dict[str, float]) -> TrainedRun:
    experiment = gather(dataset, services, run.listener)
    learned, *traits = learn_all(experiment, run)
    finished = _publish(experiment, learned, traits, services=services, run=run, seconds=seconds)
    if dataset.metrics_allowed:
        run.tell(metrics=told_headline(finished.report.evaluations))
    return finished


def _publish(
    experiment: Experiment,
    learned: Learned,
    traits: Sequence[Learned],
    *,
    services: Services,
    run: Run,
    seconds: dict[str, float],
) -> TrainedRun:
    evaluations = judge(experiment, learned, run.listener)
    of_traits = tuple((trait, judge(experiment, trait, run.listener)) for trait in traits)
    contributions = _take_apart(experiment, learned, run.listener)
    with stage(run.listener, "bundle and report"):
        found = Findings(
            experiment=experiment,
            learned=learned,
            evaluations=evaluations,
            traits=of_traits,
            contributions=contributions,
            reference=describe_essays(experiment.train, handcrafted_part(experiment.train_matrix)),
            data=_data_profile(experiment, learned),
        )
        return _write(found, services, run.directory, seconds=seconds)


def _write(
    found: Findings, services: Services, run: RunDirectory, *, seconds: dict[str, float]
) -> TrainedRun:
    """Write what a training leaves, the bundle last."""
    topics = training_topics(found)
    report = training_report(
        found,
        topics,
        baselines=_baselines(found.experiment, found.headline),
        circumstances=circumstances_of(run, services, seconds),
    )
    contents = bundle_contents(found, report)
    write_experiment_files(found, versions=services.versions, run=run)
    run.write_text(f"artifacts/{DATA_PROFILE}", to_json(found.data).decode())
    run.write_json(f"artifacts/{LEARNT_FROM}", text_digests(_all_learnt(found.experiment)))
    return finish(
        report,
        contents,
        run,
        example=found.experiment.test[0],
        gates=topics.gates,
        traits={trait.target.name: named for trait, named in found.traits},
    )


def _data_profile(experiment: Experiment, learned: Learned) -> DataProfile:
    """What the training essays and their columns look like, and what the model says of the locked test."""
    return profile_of_training(
        experiment.train,
        experiment.train_matrix,
        unseen=learned.shipped.predict(experiment.test_matrix.values),
        scale=experiment.dataset.scale,
    )


def _all_learnt(experiment: Experiment) -> Iterator[Essay]:
    """Every essay that shaped the model, those of auxiliary sets among them."""
    return chain(experiment.train, *(other.essays for other in experiment.dataset.auxiliary))


def _take_apart(experiment: Experiment, learned: Learned, listener: Listener) -> NDArray[np.float64] | None:
    """What each feature adds to each score of the locked test; ``None`` where the plan wants none of it."""
    if not experiment.dataset.plan.evaluation.shap:
        return None
    with stage(listener, "taking scores apart"):
        return learned.explainer.contributions_many(experiment.test_matrix.values)


def _baselines(experiment: Experiment, headline: NamedEvaluation) -> tuple[BaselineRow, ...]:
    scale, plan = experiment.dataset.scale, experiment.dataset.plan.evaluation
    rules = simple_rules(experiment.train, experiment.train_codes, experiment.folds, headline.graded, scale)
    return baseline_rows(headline.graded, rules, scale, plan)
