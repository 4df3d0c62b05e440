"""A registry of one name in memory: made-up models, and what an act makes of a state."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from gradewise.registry.acts import Act, Actor, NameState
from gradewise.registry.records import GateRecord, ModelRecord, NewModel, StageChange

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def empty(name: str = "essays") -> NameState:
    """A name under which nothing was done."""
    return NameState(name=name, serial=0, models=(), changes=())


def actor(number: int = 0, *, at: datetime = NOW) -> Actor:
    """Somebody who acts."""
    return Actor(id=f"act-{number}", by="teacher@school", at=at, reason="because")


def new_model(number: int, *, version: str | None = None) -> NewModel:
    """A model with a bundle and a version of its own."""
    return NewModel(
        id=f"model-{number}",
        model_name="essays",
        version=version or f"20260131_{number:06d}",
        content_id=hashlib.sha256(str(number).encode()).hexdigest(),
        model_path=f"store/{number}",
    )


def judged(model: ModelRecord, state: NameState, *, passed: bool = True) -> GateRecord:
    """What gates say of a model, held against the production model of now."""
    production = state.production
    return GateRecord(
        id=f"report-{model.id}",
        content_id=model.content_id or "",
        model_name=model.model_name,
        version=model.version,
        against=production.content_id if production else None,
        made_at=NOW,
        passed=passed,
        rules_digest="1" * 64,
        data_sha256="2" * 64,
        report={},
    )


def applied(state: NameState, act: Act | None) -> NameState:
    """The state after an act, as a database writes it."""
    if act is None:
        return state
    serial = state.serial + 1
    models = tuple(_changed(model, act) for model in state.models)
    if act.new is not None:
        models = (_registered(act.new, act.actor, serial), *models)
    version = next(model.version for model in models if model.id == act.model_id)
    return NameState(
        name=state.name, serial=serial, models=models, changes=(_line(act, serial, version), *state.changes)
    )


def _changed(model: ModelRecord, act: Act) -> ModelRecord:
    if model.id == act.replaced_id:
        return replace(model, stage="archived")
    if model.id == act.model_id:
        return replace(model, stage=act.to_stage, pruned_at=act.actor.at if act.pruned else None)
    return model


def _registered(new: NewModel, by: Actor, serial: int) -> ModelRecord:
    return ModelRecord(
        id=new.id,
        model_name=new.model_name,
        version=new.version,
        content_id=new.content_id,
        created_at=by.at,
        stage="dev",
        model_path=new.model_path,
        serial=serial,
        metrics=new.metrics,
        hyperparameters=new.hyperparameters,
        feature_names=new.feature_names,
        metadata=new.metadata,
    )


def _line(act: Act, serial: int, version: str) -> StageChange:
    return StageChange(
        id=act.actor.id,
        serial=serial,
        act=act.kind,
        model_id=act.model_id,
        model_name="essays",
        version=version,
        from_stage=act.from_stage,
        to_stage=act.to_stage,
        replaced_id=act.replaced_id,
        changed_at=act.actor.at,
        changed_by=act.actor.by,
        reason=act.actor.reason,
        override=act.override,
        gate_report_id=act.gate_report_id,
        correlation_id=act.actor.correlation_id,
    )
