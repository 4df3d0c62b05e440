"""Small experiments for the research bench: few essays, quick trees, no wording unless asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cv_trials
from gradewise.adapters.optuna_study import OptunaStudies
from gradewise.telemetry import Listener, silent
from gradewise.testing.studies import MemoryStudies
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.research.cv import CvRun, cv
from gradewise.workflows.runs.run import Run, open_run
from gradewise.workflows.services import Services
from trials import essay_rows, small_plan

QUICK: dict[str, Any] = {
    "features": {"groups": ["length"], "text_learners": []},
    "model": {"booster": {"rounds": 12, "early_stopping_rounds": 4, "learning_rate": 0.2, "max_leaves": 4}},
    "split": {"folds": 2},
    "drop_column": {"seeds": 2, "noise_columns": 3},
}
"""What the small plan is changed to."""

MakePlan = Callable[..., Plan]
OpenRun = Callable[..., Any]


@pytest.fixture
def quick_plan() -> MakePlan:
    """Make a quick plan for 90 generated essays, with other values in some sections."""

    def make(n: int = 90, **changes: Any) -> Plan:
        merged = {**QUICK, **{name: _over(QUICK.get(name), value) for name, value in changes.items()}}
        return read_plan(small_plan(Path(), essay_rows(n), **merged))

    return make


def _over(section: Any, value: Any) -> Any:
    both = isinstance(section, dict) and isinstance(value, dict)
    return {**section, **value} if both else value


@pytest.fixture
def opened(services: Services) -> OpenRun:
    """Open a run of a plan, or go on in one."""

    @contextmanager
    def _open(plan: Plan, listener: Listener = silent, resume: Path | None = None) -> Iterator[Run]:
        with open_run(plan, "trial", services, listener, resume=resume) as run:
            yield run

    return _open


@pytest.fixture
def by_workers(services: Services) -> Callable[[int], Services]:
    """The services with so many threads."""
    return lambda n: replace(services, workers=n)


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> CvRun:
    """A cross-validation of generated essays, made once for all tests that only read it."""
    return cv(cv_trials.quick_plan(tmp_path_factory.mktemp("reference")), cv_trials.plain_services())


@pytest.fixture
def lasting(services: Services) -> Services:
    """Services that keep studies in databases."""
    return replace(services, open_studies=OptunaStudies)


@pytest.fixture
def fleeting(services: Services) -> Services:
    """Services that keep studies in memory."""
    kept = MemoryStudies()
    return replace(services, open_studies=lambda: kept)
