"""Records of the registry as JSON values."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from gradewise.registry.differences import ModelDifferences
from gradewise.registry.records import GateRecord, ModelRecord, RunSummary, StageChange


def record_to_json(record: ModelRecord | StageChange | GateRecord | RunSummary) -> dict[str, Any]:
    """Every field of a record by its name, in order; times in ISO 8601, UTC."""
    return {field.name: to_json_value(getattr(record, field.name)) for field in fields(record)}


def differences_to_json(found: ModelDifferences) -> dict[str, Any]:
    """Two models side by side; ``change`` is the second less the first."""
    return {
        "first": {"id": found.first.id, "label": found.first.label, "content_id": found.first.content_id},
        "second": {"id": found.second.id, "label": found.second.label, "content_id": found.second.content_id},
        "same_bundle": found.same_bundle,
        "same_essays": found.same_essays,
        "facts": [to_json_value(fact) for fact in found.facts],
        "figures": [
            {**to_json_value(figure), "change": to_json_value(figure.change)} for figure in found.figures
        ],
        "features_gone": list(found.features_gone),
        "features_new": list(found.features_new),
    }


def to_json_value(value: Any) -> Any:
    """A value as JSON has it: what is not finite is ``None``, times are ISO 8601 in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if is_dataclass(value):
        return {field.name: to_json_value(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json_value(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [to_json_value(each) for each in value]
    if isinstance(value, float) and value - value != 0:
        return None
    return value
