"""Made-up models, acts, gate reports and runs, for tests of what keeps them."""

import hashlib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from gradewise.experiments import ExperimentEntry
from gradewise.registry.acts import Act, Actor, NameState
from gradewise.registry.records import GateRecord, NewModel
from gradewise.registry.stages import Stage

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""When things happen, unless a test says otherwise."""

Decide = Callable[[NameState], Act | None]
"""What a registry asks when something is to be done."""


def made_up_id(number: int) -> str:
    """The UUID of a number."""
    return str(uuid.UUID(int=number))


def new_model(number: int, *, name: str = "essays") -> NewModel:
    """A model as it is registered: its version, content and figures follow from a number."""
    return NewModel(
        id=made_up_id(number),
        model_name=name,
        version=(NOON + timedelta(seconds=number)).strftime("%Y%m%d_%H%M%S"),
        content_id=hashlib.sha256(f"{number}".encode()).hexdigest(),
        model_path=f"models/.registry/store/{number}",
        metrics={"qwk": {"estimate": 0.7, "low": 0.6, "high": 0.8}},
        hyperparameters={"trees": number, "rate": 0.05},
        feature_names=("words", "fel per 100 ord"),
        metadata={"data": {"sha256": "0" * 64}, "licence": None, "copies": ["s3://åäö"]},
    )


def actor(*, at: datetime = NOON, act_id: str | None = None) -> Actor:
    """Somebody who acts."""
    return Actor(
        id=act_id or str(uuid.uuid4()), by="anna@school", at=at, reason="because", correlation_id="c"
    )


def registering(model: NewModel, *, at: datetime = NOON, act_id: str | None = None) -> Decide:
    """Register a model."""
    act = Act(
        actor=actor(at=at, act_id=act_id),
        kind="register",
        model_id=model.id,
        from_stage=None,
        to_stage="dev",
        new=model,
    )
    return lambda _state: act


def moving(
    model_id: str,
    to: Stage,
    *,
    at: datetime = NOON,
    act_id: str | None = None,
    gate_report_id: str | None = None,
    replaces: bool = True,
) -> Decide:
    """Bring a model to a stage from wherever it is; what is in production makes room, unless told not to."""

    def _decide(state: NameState) -> Act:
        model = next(model for model in state.models if model.id == model_id)
        room = state.production if to == "production" and replaces else None
        return Act(
            actor=actor(at=at, act_id=act_id),
            kind="promote",
            model_id=model_id,
            from_stage=model.stage,
            to_stage=to,
            replaced_id=None if room is None else room.id,
            gate_report_id=gate_report_id,
        )

    return _decide


def gate_record(number: int, model: NewModel, *, at: datetime = NOON) -> GateRecord:
    """What gates said of a model."""
    return GateRecord(
        id=made_up_id(number),
        content_id=model.content_id,
        model_name=model.model_name,
        version=model.version,
        against=None,
        made_at=at,
        passed=number % 2 == 0,
        rules_digest="1" * 64,
        data_sha256="2" * 64,
        report={"verdicts": [{"rule": "qwk at least 0.7", "passed": True}], "advice": "prövad"},
    )


def run_entry(number: int, **changes: object) -> ExperimentEntry:
    """A run that ended well, an hour after the one before."""
    began = NOON + timedelta(hours=number)
    told: dict[str, object] = {
        "timestamp": (began + timedelta(minutes=5)).isoformat(),
        "run_name": f"run-{number}",
        "experiment": "essays",
        "command": "train",
        "command_line": "gradewise train essays.csv",
        "state": "completed",
        "run_id": f"run-{number}",
        "started_at": began.isoformat(),
        "elapsed_seconds": 300.0,
        "metrics": {"qwk": 0.5 + number / 1000, "mae": 0.4, "accuracy": None},
    }
    return ExperimentEntry(**{**told, **changes})  # type: ignore[arg-type]
