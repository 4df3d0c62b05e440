"""Going on with a run that was killed or has failed, whichever use case it is of."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

from gradewise.errors import RunError
from gradewise.telemetry import Listener, silent
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import read_plan, rebased
from gradewise.workflows.research.ablation import ablation
from gradewise.workflows.research.compare import compare_cv_runs
from gradewise.workflows.research.cv import cv
from gradewise.workflows.research.drop_column import drop_column
from gradewise.workflows.research.featurize import featurize
from gradewise.workflows.research.make_splits import make_splits
from gradewise.workflows.research.prepare_dataset import prepare_files
from gradewise.workflows.research.sweep import sweep
from gradewise.workflows.research.tune import tune
from gradewise.workflows.runs.run import require_resumable
from gradewise.workflows.services import Services
from gradewise.workflows.train import train


class FinishedRun(Protocol):
    """What every use case that can be resumed leaves behind."""

    @property
    def directory(self) -> Path:
        """The run directory."""
        ...

    @property
    def html(self) -> Path:
        """The report to open in a browser."""
        ...


class ResumableUseCase(Protocol):
    """A use case that keeps what it has finished, and goes on from there."""

    def __call__(
        self, plan: Plan, services: Services, *, listener: Listener = silent, resume: Path | None = None
    ) -> FinishedRun:
        """Do what the plan says, in a directory of an earlier attempt when one is named."""
        ...


RESUMABLE: Mapping[str, ResumableUseCase] = {
    "train": train,
    "run": partial(train, command="run"),
    "prepare-dataset": prepare_files,
    "make-splits": make_splits,
    "featurize": featurize,
    "cv": cv,
    "drop-column": drop_column,
    "ablation": ablation,
    "sweep": sweep,
    "tune": tune,
    "compare-cv-runs": compare_cv_runs,
}
"""Use cases that can be resumed, by the command of their runs."""


def resume_run(directory: Path, services: Services, *, listener: Listener = silent) -> FinishedRun:
    """Go on with a run from its last finished piece of work; it ends as if it had never been stopped.

    Raises:
        RunError: there is no such run, it goes on, is completed, or is of a kind that cannot be resumed.
        PlanError: its plan cannot be read.
    """
    state = require_resumable(directory)
    use_case = RESUMABLE.get(state.command)
    if use_case is None:
        raise RunError(
            f"run {directory.name} is one of {state.command or 'an unknown command'}, which cannot be "
            f"resumed; run it anew (these can be resumed: {', '.join(RESUMABLE)})"
        )
    return use_case(_plan_of(directory), services, listener=listener, resume=directory)


def _plan_of(directory: Path) -> Plan:
    """The run's plan with paths as one would name them from here, which is how the run began as a rule."""
    if not (directory / "plan.yaml").exists():
        raise RunError(
            f"run {directory.name} ended before its plan was written, so that nothing was learnt in it; "
            "start a new one"
        )
    plan = read_plan(directory / "plan.yaml")
    here = rebased(plan, Path.cwd())
    return here.model_copy(update={"output": Path(os.path.relpath(directory.absolute().parent.parent))})
