"""Register a model: its bundle goes into every store, then the database learns of it."""

import uuid
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from gradewise.errors import BundleError
from gradewise.models.bundles.archives import read_bundle
from gradewise.models.bundles.bundle import bundle_from_files
from gradewise.models.bundles.verified import Bundle
from gradewise.registry.acts import Actor
from gradewise.registry.decisions import decide_registration, find_model, find_registered
from gradewise.registry.records import ModelRecord, NewModel
from gradewise.telemetry import Listener, silent, stage
from gradewise.work_events import StepTaken
from gradewise.workflows.registry.acting import new_actor
from gradewise.workflows.registry.aside import aside
from gradewise.workflows.registry.description import RunFacts, describe_model, find_run, read_run_facts
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.telling import told
from gradewise.workflows.registry.turns import registering


@told("register")
async def register(
    services: RegistryServices,
    bundle: Path,
    *,
    run: Path | None = None,
    reason: str = "",
    listener: Listener = silent,
) -> ModelRecord:
    """Make a trained model known: verified, copied to every store, written down.

    Killed at any moment it leaves copies that nobody names, or the registered model. Done again, copies are
    gone on with; a bundle that is registered already stays as it is.

    Args:
        services: registry, stores, and who acts.
        bundle: a directory, or an archive.
        run: the run that made it; found by itself where the bundle lies in a run directory.
        reason: why, for the audit trail.
        listener: hears of stores and steps.

    Returns:
        The registered model, in stage ``dev``.

    Raises:
        BundleError: the bundle is damaged, or does not grade as it did when it was made.
        RegistryError: its version belongs to another bundle, or its bundle was deleted on purpose.
        UnavailableError: database, store or disk do not answer or are full; nothing was registered.
    """
    files = await aside(read_bundle, bundle)
    loaded = await aside(_build, files, bundle)
    facts = await aside(read_run_facts, run or find_run(bundle))
    new = _new_model(services, files, loaded, facts)
    find_registered(await services.registry.state(new.model_name), new)
    async with registering(services):
        await _store(services, files, listener)
        model = await _record(services, new, new_actor(services, reason))
    listener(StepTaken("register", "recorded", model.label))
    return model


def _new_model(
    services: RegistryServices, files: Mapping[str, bytes], bundle: Bundle, facts: RunFacts | None
) -> NewModel:
    places = tuple(store.place(bundle.digest) for store in services.stores)
    return describe_model(bundle, files, places=places, run=facts, model_id=str(uuid.uuid4()))


async def _store(services: RegistryServices, files: Mapping[str, bytes], listener: Listener) -> None:
    with stage(listener, "copying the bundle", total=len(services.stores), unit="stores") as advance:
        for done, store in enumerate(services.stores, start=1):
            await aside(store.put, files)
            listener(StepTaken("register", "stored", store.location))
            advance(done)


async def _record(services: RegistryServices, new: NewModel, actor: Actor) -> ModelRecord:
    """The row as it was written, now or when the very bundle was registered before."""
    await services.registry.act(new.model_name, partial(decide_registration, actor=actor, new=new))
    state = await services.registry.state(new.model_name)
    return find_registered(state, new) or find_model(state, new.id)


def _build(files: Mapping[str, bytes], bundle: Path) -> Bundle:
    try:
        return bundle_from_files(files)
    except BundleError as error:
        raise BundleError(f"bundle {bundle}: {error}") from error
