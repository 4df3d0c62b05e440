"""Runs that the registry takes for running, and what their directories say."""

import asyncio
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gradewise.adapters.registry_tracker import RegistryTracker
from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.registry import open_registry
from gradewise.errors import InputError
from gradewise.experiments import ExperimentEntry
from gradewise.telemetry import silent
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.runs.reconcile import GONE, reconcile_runs
from gradewise.workflows.runs.run import open_run
from gradewise.workflows.services import Services
from trials import as_if_killed

LATER = datetime(2026, 1, 2, 4, 0, 0, tzinfo=UTC)


class BeginningsAlone(RegistryTracker):
    """What is left in a registry of runs that were killed, or whose database went down: how they began."""

    def record(self, entry: ExperimentEntry) -> None:
        """Keep what was said at the beginning."""
        if entry.state == "running":
            super().record(entry)
            assert self._beginning is not None
            assert self._beginning.succeeds_within(10)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Of the registry."""
    return f"sqlite:///{tmp_path}/registry.sqlite"


@pytest.fixture
def services(services: Services, url: str) -> Services:
    """With a registry that hears of beginnings alone."""
    tracker = BeginningsAlone(lambda: open_registry(read_address(url)), host="here")
    return replace(services, find_trackers=lambda _output, _tracking: (tracker,))


def reconciled(
    url: str, *, host: str = "here"
) -> tuple[Sequence[ExperimentEntry], Sequence[ExperimentEntry]]:
    """What was put right, and what the registry knows afterwards."""

    async def ask() -> tuple[Sequence[ExperimentEntry], Sequence[ExperimentEntry]]:
        async with open_registry(read_address(url)) as registry:
            return await reconcile_runs(registry, host=host, now=LATER), await registry.runs()

    return asyncio.run(ask())


def test_a_run_that_goes_on_is_left_alone(plan: Plan, services: Services, url: str) -> None:
    """However long it has been silent."""
    with open_run(plan, "cv", services, silent):
        assert ((), "running") == (reconciled(url)[0], reconciled(url)[1][0].state)


def test_a_run_that_was_killed_has_failed(plan: Plan, services: Services, url: str) -> None:
    """With the stage in which it was killed; done again, nothing is left to do."""
    with open_run(plan, "cv", services, silent) as run:
        pass
    as_if_killed(run.directory.path)
    ((entry,), (kept,)) = reconciled(url)
    assert ("failed", "starting", LATER.isoformat(timespec="milliseconds")) == (
        entry.state,
        entry.stage,
        entry.timestamp,
    )
    assert "killed, or its machine stopped, before it could say why" == entry.failure_reason
    assert entry == kept
    assert () == reconciled(url)[0]


def test_a_run_that_could_not_tell_its_end_is_told_now(plan: Plan, services: Services, url: str) -> None:
    """As its directory has it, figures and reasons included."""
    with open_run(plan, "cv", services, silent) as run:
        run.tell(metrics={"qwk": 0.5})

    def fail() -> None:
        with open_run(plan, "cv", services, silent):
            raise InputError("bad grade")

    with pytest.raises(InputError):
        fail()
    found = {entry.state: entry for entry in reconciled(url)[1]}
    assert {"qwk": 0.5} == found["completed"].metrics
    assert "bad grade" == found["failed"].failure_reason
    assert Path(found["completed"].output).is_absolute()


@pytest.mark.parametrize("said", ["", "[]", '{"schema_version": 1}'], ids=["empty", "other", "part"])
def test_a_run_whose_last_words_are_lost_is_known_by_its_state(
    plan: Plan, services: Services, url: str, said: str
) -> None:
    """It was killed between its end and what it says of it."""
    with open_run(plan, "cv", services, silent) as run:
        pass
    (run.directory.path / "experiment.json").write_text(said)
    assert [("completed", "", None)] == [
        (entry.state, entry.stage, entry.failure_reason) for entry in reconciled(url)[1]
    ]


def test_words_of_another_run_are_not_taken_for_its_own(plan: Plan, services: Services, url: str) -> None:
    """A directory that was copied tells of the run that it was copied from."""
    with open_run(plan, "cv", services, silent) as run:
        run.tell(metrics={"qwk": 0.5})
    path = run.directory.path / "experiment.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "run_id": "another"}))
    assert [{}] == [entry.metrics for entry in reconciled(url)[1]]


def test_a_run_whose_directory_is_gone_has_failed(plan: Plan, services: Services, url: str) -> None:
    """On this machine; of another machine nothing can be said from here."""
    with open_run(plan, "cv", services, silent) as run:
        pass
    shutil.rmtree(run.directory.path)
    assert () == reconciled(url, host="elsewhere")[0]
    assert [("failed", GONE)] == [(entry.state, entry.failure_reason) for entry in reconciled(url)[0]]
