"""What may be done about a model, decided from the state of its name; each yields an act, or refuses."""

from datetime import datetime

from gradewise.errors import RegistryError
from gradewise.registry.acts import Act, Actor, NameState
from gradewise.registry.records import GateRecord, ModelRecord, NewModel
from gradewise.registry.retention import Retention, prunable
from gradewise.registry.stages import Stage, require_legal
from gradewise.registry.trail import former_productions, was_in_production


class OvertakenError(RegistryError):
    """Another model came into production, or left it, since it was looked at; nothing was changed."""


def find_registered(state: NameState, new: NewModel) -> ModelRecord | None:
    """The model that has the very bundle; ``None`` where it is new.

    Raises:
        RegistryError: its bundle was deleted on purpose, or its version belongs to another bundle.
    """
    same = next((model for model in state.models if model.content_id == new.content_id), None)
    if same is not None and same.pruned_at is not None:
        raise RegistryError(
            f"{same.label} was registered before and its bundle was deleted on {same.pruned_at:%Y-%m-%d}; "
            "train again to get another version"
        )
    if same is None and any(model.version == new.version for model in state.models):
        raise RegistryError(
            f"{new.model_name} {new.version} is registered already with another bundle: two models were "
            "trained in one second, or a clock was set back; train again to get another version"
        )
    return same


def decide_registration(state: NameState, actor: Actor, new: NewModel) -> Act | None:
    """Register a model; nothing is to be done about one that is registered.

    Raises:
        RegistryError: as `find_registered`.
    """
    if find_registered(state, new) is not None:
        return None
    return Act(actor=actor, kind="register", model_id=new.id, from_stage=None, to_stage="dev", new=new)


def decide_promotion(
    state: NameState,
    actor: Actor,
    model_id: str,
    *,
    to: Stage,
    report: GateRecord,
    override: str | None = None,
) -> Act | None:
    """Bring a model to a stage, the one in production making room; nothing is to be done when it is there.

    Args:
        state: of its name.
        actor: who.
        model_id: which model.
        to: ``staging`` or ``production``.
        report: what gates said of it.
        override: why gates that are not passed do not count.

    Raises:
        OvertakenError: the report is not about the production model of now.
        RegistryError: the step is not legal, the model has no bundle, or gates are not passed.
    """
    model = check_promotion(state, model_id, to=to)
    if model.stage == to:
        return None
    _require_judged(model, report, against=state.production)
    if not report.passed and override is None:
        raise RegistryError(
            f"{model.label} does not pass its gates and no reason to override them is given; give one with "
            "--override, or promote another model"
        )
    return Act(
        actor=actor,
        kind="promote",
        model_id=model.id,
        from_stage=model.stage,
        to_stage=to,
        replaced_id=_makes_room(state.production, to),
        override=None if report.passed else override,
        gate_report_id=report.id,
    )


def _require_judged(model: ModelRecord, report: GateRecord, *, against: ModelRecord | None) -> None:
    """Refuse a report on another model, or one that held this model against another than `against`."""
    if report.content_id != model.content_id:
        raise RegistryError(f"the gate report {report.id} is not about {model.label}; judge it again")
    if report.against != (against.content_id if against else None):
        raise OvertakenError(
            f"{_called(against)} is in production now, against which {model.label} was not judged; "
            "promote it again"
        )


def check_promotion(state: NameState, model_id: str, *, to: Stage) -> ModelRecord:
    """The model as it is, which may be promoted so or has been.

    Raises:
        RegistryError: the step is not legal, or the model has no bundle.
    """
    model = find_model(state, model_id)
    if model.stage != to:
        require_bundle(model)
        require_legal("promote", model.stage, to, model=model.label)
    return model


def rollback_target(state: NameState, to_id: str | None = None) -> ModelRecord:
    """Where a rollback goes: to the model that was in production before, or to one that is named.

    Raises:
        RegistryError: there is none, it never was in production, or its bundle was deleted.
    """
    if to_id is None:
        return _nearest_former(state)
    model = find_model(state, to_id)
    if model.stage == "production":
        return model
    if not was_in_production(state, model.id):
        raise RegistryError(
            f"{model.label} never was in production, so nothing can be rolled back to it; "
            f"promote it: gradewise registry promote {model.model_name}:{model.version} --stage production"
        )
    require_bundle(model)
    return model


def decide_rollback(state: NameState, actor: Actor, target_id: str, *, instead_of: str | None) -> Act | None:
    """Bring a model back to production; nothing is to be done when it is there.

    Args:
        state: of the name.
        actor: who.
        target_id: what `rollback_target` said.
        instead_of: id of the model that was in production when it said so; ``None`` without one.

    Raises:
        OvertakenError: another model is in production by now. Two who roll back at once want one step.
        RegistryError: as `rollback_target`.
    """
    target, production = rollback_target(state, target_id), state.production
    if target == production:
        return None
    if instead_of != (production.id if production else None):
        raise OvertakenError(
            f"{_called(production)} has come into production meanwhile; nothing was rolled back, look again"
        )
    require_legal("rollback", target.stage, "production", model=target.label)
    return Act(
        actor=actor,
        kind="rollback",
        model_id=target.id,
        from_stage=target.stage,
        to_stage="production",
        replaced_id=_makes_room(production, "production"),
    )


def decide_archiving(state: NameState, actor: Actor, model_id: str) -> Act | None:
    """Put a model away, one in production too; nothing is to be done when it is."""
    model = find_model(state, model_id)
    if model.stage == "archived":
        return None
    return Act(actor=actor, kind="archive", model_id=model.id, from_stage=model.stage, to_stage="archived")


def decide_pruning(
    state: NameState, actor: Actor, model_id: str, *, retention: Retention, now: datetime
) -> Act | None:
    """Give up a model's bundle; nothing is to be done when it is to be kept by now, or has none."""
    model = find_model(state, model_id)
    if model not in prunable(state, retention, now=now):
        return None
    return Act(
        actor=actor,
        kind="prune",
        model_id=model.id,
        from_stage=model.stage,
        to_stage="archived",
        pruned=True,
    )


def find_model(state: NameState, model_id: str) -> ModelRecord:
    """The model of that id.

    Raises:
        RegistryError: the name has none.
    """
    found = next((model for model in state.models if model.id == model_id), None)
    if found is None:
        raise RegistryError(f"{state.name} has no model {model_id}; see: gradewise registry list")
    return found


def require_bundle(model: ModelRecord) -> str:
    """The content id of a model's bundle.

    Raises:
        RegistryError: it was deleted, or there never was one.
    """
    if model.pruned_at is not None:
        raise RegistryError(
            f"the bundle of {model.label} was deleted on {model.pruned_at:%Y-%m-%d}; choose another, see: "
            "gradewise registry list"
        )
    if model.content_id is None:
        raise RegistryError(
            f"{model.label} was written down before gradewise and has no bundle; train and register one"
        )
    return model.content_id


def _nearest_former(state: NameState) -> ModelRecord:
    former = former_productions(state)
    if not former:
        now = state.production
        before = "" if now is None else f" before {now.label}"
        raise RegistryError(
            f"no model of the name {state.name!r} that still has its bundle was in production{before}; "
            "promote one instead, see: gradewise registry list"
        )
    return former[0]


def _makes_room(production: ModelRecord | None, to: Stage) -> str | None:
    return production.id if production is not None and to == "production" else None


def _called(production: ModelRecord | None) -> str:
    return "nothing" if production is None else production.label
