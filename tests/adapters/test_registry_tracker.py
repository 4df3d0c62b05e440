"""Runs in the registry, on both databases; databases that are down, slow or blocked."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from gradewise import bootstrap
from gradewise.adapters.registry_tracker import OpenRegistry, RegistryTracker
from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.registry import open_registry
from gradewise.errors import RunError
from gradewise.experiments import ExperimentEntry
from gradewise.protocols.registry import ModelRegistry
from gradewise.settings import Settings, read_settings
from gradewise.testing.contracts.experiment_tracker import ExperimentTrackerContract, make_experiment_entry
from gradewise.workflows.plans.research import TrackingPlan


def opener(url: str) -> OpenRegistry:
    """Opens the registry in a database."""
    return lambda: open_registry(read_address(url))


def tracker_at(url: str) -> RegistryTracker:
    """A tracker of this test's machine."""
    return RegistryTracker(opener(url), host="here")


def runs_at(url: str) -> tuple[ExperimentEntry, ...]:
    """What the registry in a database knows."""

    async def asked() -> tuple[ExperimentEntry, ...]:
        async with open_registry(read_address(url)) as registry:
            return await registry.runs()

    return asyncio.run(asked())


class TestRegistryTracker(ExperimentTrackerContract):
    """The tracker keeps every promise of the port."""

    def new_tracker(self, directory: Path) -> RegistryTracker:
        """A tracker in a file of its own."""
        return tracker_at(f"sqlite:///{directory}/registry.sqlite")

    def recorded_names(self, directory: Path) -> list[str]:
        """As the registry tells them."""
        return [entry.run_name for entry in runs_at(f"sqlite:///{directory}/registry.sqlite")]


def test_a_run_is_one_row_that_says_what_it_has_become(database_url: str) -> None:
    """Its place is one that everybody can find, and its machine is known."""
    tracker = tracker_at(database_url)
    tracker.record(make_experiment_entry(state="running"))
    tracker.record(make_experiment_entry(state="failed"))
    (entry,) = runs_at(database_url)
    expected = replace(
        make_experiment_entry(state="failed"),
        output=str(Path("output/essays/20260102_030405_cv").absolute()),
        facts={"host": "here"},
        plan={},
    )
    assert expected == entry


def test_a_run_within_an_event_loop_is_written_down_too(tmp_path: Path) -> None:
    """Whoever calls from asynchronous code loses nothing."""
    url = f"sqlite:///{tmp_path}/registry.sqlite"

    async def work() -> None:
        tracker_at(url).record(make_experiment_entry())

    asyncio.run(work())
    assert ["cv"] == [entry.run_name for entry in runs_at(url)]


@pytest.fixture
def silent_address() -> Iterator[str]:
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"postgresql://anna:geheim@127.0.0.1:{server.getsockname()[1]}/x"


def test_a_database_that_is_silent_costs_seconds_and_once(silent_address: str) -> None:
    """The beginning costs nothing; the end is told a little, and says what is wrong without the password."""
    tracker = RegistryTracker(
        opener(silent_address), host="here", patience_s=0.4, patience_after_failure_s=0.2
    )
    began = time.monotonic()
    tracker.record(make_experiment_entry(state="running"))
    assert time.monotonic() - began < 0.3
    with pytest.raises(RunError, match="the registry's database: it does not answer in time") as refused:
        tracker.record(make_experiment_entry())
    assert time.monotonic() - began < 3
    assert "geheim" not in str(refused.value)


def test_a_database_that_is_down_says_so_at_once() -> None:
    """In the words of the registry."""
    tracker = tracker_at("postgresql://anna:geheim@127.0.0.1:9/x?connect_timeout=1")
    with pytest.raises(
        RunError, match="the registry's database: the database postgresql://anna@127.0.0.1:9/x"
    ):
        tracker.record(make_experiment_entry())


def test_a_database_that_is_back_by_the_end_has_the_run(tmp_path: Path) -> None:
    """That it was down at the beginning is forgotten."""
    url, down = f"sqlite:///{tmp_path}/registry.sqlite", threading.Event()
    down.set()

    @asynccontextmanager
    async def opened() -> AsyncIterator[ModelRegistry]:
        if down.is_set():
            raise ConnectionError("an essay about the sea")
        async with open_registry(read_address(url)) as registry:
            yield registry

    tracker = RegistryTracker(opened, host="here")
    tracker.record(make_experiment_entry(state="running"))
    with pytest.raises(RunError, match="the registry's database: ConnectionError$"):
        tracker.record(make_experiment_entry("other"))
    down.clear()
    tracker.record(make_experiment_entry())
    assert ["completed"] == [entry.state for entry in runs_at(url)]


def test_runs_are_kept_beside_the_models_unless_a_plan_says_otherwise(tmp_path: Path) -> None:
    """The registry of the settings is written to; without settings, or a plan that wants it, none is."""
    settings: Settings = replace(read_settings({}), models_directory=tmp_path / "models")
    (_, tracker) = bootstrap.find_trackers(tmp_path, TrackingPlan(), settings=settings)
    tracker.record(make_experiment_entry())
    assert ["cv"] == [
        entry.run_name for entry in runs_at(f"sqlite:///{tmp_path}/models/.registry/registry.sqlite")
    ]
    assert 1 == len(bootstrap.find_trackers(tmp_path, TrackingPlan(registry=False), settings=settings))
    assert 1 == len(bootstrap.find_trackers(tmp_path, TrackingPlan()))
