"""Rows of what batches came to as records, and records as rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from gradewise.judgement.batches import BatchResult, EssayResult, OutboxEvent

_FIGURES = tuple(EssayResult.__dataclass_fields__)
_DISTRIBUTIONS = ("bt_probabilities", "ml_probabilities", "probabilities")
_HEAD = tuple(name for name in BatchResult.__dataclass_fields__ if name != "essays")


def head_row(result: BatchResult) -> dict[str, Any]:
    """What holds for all of a batch."""
    return {name: getattr(result, name) for name in _HEAD}


def essay_rows(result: BatchResult) -> list[dict[str, Any]]:
    """One row an essay, in their order, with the model's digest in each."""
    return [
        {
            **{name: getattr(essay, name) for name in _FIGURES},
            **{name: dict(getattr(essay, name)) for name in _DISTRIBUTIONS},
            "batch_id": result.batch_id,
            "position": position,
            "model_digest": result.model_digest,
        }
        for position, essay in enumerate(result.essays)
    ]


def result_of(head: Row[Any], rows: Sequence[Row[Any]]) -> BatchResult:
    """What a batch came to."""
    essays = tuple(EssayResult(**{name: row._mapping[name] for name in _FIGURES}) for row in rows)  # noqa: SLF001 - the public name of it
    return BatchResult(**{name: head._mapping[name] for name in _HEAD}, essays=essays)  # noqa: SLF001 - the same


def event_row(event: OutboxEvent) -> dict[str, Any]:
    """An event that waits."""
    return {
        "id": event.id,
        "topic": event.topic,
        "key": event.key,
        "payload": dict(event.payload),
        "made_at": event.made_at,
    }


def event_of(row: Row[Any]) -> OutboxEvent:
    """An event as it was made."""
    return OutboxEvent(id=row.id, topic=row.topic, key=row.key, payload=row.payload, made_at=row.made_at)
