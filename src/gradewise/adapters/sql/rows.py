"""Rows of tables as records, and records as rows."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from gradewise.errors import RegistryError
from gradewise.experiments import ExperimentEntry, entry_from_json, entry_to_json
from gradewise.registry.acts import Act
from gradewise.registry.records import GateRecord, ModelRecord, NewModel, StageChange

NO_RUN_ID = uuid.UUID("67726164-6577-6973-652d-72756e730000")
"""Under this, runs of entries without an id get one of what they say: "gradewise-runs"."""


def model_of(row: Row[Any]) -> ModelRecord:
    """A row of `ml_models`; what programs before gradewise left empty is empty."""
    return ModelRecord(
        id=row.id,
        model_name=row.model_name,
        version=row.version,
        content_id=row.content_id,
        created_at=row.created_at,
        stage=row.stage,
        model_path=row.model_path,
        serial=row.serial,
        metrics=row.metrics or {},
        hyperparameters=row.hyperparameters or {},
        feature_names=tuple(row.feature_names or ()),
        metadata=row._mapping["metadata"] or {},  # noqa: SLF001 - the public name of it
        pruned_at=row.pruned_at,
    )


def model_row(new: NewModel, act: Act, serial: int) -> dict[str, Any]:
    """A model that is registered."""
    return {
        "id": new.id,
        "model_name": new.model_name,
        "version": new.version,
        "created_at": act.actor.at,
        "stage": act.to_stage,
        "model_path": new.model_path,
        "metrics": dict(new.metrics),
        "hyperparameters": dict(new.hyperparameters),
        "feature_names": list(new.feature_names),
        "metadata": dict(new.metadata),
        "content_id": new.content_id,
        "serial": serial,
    }


def change_of(row: Row[Any]) -> StageChange:
    """A row of `stage_changes`."""
    return StageChange(**{name: row._mapping[name] for name in StageChange.__dataclass_fields__})  # noqa: SLF001 - the public name of it


def change_row(act: Act, name: str, version: str, serial: int) -> dict[str, Any]:
    """The line of the audit trail that an act leaves."""
    return {
        "id": act.actor.id,
        "model_name": name,
        "serial": serial,
        "act": act.kind,
        "model_id": act.model_id,
        "version": version,
        "from_stage": act.from_stage,
        "to_stage": act.to_stage,
        "replaced_id": act.replaced_id,
        "changed_at": act.actor.at,
        "changed_by": act.actor.by,
        "reason": act.actor.reason,
        "override": act.override,
        "gate_report_id": act.gate_report_id,
        "correlation_id": act.actor.correlation_id,
    }


def gate_record_of(row: Row[Any]) -> GateRecord:
    """A row of `gate_reports`."""
    return GateRecord(**{name: row._mapping[name] for name in GateRecord.__dataclass_fields__})  # noqa: SLF001 - the public name of it


def gate_row(record: GateRecord) -> dict[str, Any]:
    """What gates said."""
    row = {name: getattr(record, name) for name in GateRecord.__dataclass_fields__}
    return {**row, "report": dict(record.report)}


def run_row(entry: ExperimentEntry) -> dict[str, Any]:
    """A run: what is asked about as columns, all of it as JSON."""
    told_at = moment(entry.timestamp)
    metric = next(((name, value) for name, value in entry.metrics.items() if value is not None), (None, None))
    started_at = moment(entry.started_at) if entry.started_at else told_at
    known_by = "\n".join((entry.experiment, entry.command, entry.run_name, entry.output, str(started_at)))
    return {
        "run_id": entry.run_id or str(uuid.uuid5(NO_RUN_ID, known_by)),
        "experiment": entry.experiment,
        "command": entry.command,
        "run_name": entry.run_name,
        "state": entry.state,
        "stage": entry.stage,
        "failure_reason": entry.failure_reason,
        "correlation_id": entry.correlation_id,
        "started_at": started_at,
        "told_at": told_at,
        "elapsed_seconds": entry.elapsed_seconds,
        "metric_name": metric[0],
        "metric_value": metric[1],
        "entry": entry_to_json(entry),
    }


def run_of(entry: Mapping[str, Any], run_id: str) -> ExperimentEntry:
    """A run as it was told.

    Raises:
        RegistryError: another version of gradewise told it.
    """
    try:
        return entry_from_json(entry)
    except ValueError as error:
        raise RegistryError(
            f"run {run_id} was recorded by another version of gradewise ({error}); update gradewise"
        ) from error


def moment(text: str) -> datetime:
    """A time as entries write it.

    Raises:
        RegistryError: it is none.
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise RegistryError(
            f"{text!r} is no time of a run; write it as in 2026-01-31T12:00:00+00:00"
        ) from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def require_id(text: str | None, what: str) -> None:
    """Refuse an id that would not come back as it was given.

    Raises:
        RegistryError: it is no UUID in its usual form.
    """
    if text is None:
        return
    try:
        usual = str(uuid.UUID(text))
    except ValueError:
        usual = ""
    if usual != text:
        raise RegistryError(f"{what} is {text!r}; give a UUID in its usual form, such as {uuid.UUID(int=1)}")
