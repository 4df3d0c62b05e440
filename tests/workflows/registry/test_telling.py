"""What logs and metrics hear of acts and of gates."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gradewise.errors import GateError
from gradewise.registry.records import GateRecord, ModelRecord
from gradewise.telemetry import Event, Listener, silent
from gradewise.work_events import ActEnded, GatesJudged
from gradewise.workflows.registry.telling import judgement, told

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MODEL = ModelRecord(
    id="1", model_name="essays", version="20260102_030405", content_id="0f", created_at=NOW, stage="dev",
    model_path="models", serial=1, metrics={}, hyperparameters={}, feature_names=(), metadata={},
)  # fmt: skip
RECORD = GateRecord(
    id="1", content_id="0f", model_name="essays", version="1", against=None, made_at=NOW, passed=False,
    rules_digest="0f", data_sha256="0f", report={},
)  # fmt: skip


@told("promote")
async def act(
    services: str, subject: object = None, *, fails: bool = False, listener: Listener = silent
) -> str:
    """A use case."""
    if fails:
        raise GateError("short of qwk")
    return f"{services} done"


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (MODEL, "essays 20260102_030405"),
        (Path("output/run/artifacts/bundle"), "bundle"),
        ("essays", "essays"),
        (None, ""),
    ],
    ids=["model", "bundle", "name", "none"],
)
def test_an_act_is_told_with_what_it_was_about(subject: object, said: str) -> None:
    """Its result is that of the use case."""
    heard: list[Event] = []
    assert "it is done" == asyncio.run(act("it is", subject, listener=heard.append))
    (event,) = heard
    assert isinstance(event, ActEnded)
    assert ("promote", said, "done", None) == (event.act, event.subject, event.outcome, event.reason)


def test_an_act_that_is_refused_is_told_with_the_reason() -> None:
    """And refused as ever, whoever listens."""
    heard: list[Event] = []
    with pytest.raises(GateError):
        asyncio.run(act("it is", fails=True, listener=heard.append))
    with pytest.raises(GateError):
        asyncio.run(act("it is", fails=True))
    (event,) = heard
    assert isinstance(event, ActEnded)
    assert ("not passed", "short of qwk") == (event.outcome, event.reason)


def test_what_cannot_hear_is_refused() -> None:
    """By its name."""
    broken: Any = "loud"
    with pytest.raises(TypeError, match="'loud' hears nothing"):
        asyncio.run(act("it is", listener=broken))


def test_gates_are_told_with_what_a_model_falls_short_in() -> None:
    """Each metric once; nothing where the model may go on, whatever a rule that does not count says."""
    rules = [
        {"metric": metric, "verdict": verdict}
        for metric, verdict in (("qwk", "failed"), ("qwk", "not shown"), ("mae", "passed"))
    ]
    record = replace(RECORD, report={"preset": "seeds", "rules": rules})
    assert GatesJudged("essays 1", "seeds", passed=False, short=("qwk",)) == judgement(record)
    assert GatesJudged("essays 1", "seeds", passed=True) == judgement(replace(record, passed=True))
    assert GatesJudged("essays 1", "plan", passed=False) == judgement(RECORD)
