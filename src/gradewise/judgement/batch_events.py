"""Events that tell what a batch came to: a thin one for whoever waits for it, a rich one with every essay."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from gradewise.judgement.batches import BatchResult, EssayResult, OutboxEvent

FINALIZED = "gradewise.batch.finalized"
"""Topic of the thin event: a batch is final. It comes last, when everything about it was told."""
RESULTS = "gradewise.batch.results"
"""Topic of the rich events: what the batch came to for each essay."""
SCHEMA_VERSION = 1
"""Raised when a reader of payloads would have to change."""
AT_ONCE = 200
"""Essays in one event at the most: brokers take messages of a megabyte, and this is a fifth of that."""


def batch_events(result: BatchResult) -> tuple[OutboxEvent, ...]:
    """The events of a batch, in the order in which they are published; the same batch has the same ids."""
    parts = [result.essays[start : start + AT_ONCE] for start in range(0, len(result.essays), AT_ONCE)]
    rich = [
        _event(
            result,
            RESULTS,
            {"part": n + 1, "parts": len(parts), "results": [_essay(each) for each in essays]},
        )
        for n, essays in enumerate(parts)
    ]
    counts = {
        "n_essays": len(result.essays),
        "n_anchors": sum(essay.is_anchor for essay in result.essays),
        "n_disagree": sum(essay.disagrees for essay in result.essays),
        "n_bt_only": sum(essay.scoring_method == "bt_only" for essay in result.essays),
    }
    return (*rich, _event(result, FINALIZED, counts))


def envelope(event: OutboxEvent) -> Mapping[str, Any]:
    """An event as it travels: who hears it twice knows it by its id."""
    return {
        "id": event.id,
        "topic": event.topic,
        "key": event.key,
        "made_at": event.made_at.isoformat(),
        "schema_version": event.payload.get("schema_version", SCHEMA_VERSION),
        "correlation_id": event.payload.get("correlation_id", ""),
        "data": event.payload.get("data", {}),
    }


def _event(result: BatchResult, topic: str, told: Mapping[str, Any]) -> OutboxEvent:
    named = f"{topic}\0{result.batch_id}\0{result.finalized_at.isoformat()}\0{told.get('part', 0)}"
    data = {
        "batch_id": result.batch_id,
        "finalized_at": result.finalized_at.isoformat(),
        "scoring_method": result.scoring_method,
        "scale": result.scale,
        "model": {
            "name": result.model_name, "version": result.model_version, "digest": result.model_digest
        },
        **told,
    }  # fmt: skip
    return OutboxEvent(
        id=hashlib.sha256(named.encode()).hexdigest()[:32],
        topic=topic,
        key=result.batch_id,
        payload={
            "schema_version": SCHEMA_VERSION,
            "correlation_id": result.correlation_id,
            "data": data,
        },
        made_at=result.finalized_at,
    )


def _essay(essay: EssayResult) -> Mapping[str, Any]:
    return asdict(essay)
