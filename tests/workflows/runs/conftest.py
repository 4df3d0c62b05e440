"""A run directory, and what a recorder needs besides."""

from pathlib import Path

import pytest

from gradewise.workflows.plans.data import DataPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.runs.directory import RunDirectory, make_run_directory
from gradewise.workflows.runs.identity import RunIdentity, identify
from gradewise.workflows.services import Services


@pytest.fixture
def plan() -> Plan:
    """A plan whose essays nobody reads."""
    return Plan(data=DataPlan(train=Path("essays.csv")), run_name="trial")


@pytest.fixture
def identity(plan: Plan) -> RunIdentity:
    """Of a run of that plan."""
    return identify(plan, "cv", versions={"gradewise": "1"}, content="data")


@pytest.fixture
def directory(tmp_path: Path, services: Services) -> RunDirectory:
    """Of a run that has not begun."""
    return make_run_directory(tmp_path / "output", "essays", "trial", now=services.clock())
