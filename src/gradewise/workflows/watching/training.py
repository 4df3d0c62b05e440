"""Training on a dataset that has arrived: by a plan in which nothing but the file differs."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gradewise.errors import RunError, UnavailableError
from gradewise.models.bundles.naming import IN_RUN
from gradewise.telemetry import Event, Listener
from gradewise.work_events import RunBegan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.section import NAME
from gradewise.workflows.runs.run import open_run
from gradewise.workflows.runs.state import read_run_state
from gradewise.workflows.services import Services
from gradewise.workflows.train import train


def train_dataset(
    plan: Plan,
    dataset: Path,
    services: Services,
    *,
    resume: Path | None,
    began: Callable[[Path], None],
    listener: Listener,
) -> Path:
    """Train on a dataset; what fails is a run that has failed, also where it failed before there was one.

    Args:
        plan: what is trained; its `data.train` is replaced.
        dataset: the file.
        services: the ports.
        resume: the run of an earlier attempt: gone on with, or taken as it is when it has ended well.
        began: told of the run's directory as soon as there is one.
        listener: hears what happens.

    Returns:
        The directory of the run, which has ended well.

    Raises:
        UnavailableError: another process works in the earlier run.
        GradewiseError: as `train`.
    """
    if resume is not None:
        state = _state(resume)
        if state == "completed" and (resume / IN_RUN).is_dir():
            return resume
        if state == "running":
            raise UnavailableError(f"run {resume} still goes on in another process; wait for its end")
        resume = resume if state is not None else None
    own = plan_for(plan, dataset)
    if resume is None:
        return _train(own, services, None, began, listener)
    try:
        return _train(own, services, resume, began, listener)
    except RunError:  # what shapes its results has changed since
        return _train(own, services, None, began, listener)


def plan_for(plan: Plan, dataset: Path) -> Plan:
    """The plan with another file to train on, and with runs that are called like it."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", dataset.name.split(".")[0]).strip("-._")[:48]
    name = stem if re.match(NAME, stem) else None
    return plan.model_copy(
        update={
            "data": plan.data.model_copy(update={"train": dataset}),
            "run_name": plan.run_name or name,
        }
    )


def _state(run: Path) -> str | None:
    try:
        return read_run_state(run).state
    except RunError:
        return None


def _train(
    plan: Plan,
    services: Services,
    resume: Path | None,
    began: Callable[[Path], None],
    listener: Listener,
) -> Path:
    heard: list[Path] = []

    def hear(event: Event) -> None:
        if isinstance(event, RunBegan):
            heard.append(Path(event.entry.output).absolute())
            began(heard[-1])
        listener(event)

    try:
        return train(plan, services, listener=hear, resume=resume).directory.absolute()
    except Exception as error:
        if not heard and not isinstance(error, (RunError, UnavailableError)):
            _keep_failure(plan, services, hear, error)
        raise


def _keep_failure(plan: Plan, services: Services, listener: Listener, error: Exception) -> None:
    """A run that has failed before it began, so that it is found where runs are."""
    with suppress(type(error)), open_run(plan, "train", services, listener):
        raise error
