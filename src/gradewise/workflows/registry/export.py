"""The whole registry as a table, for a spreadsheet or a program."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gradewise.essays.spreadsheet_cells import shielded
from gradewise.experiments import ExperimentEntry, entry_to_json
from gradewise.registry.differences import flat_facts
from gradewise.registry.known_figures import figures_of
from gradewise.registry.record_json import record_to_json, to_json_value
from gradewise.registry.records import ModelRecord

Row = Mapping[str, Any]

SCHEMA_VERSION = 1
"""Of everything that is said as JSON."""

_RUN_KEYS = (
    "run_id", "run_name", "experiment", "command", "state", "stage", "failure_reason", "started_at",
    "timestamp", "elapsed_seconds", "output", "git_sha", "correlation_id", "command_line",
)  # fmt: skip
SHORT_LIST = 8
"""Entries of a list that are all shown."""


def model_row(model: ModelRecord) -> dict[str, Any]:
    """A model as one line of a table: figures with their bounds, hyperparameters, what else is plain."""
    record = record_to_json(model)
    plain = {key: value for key, value in record.items() if not isinstance(value, dict | list)}
    figures = {
        f"{name}{suffix}": bound
        for name, figure in figures_of(model.metrics).items()
        for suffix, bound in (("", figure.estimate), ("_low", figure.low), ("_high", figure.high))
    }
    return {
        **plain,
        "n_features": len(model.feature_names),
        **_under("metrics", figures),
        **_under("hyperparameters", flat_facts(model.hyperparameters)),
        **_under("metadata", flat_facts(model.metadata)),
    }


def run_row(entry: ExperimentEntry) -> dict[str, Any]:
    """A run as one line of a table."""
    record = entry_to_json(entry)
    return {
        **{key: record[key] for key in _RUN_KEYS},
        **_under("metrics", entry.metrics),
        **_under("dataset", flat_facts(record["dataset"])),
        **_under("splits", flat_facts(record["splits"])),
        **_under("features", flat_facts(record["features"])),
    }


def to_csv(rows: Iterable[Row]) -> str:
    r"""Rows with a head of every column; no cell of text is a formula to a spreadsheet.

    Text that begins like a formula gets an apostrophe before it, which spreadsheets do not show; numbers
    stay as they are.

    Source: OWASP, CSV injection.

    >>> to_csv([{"name": "=1+1", "qwk": -0.5}])
    "name,qwk\r\n'=1+1,-0.5\r\n"
    """
    every = list(rows)
    columns = tuple(dict.fromkeys(column for row in every for column in row))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_cell(column) for column in columns)
    writer.writerows([_cell(to_json_value(row.get(column))) for column in columns] for row in every)
    return text.getvalue()


def models_to_json(models: Sequence[ModelRecord]) -> str:
    """Models with every field."""
    return answer_json(models=[record_to_json(model) for model in models])


def runs_to_json(entries: Sequence[ExperimentEntry]) -> str:
    """Runs with every field."""
    return answer_json(runs=[entry_to_json(entry) for entry in entries])


def answer_json(**content: Any) -> str:
    """What a command answers to a program: an object that says of which schema it is.

    >>> print(answer_json(models=[]))
    {
      "schema_version": 1,
      "models": []
    }
    """
    return as_json({"schema_version": SCHEMA_VERSION, **content})


def as_json(value: Any) -> str:
    """A value as JSON that a person can read; what is not finite is ``null``."""
    return json.dumps(to_json_value(value), indent=2, ensure_ascii=False, allow_nan=False)


def plain_fact(value: Any) -> Any:
    """A fact as one cell: a short list by its parts, of a long one only how long it is."""
    if not isinstance(value, list | tuple):
        return value
    return ", ".join(map(str, value)) if len(value) <= SHORT_LIST else f"{len(value):,} entries"


def _under(prefix: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{prefix}.{key}": plain_fact(value) for key, value in facts.items()}


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return shielded(value)
    return "" if value is None or value == {} else value
