"""Prune: bundles that nobody needs are deleted; what is known of their models stays."""

from functools import partial

from gradewise.errors import RegistryError, UnavailableError
from gradewise.registry.decisions import decide_pruning
from gradewise.registry.records import ModelRecord
from gradewise.registry.retention import Retention, prunable
from gradewise.telemetry import Listener, Notice, silent
from gradewise.work_events import StepTaken
from gradewise.workflows.plans.registry import RetentionPlan
from gradewise.workflows.registry.acting import new_actor
from gradewise.workflows.registry.aside import aside
from gradewise.workflows.registry.copies import deploy_directory
from gradewise.workflows.registry.following import settle
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.telling import told
from gradewise.workflows.registry.turns import registering


@told("prune")
async def prune(
    services: RegistryServices,
    retention: RetentionPlan,
    *,
    dry_run: bool = False,
    listener: Listener = silent,
) -> tuple[ModelRecord, ...]:
    """Delete the bundles that a policy gives up: written down first, each with a line of the audit trail.

    A store that does not answer keeps its copy until the next `repair`. Whole bundles that a killed
    registration left in the local store are deleted too.

    Args:
        services: registry, stores, and who acts.
        retention: what is kept.
        dry_run: only say what would go.
        listener: hears of steps, and of what could not be deleted.

    Returns:
        The models whose bundle was, or would be, deleted; as they were before.

    Raises:
        UnavailableError: the database does not answer or is full; what was deleted is written down.
    """
    policy = Retention(newest=retention.newest, days=retention.days, former=retention.former)
    now = services.clock()
    gone: list[ModelRecord] = []
    for name in await services.registry.names():
        if not dry_run:
            await settle(services, name, listener)
        for model in prunable(await services.registry.state(name), policy, now=now):
            if not dry_run and not await _give_up(services, model, policy, listener):
                continue
            gone.append(model)
    if not dry_run:
        await _sweep_unregistered(services, listener)
    return tuple(gone)


async def _give_up(
    services: RegistryServices, model: ModelRecord, policy: Retention, listener: Listener
) -> bool:
    """Write it down, then delete; whether it was still to be given up at that moment."""
    actor = new_actor(services, _words(policy))
    decide = partial(decide_pruning, actor=actor, model_id=model.id, retention=policy, now=actor.at)
    if await services.registry.act(model.model_name, decide) is None:
        return False
    listener(StepTaken("prune", "recorded", model.label))
    await _delete_copies(services, model, listener)
    listener(StepTaken("prune", "deleted", model.label))
    return True


async def _delete_copies(services: RegistryServices, model: ModelRecord, listener: Listener) -> None:
    deploy = deploy_directory(services, model.model_name)
    try:
        if await aside(deploy.path.is_dir):
            async with deploy.lock():
                await aside(deploy.drop, model.version)
    except RegistryError as error:
        listener(Notice(f"{model.label} is still deployed, until the next repair: {error}"))
    for store in services.stores:
        try:
            await aside(store.remove, str(model.content_id))
        except UnavailableError as error:
            listener(Notice(f"{model.label} is still in {store.location}, until the next repair: {error}"))


async def _sweep_unregistered(services: RegistryServices, listener: Listener) -> None:
    """Delete bundles of the local store of which no row tells, and their other copies.

    Nobody of this machine registers meanwhile, so that they are what killed registrations left. Bundles of
    other stores alone may be those of other machines, whose rows are about to be written.
    """
    local, *others = services.stores
    async with registering(services):
        known = {model.content_id for model in await services.registry.models()}
        for content_id in sorted(await aside(local.content_ids) - known):
            try:
                for store in (*others, local):
                    await aside(store.remove, content_id)
            except UnavailableError as error:
                listener(Notice(f"bundle {content_id[:12]} was never registered and is still there: {error}"))
            else:
                listener(Notice(f"bundle {content_id[:12]} was never registered and was deleted"))


def _words(policy: Retention) -> str:
    return (
        f"kept are the newest {policy.newest}, those younger than {policy.days} days and the "
        f"{policy.former} last in production"
    )
