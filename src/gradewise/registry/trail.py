"""What the audit trail of one name says: where each model stands, and what was in production before what."""

from collections.abc import Iterable, Mapping

from gradewise.errors import RegistryError
from gradewise.registry.acts import NameState
from gradewise.registry.records import ModelRecord, StageChange
from gradewise.registry.stages import Stage


def stages_by_trail(changes: Iterable[StageChange]) -> Mapping[str, Stage]:
    """Where models stand after everything that was done: stage by model id.

    Args:
        changes: the whole audit trail of a name, in any order.
    """
    stages: dict[str, Stage] = {}
    for change in _oldest_first(changes):
        if change.replaced_id is not None:
            stages[change.replaced_id] = "archived"
        stages[change.model_id] = change.to_stage
    return stages


def former_productions(state: NameState) -> tuple[ModelRecord, ...]:
    """What a rollback may go to, nearest first, each model once.

    A promotion puts a model on a stack, a rollback takes off what lies above its target, and whoever archives
    the model in production takes it off. Models whose bundle was deleted, or that never had one, are passed
    over.
    """
    models = {model.id: model for model in state.models}
    current = state.production
    found = dict.fromkeys(reversed(_stack(state.changes)))
    return tuple(
        model
        for model in (models[each] for each in found if each in models)
        if model != current and model.has_bundle
    )


def was_in_production(state: NameState, model_id: str) -> bool:
    """Whether a model ever was in production."""
    return any(
        change.replaced_id == model_id or (change.model_id == model_id and change.to_stage == "production")
        for change in state.changes
    )


def done_before(state: NameState, model: ModelRecord) -> StageChange:
    """What was done last that brought a model where it stands, another's making room included.

    Raises:
        RegistryError: no line of the audit trail tells of it, as of a row that was there before gradewise.
    """
    found = next((each for each in state.changes if model.id in {each.model_id, each.replaced_id}), None)
    if found is None:
        raise RegistryError(f"{model.label} is there already, from before gradewise; nothing was changed")
    return found


def _stack(changes: Iterable[StageChange]) -> list[str]:
    stack: list[str] = []
    for change in _oldest_first(changes):
        if change.to_stage == "production":
            _come_to_production(stack, change)
        elif change.act == "archive" and change.from_stage == "production" and stack:
            stack.pop()
    return stack


def _come_to_production(stack: list[str], change: StageChange) -> None:
    # A model that was in production before there was an audit trail is known by who replaced it.
    if change.replaced_id is not None and stack[-1:] != [change.replaced_id]:
        stack.append(change.replaced_id)
    if change.act == "rollback" and change.model_id in stack:
        while stack[-1] != change.model_id:
            stack.pop()
    else:
        stack.append(change.model_id)


def _oldest_first(changes: Iterable[StageChange]) -> list[StageChange]:
    return sorted(changes, key=lambda change: change.serial)
