"""Put a model away: it is neither tried nor used, and its bundle stays until it is pruned."""

from functools import partial

from gradewise.registry.decisions import decide_archiving
from gradewise.registry.records import ModelRecord, StageChange
from gradewise.registry.trail import done_before
from gradewise.telemetry import Listener, silent
from gradewise.work_events import StepTaken
from gradewise.workflows.registry.acting import new_actor
from gradewise.workflows.registry.following import link, settle
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.telling import told


@told("archive")
async def archive(
    services: RegistryServices, model: ModelRecord, *, reason: str = "", listener: Listener = silent
) -> StageChange:
    """Put a model away; when it was in production, nothing is, and its link goes.

    Args:
        services: registry, stores, and who acts.
        model: which.
        reason: why, for the audit trail.
        listener: hears of steps.

    Returns:
        The line of the audit trail by which it was put away.

    Raises:
        RegistryError: there is no such model.
        UnavailableError: the database does not answer or is full; nothing was changed.
    """
    actor, name = new_actor(services, reason), model.model_name
    await settle(services, name, listener)
    decide = partial(decide_archiving, actor=actor, model_id=model.id)
    change = await services.registry.act(name, decide)
    listener(StepTaken("archive", "recorded", model.label))
    await link(services, name, listener)
    listener(StepTaken("archive", "linked", model.label))
    return change or done_before(await services.registry.state(name), model)
