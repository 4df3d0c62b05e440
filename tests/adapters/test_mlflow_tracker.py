"""Runs in MLflow, with a store in SQLite."""

import importlib
import shutil
from pathlib import Path
from typing import Any

import pytest

from gradewise import bootstrap
from gradewise.adapters.mlflow_tracker import LONGEST_VALUE, MlflowTracker, _quietly, params_of
from gradewise.errors import MissingDependencyError, RunError
from gradewise.testing.contracts.experiment_tracker import ExperimentTrackerContract, make_experiment_entry
from gradewise.workflows.plans.research import TrackingPlan


def uri_in(directory: Path) -> str:
    """A store in a directory."""
    return f"sqlite:///{directory}/mlflow.db"


def runs_in(directory: Path) -> list[Any]:
    """What MLflow itself finds there, newest first."""
    with _quietly():
        mlflow: Any = importlib.import_module("mlflow")
        client = mlflow.MlflowClient(tracking_uri=uri_in(directory))
        found = client.search_runs([each.experiment_id for each in client.search_experiments()])
        return list(found)


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose tables have been made, which takes MLflow a second, and nothing else."""
    directory = tmp_path_factory.mktemp("empty")
    with _quietly():
        importlib.import_module("mlflow").MlflowClient(tracking_uri=uri_in(directory)).search_experiments()
    return directory / "mlflow.db"


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, empty_store: Path) -> None:
    shutil.copy(empty_store, tmp_path)


class TestMlflowTracker(ExperimentTrackerContract):
    """The tracker keeps every promise of the port."""

    def new_tracker(self, directory: Path) -> MlflowTracker:
        """A tracker at the test's own store."""
        return MlflowTracker(uri_in(directory))

    def recorded_names(self, directory: Path) -> list[str]:
        """As MLflow tells them."""
        return [run.info.run_name for run in runs_in(directory)]


def test_a_run_is_found_with_what_was_said_of_it(tmp_path: Path) -> None:
    """State, times, parameters, figures and tags; its files stay where they are."""
    MlflowTracker(uri_in(tmp_path)).record(make_experiment_entry())
    (run,) = runs_in(tmp_path)
    assert ("FINISHED", 1250) == (run.info.status, run.info.end_time - run.info.start_time)
    assert {"qwk": 0.671, "qwk_sd": 0.014} == run.data.metrics
    assert "essays" == run.data.params["name"]
    assert LONGEST_VALUE == len(run.data.params["features.keep"])
    assert ("6f8af8f", "0f" * 32) == (
        run.data.tags["gradewise.git_sha"],
        run.data.tags["gradewise.data_sha256"],
    )
    assert run.data.tags["gradewise.output"].endswith("/output/essays/20260102_030405_cv")
    assert ["mlflow.db"] == [path.name for path in tmp_path.iterdir()]


def test_many_parameters_go_in_several_requests() -> None:
    """A plan's keys keep their values, nested sections their names."""
    plan = {"space": {f"key.{number}": [number] for number in range(250)}, "empty": {}}
    params = params_of(plan)
    assert (251, "[7]", "{}") == (len(params), params["space.key.7"], params["empty"])


def test_a_store_that_cannot_be_used_is_refused_in_a_line(tmp_path: Path) -> None:
    """Whatever the database says."""
    (tmp_path / "mlflow.db").write_bytes(b"no database" * 100)
    with pytest.raises(RunError, match=r"MLflow at sqlite:.*"):
        MlflowTracker(uri_in(tmp_path)).record(make_experiment_entry())


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The message says what to install; without a URI nothing is missed."""

    def absent(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    assert 1 == len(bootstrap.find_trackers(tmp_path, TrackingPlan()))
    with pytest.raises(MissingDependencyError, match=r"gradewise\[mlflow\]"):
        bootstrap.find_trackers(tmp_path, TrackingPlan(mlflow="sqlite:///mlflow.db"))


def test_both_trackers_are_wired(tmp_path: Path) -> None:
    """The journal always, MLflow where a plan asks for it."""
    trackers = bootstrap.find_trackers(tmp_path, TrackingPlan(mlflow=uri_in(tmp_path)))
    assert ["ExperimentJournal", "MlflowTracker"] == [type(tracker).__name__ for tracker in trackers]
