"""Roll back: the model that was in production before is there again, within seconds, without any essay."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from gradewise.errors import UnavailableError
from gradewise.registry.decisions import decide_rollback, rollback_target
from gradewise.registry.records import ModelRecord, StageChange
from gradewise.registry.trail import done_before
from gradewise.telemetry import Listener, silent
from gradewise.work_events import StepTaken
from gradewise.workflows.registry.acting import new_actor
from gradewise.workflows.registry.following import hold_copy, link, settle
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.telling import told


@told("rollback")
async def rollback(
    services: RegistryServices,
    name: str,
    *,
    to: ModelRecord | None = None,
    reason: str = "",
    listener: Listener = silent,
) -> StageChange:
    """Bring back the model that was in production before the one of now, or one that is named.

    Done again it goes further back; naming the model makes it safe to be done again. A bundle is taken from
    where it was deployed, or else from any store that has it.

    Args:
        services: registry, stores, and who acts.
        name: of the models.
        to: a model that was in production once; the one before when left out.
        reason: why, for the audit trail.
        listener: hears of steps.

    Returns:
        The line of the audit trail by which that model is in production.

    Raises:
        RegistryError: there is none before, or production changed at this very moment.
        BundleError: no copy of its bundle is whole.
        UnavailableError: database or disk do not answer or are full, or no store that answers has it.
    """
    actor = new_actor(services, reason)
    await settle(services, name, listener)
    state = await services.registry.state(name)
    target, now = rollback_target(state, to.id if to else None), state.production
    await hold_copy(services, target)
    listener(StepTaken("rollback", "held", target.label))
    decide = partial(decide_rollback, actor=actor, target_id=target.id, instead_of=now.id if now else None)
    with _named(target):
        change = await services.registry.act(name, decide)
    listener(StepTaken("rollback", "recorded", target.label))
    await link(services, name, listener)
    listener(StepTaken("rollback", "linked", target.label))
    return change or done_before(await services.registry.state(name), target)


@contextmanager
def _named(target: ModelRecord) -> Iterator[None]:
    """Say how it is done again: when a database breaks off, nobody knows whether it has written the end."""
    try:
        yield
    except UnavailableError as error:
        again = f"gradewise registry rollback {target.model_name} --to {target.version}"
        raise UnavailableError(f"{error}; to go back no further, name the model: {again}") from error
