"""Runs in an MLflow tracking store, by mlflow-skinny (``pip install 'gradewise[mlflow]'``)."""

import importlib
import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from gradewise.errors import MissingDependencyError, RunError
from gradewise.experiments import ExperimentEntry

LONGEST_VALUE, LONGEST_KEY, MOST_AT_ONCE = 6000, 250, 100
"""What a tracking store takes: characters of a parameter and of a name, parameters in a request."""

DEFAULTS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",  # whoever tracks essays of pupils tells nobody else about it
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",  # MLflow's own seven keep a finished run waiting for minutes
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}
"""What MLflow is told unless the environment says otherwise."""

STATES = {"completed": "FINISHED", "failed": "FAILED"}


class MlflowTracker:
    """An `ExperimentTracker` whose runs are MLflow runs: parameters of the plan, figures, tags.

    Files stay where they are: the store holds their place and no copy. The experiment has the plan's name.
    """

    def __init__(self, uri: str) -> None:
        """Track at a tracking URI, such as ``sqlite:///mlflow.db`` or ``http://127.0.0.1:5000``.

        Raises:
            MissingDependencyError: mlflow-skinny is not installed.
        """
        self._uri = uri
        for name, value in DEFAULTS.items():
            os.environ.setdefault(name, value)
        try:
            with _quietly():
                self._mlflow: Any = importlib.import_module("mlflow")
                self._entities: Any = importlib.import_module("mlflow.entities")
        except ImportError as error:
            raise MissingDependencyError(
                f"tracking at {uri} needs mlflow-skinny: pip install 'gradewise[mlflow]'"
            ) from error

    def record(self, entry: ExperimentEntry) -> None:
        """Add an MLflow run for one that has ended."""
        if entry.state == "running":
            return
        with _quietly():
            try:
                self._record(entry)
            except Exception as error:  # a store fails in the ways of its database or its network
                raise RunError(f"MLflow at {self._uri}: {_first_line(error)}") from error

    def _record(self, entry: ExperimentEntry) -> None:
        client = self._mlflow.MlflowClient(tracking_uri=self._uri)
        ended = _milliseconds(entry.timestamp)
        run = client.create_run(
            self._experiment(client, entry),
            run_name=entry.run_name,
            start_time=ended - round(1000 * entry.elapsed_seconds),
            tags=tags_of(entry),
        )
        for batch in _batches(params_of(entry.plan)):
            params = [self._entities.Param(name, value) for name, value in batch]
            client.log_batch(run.info.run_id, params=params)
        figures = {name: value for name, value in entry.metrics.items() if value is not None}
        for name, value in figures.items():
            client.log_metric(run.info.run_id, name, value, timestamp=ended)
        client.set_terminated(run.info.run_id, STATES.get(entry.state, "FAILED"), end_time=ended)

    def _experiment(self, client: Any, entry: ExperimentEntry) -> str:
        """The experiment of that name, made by whoever comes first."""
        found = client.get_experiment_by_name(entry.experiment)
        if found is None:
            place = Path(entry.output).absolute().parent.as_uri()
            try:
                return str(client.create_experiment(entry.experiment, artifact_location=place))
            except self._mlflow.MlflowException:  # another process was first
                found = client.get_experiment_by_name(entry.experiment)
        return str(found.experiment_id)


def params_of(plan: Mapping[str, Any]) -> dict[str, str]:
    """Keys of a plan by dotted name, values as text, both as short as a tracking store wants them.

    >>> params_of({"name": "essays", "split": {"folds": 5, "reuse": None}, "features": {"drop": ["a", "b"]}})
    {'name': 'essays', 'split.folds': '5', 'split.reuse': 'None', 'features.drop': "['a', 'b']"}
    """
    return {name[:LONGEST_KEY]: value[:LONGEST_VALUE] for name, value in _flat(plan, "")}


def tags_of(entry: ExperimentEntry) -> dict[str, str]:
    """What a run is found by: revision, data, splits, features, place."""
    tags = {
        "gradewise.command": entry.command,
        "gradewise.command_line": entry.command_line,
        "gradewise.output": str(Path(entry.output).absolute()),
        "gradewise.git_sha": entry.git_sha,
        "gradewise.data_sha256": entry.dataset.sha256,
        "gradewise.split": entry.splits.id,
        "gradewise.features": entry.features.fingerprint,
        "gradewise.failure": entry.failure_reason,
        "mlflow.note.content": "\n".join(entry.notes),
    }
    return {name: str(value)[:LONGEST_VALUE] for name, value in tags.items() if value}


def _flat(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)


def _batches(params: Mapping[str, str]) -> Iterator[list[tuple[str, str]]]:
    pairs = list(params.items())
    return (pairs[start : start + MOST_AT_ONCE] for start in range(0, len(pairs), MOST_AT_ONCE))


def _milliseconds(timestamp: str) -> int:
    return round(1000 * datetime.fromisoformat(timestamp).timestamp())


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep what MLflow, its database layer and its migrations say to themselves."""
    loggers = [logging.getLogger(name) for name in ("mlflow", "alembic")]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
