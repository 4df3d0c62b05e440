"""Tune: search for better settings, and check what the search is worth on essays that took no part in it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from gradewise.errors import InputError, PlanError
from gradewise.features.schema import FeatureSchema
from gradewise.models.search import Trial
from gradewise.protocols.experiments import Studies
from gradewise.reporting.page import Page
from gradewise.reporting.tuning_verdict import TuningFindings
from gradewise.telemetry import Listener, Notice, silent, stage
from gradewise.work_events import SearchAdvanced
from gradewise.workflows.datasets.prepare import Dataset, prepare_dataset
from gradewise.workflows.measuring.measure import dataset_schema
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.research.crew import help_searches, lead_searches
from gradewise.workflows.research.tune_findings import conclude
from gradewise.workflows.research.tune_results import publish_tuning, told_gains
from gradewise.workflows.research.tuning import (
    SEARCH,
    Checked,
    Tuning,
    announce_study,
    announced_study,
    check_tuning,
    claim_study_name,
    drawn_name,
    lay_out_tuning,
    storage_url,
    study_of,
    with_lasting_storage,
)
from gradewise.workflows.runs.checkpoints import Checkpoints
from gradewise.workflows.runs.run import CHECKPOINTS, Run, fingerprint
from gradewise.workflows.services import Services
from gradewise.workflows.training.experiment import Experiment, gather
from gradewise.workflows.training.experiment_run import experiment_run

COMMAND = "tune"
HELP = "another machine that has the plan and the essays may help: gradewise tune PLAN --study {study}"
PLAN_FILE = "plan.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class TunedRun:
    """What a finished tuning leaves behind."""

    directory: Path
    """The run directory."""
    html: Path
    """The report to open in a browser."""
    page: Page
    """The same as a value."""
    tuned_plan: Path
    """A plan with the selected settings, which can be trained and cross-validated."""
    findings: TuningFindings
    """What was found; not to be shown where `metrics_allowed` is false."""
    metrics_allowed: bool
    """Whether figures may be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedRun:
    """What a helper did for a tuning that another process leads."""

    n_trials: int
    """Trials that it finished."""
    ended: bool
    """Whether the searches came to their ends; else nothing was left to do for long."""


def tune(
    plan: Plan, services: Services, *, listener: Listener = silent, resume: Path | None = None
) -> TunedRun:
    """Search for better settings on the folds; the locked test set is not looked at.

    The trials are a function of plan and data: neither the number of workers, nor other processes that
    help, nor how often the run was killed and resumed change a byte of them.

    Args:
        plan: its part `tune` says where and how to search.
        services: ports; `Services.workers` threads evaluate trials.
        listener: hears stages.
        resume: the directory of a run that was killed; its trials and folds are not done again.

    Raises:
        MissingDependencyError: Optuna is not installed.
        InputError, SplitError, PlanError: before anything is written.
        TrainingError: a configuration cannot be learnt, or the database of the study is gone.
    """
    with closing(services.open_studies()) as studies:
        ready = _make_ready(with_lasting_storage(plan), services, listener)
        plan = ready.dataset.plan
        with experiment_run(ready.dataset, ready.schema, COMMAND, services, listener, resume=resume) as run:
            experiment = gather(ready.dataset, services, run.listener)
            name = claim_study_name(run.directory, plan, ready.fingerprint)
            tuning = lay_out_tuning(
                experiment,
                ready.checked,
                run.checkpoints,
                studies,
                url=storage_url(plan, run.directory.path, services.study_database),
                study=name,
                listener=run.listener,
            )
            announce_study(run.directory, name, ready.fingerprint)
            if plan.tune.storage or services.study_database:
                run.listener(Notice(HELP.format(study=drawn_name(name))))
            with _searching(tuning, run.listener, shows_loss=ready.dataset.metrics_allowed) as finished:
                lead_searches(tuning.searches, workers=experiment.workers, on_finished=finished)
            return _publish(tuning, experiment, run, services)


def join_tuning(directory: Path, services: Services, *, listener: Listener = silent) -> JoinedRun:
    """Help to evaluate the trials of a run until its searches end; nothing in the result depends on it.

    Args:
        directory: of the run.
        services: ports; the same versions as the run's.
        listener: hears stages.

    Raises:
        MissingDependencyError: Optuna is not installed.
        InputError, SplitError, PlanError: there is no study to join, or it belongs to other data.
        TrainingError: as `tune`.
    """
    if not (directory / PLAN_FILE).is_file():
        raise PlanError(f"{directory} holds no {PLAN_FILE}; name the directory of a run of `gradewise tune`")
    with closing(services.open_studies()) as studies:
        ready = _make_ready(read_plan(directory / PLAN_FILE), services, listener)
        name = announced_study(directory, ready.fingerprint)
        url = storage_url(ready.dataset.plan, directory, services.study_database)
        kept = directory / CHECKPOINTS
        return _help(ready, services, studies, url=url, study=name, kept=kept, listener=listener)


def join_study(plan: Plan, study: str, services: Services, *, listener: Listener = silent) -> JoinedRun:
    """Help with a search of another machine, whose run directory cannot be seen from here.

    Args:
        plan: the same as the run's, with the same essays, wherever they lie.
        study: as the run says when it begins.
        services: ports; the same versions as the run's.
        listener: hears stages.

    Raises:
        MissingDependencyError: Optuna is not installed.
        InputError, SplitError, PlanError: there is no such study, or it belongs to other data.
        TrainingError: as `tune`.
    """
    url = plan.tune.storage or services.study_database
    if url is None:
        raise PlanError(
            f"study {study!r} is in no database known here; set GRADEWISE_DATABASE_URL, or `tune.storage`"
        )
    with closing(services.open_studies()) as studies, TemporaryDirectory() as kept:
        ready = _make_ready(with_lasting_storage(plan), services, listener)
        name = study_of(study, ready.fingerprint)
        if not studies.holds(url, f"{name}/{SEARCH}"):
            raise InputError(
                f"the database holds no study {study!r} for this plan, these essays and these versions of "
                "libraries; join it with what it was begun with, by the name that `gradewise tune` tells"
            )
        return _help(ready, services, studies, url=url, study=name, kept=Path(kept), listener=listener)


def _help(
    ready: "_Ready",
    services: Services,
    studies: Studies,
    *,
    url: str,
    study: str,
    kept: Path,
    listener: Listener,
) -> JoinedRun:
    experiment = gather(ready.dataset, services, listener)
    checkpoints = Checkpoints(kept, ready.fingerprint)
    tuning = lay_out_tuning(
        experiment, ready.checked, checkpoints, studies, url=url, study=study, listener=listener
    )
    with _searching(tuning, listener, shows_loss=ready.dataset.metrics_allowed) as finished:
        n_trials = help_searches(tuning.searches, workers=experiment.workers, on_finished=finished)
    return JoinedRun(n_trials=n_trials, ended=all(search.study.ended for search in tuning.searches))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """Essays that were read, and a search that was found possible."""

    dataset: Dataset
    checked: Checked
    schema: FeatureSchema
    fingerprint: str


def _make_ready(plan: Plan, services: Services, listener: Listener) -> _Ready:
    with stage(listener, "reading essays"):
        dataset = prepare_dataset(plan, services, listener)
        schema = dataset_schema(dataset, services)
        return _Ready(
            dataset=dataset,
            checked=check_tuning(dataset),
            schema=schema,
            fingerprint=fingerprint(dataset.plan, services.versions, content=dataset.identity(schema)),
        )


@contextmanager
def _searching(tuning: Tuning, listener: Listener, *, shows_loss: bool) -> Iterator[Callable[[int], None]]:
    """Report the search; the block gets a function that says how many trials are finished."""
    total = sum(search.rules.trials for search in tuning.searches)
    with stage(listener, "search", total=total, unit="trials") as advance:

        def finished(done: int) -> None:
            advance(done)
            best = _least_loss(tuning.search.study.trials()) if shows_loss else None
            listener(SearchAdvanced(tuning.search.arena.name, done, total, best))

        yield finished


def _least_loss(trials: Sequence[Trial]) -> float | None:
    return min((trial.loss for trial in trials if trial.finished and trial.loss is not None), default=None)


def _publish(tuning: Tuning, experiment: Experiment, run: Run, services: Services) -> TunedRun:
    dataset = experiment.dataset
    with stage(run.listener, "confirmation and report"):
        findings = conclude(tuning, workers=experiment.workers)
        html, page, tuned = publish_tuning(tuning, findings, dataset, run.directory, services)
    if dataset.metrics_allowed:
        run.tell(metrics=told_gains(findings))
    return TunedRun(
        directory=run.directory.path,
        html=html,
        page=page,
        tuned_plan=tuned,
        findings=findings,
        metrics_allowed=dataset.metrics_allowed,
    )
