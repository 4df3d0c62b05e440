"""Repair: whatever was killed midway is as it was before, or as it was to be; the database says which."""

import platform
from collections.abc import Sequence

from gradewise.errors import BundleError, GradewiseError, UnavailableError
from gradewise.protocols.registry import ArtifactStore
from gradewise.registry.acts import NameState
from gradewise.registry.records import ModelRecord
from gradewise.telemetry import Listener, silent, stage
from gradewise.workflows.registry.aside import aside
from gradewise.workflows.registry.copies import deploy_directory, fetch_files
from gradewise.workflows.registry.following import Repaired, follow, hold_copy
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.runs.reconcile import reconcile_runs

__all__ = ["Repaired", "repair"]


async def repair(services: RegistryServices, *, listener: Listener = silent) -> tuple[Repaired, ...]:
    """Make links, deployed copies and stores what the database says, and say what was done.

    Links lead to the models in staging and production, whose copies are there and unharmed, as are those of
    models put away that lie beside them; every store has
    every bundle, unharmed, for which each is read; bundles that were given up are deleted, as is what killed
    writes left behind; runs of this machine that were killed count as failed. One name or store that fails
    does not keep others from being repaired. Done again, it finds nothing to do.

    Args:
        services: registry and stores.
        listener: hears how far it is.

    Raises:
        UnavailableError: the database does not answer.
        RegistryError: its tables are of another version.
    """
    done: list[Repaired] = []
    names = await services.registry.names()
    with stage(listener, "repairing names", total=len(names), unit="names") as advance:
        for count, name in enumerate(names, start=1):
            done += await _repair_name(services, name)
            advance(count)
    models = await services.registry.models()
    for store in services.stores:
        done += await _repair_store(services, store, models)
    return (*done, *await _reconcile(services))


async def _reconcile(services: RegistryServices) -> Sequence[Repaired]:
    ended = await reconcile_runs(services.registry, host=platform.node(), now=services.clock())
    return [
        Repaired(model_name="", what=f"run {run.run_name} of {run.experiment} has {run.state}")
        for run in ended
    ]


async def _repair_name(services: RegistryServices, name: str) -> Sequence[Repaired]:
    state = await services.registry.state(name)
    try:
        return [
            *await _mend_copies(services, state),
            *await follow(services, name),
            *await _clear(services, state),
        ]
    except GradewiseError as error:
        return [Repaired(model_name=name, what=str(error), mended=False)]


async def _mend_copies(services: RegistryServices, state: NameState) -> Sequence[Repaired]:
    """Put back what is deployed and was harmed, or is missing; of models put away, what lies there harmed."""
    done = []
    for model in await _to_hold(services, state):
        try:
            written = await hold_copy(services, model)
        except GradewiseError as error:
            done.append(Repaired(model_name=state.name, what=str(error), mended=False))
        else:
            if written:
                done.append(Repaired(model_name=state.name, what=f"the copy of {model.version} was fetched"))
    return done


async def _to_hold(services: RegistryServices, state: NameState) -> Sequence[ModelRecord]:
    """Models whose copy belongs where models are deployed, or lies there, so that a rollback may need it."""
    deploy = deploy_directory(services, state.name)
    lying = set(await aside(deploy.versions)) if await aside(deploy.path.is_dir) else set()
    linked = {model.version for model in (state.production, state.staged) if model is not None}
    return [model for model in state.models if model.has_bundle and model.version in linked | lying]


async def _clear(services: RegistryServices, state: NameState) -> Sequence[Repaired]:
    """Delete deployed copies of models that were given up, and what killed writes left."""
    deploy, done = deploy_directory(services, state.name), []
    if not await aside(deploy.path.is_dir):
        return []
    async with deploy.lock():
        pruned = {model.version for model in state.models if model.pruned_at is not None}
        for version in sorted(pruned & set(await aside(deploy.versions))):
            await aside(deploy.drop, version)
            done.append(Repaired(model_name=state.name, what=f"the copy of {version} was deleted"))
        await aside(deploy.sweep)
    return done


async def _repair_store(
    services: RegistryServices, store: ArtifactStore, models: Sequence[ModelRecord]
) -> Sequence[Repaired]:
    try:
        held = await aside(store.content_ids)
        return [
            *await _delete_given_up(store, models, held),
            *await _put_back(services, store, models),
        ]
    except UnavailableError as error:
        return [Repaired(model_name="", what=str(error), mended=False)]


async def _delete_given_up(
    store: ArtifactStore, models: Sequence[ModelRecord], held: frozenset[str]
) -> Sequence[Repaired]:
    given_up = [model for model in models if model.pruned_at is not None and model.content_id in held]
    for model in given_up:
        await aside(store.remove, str(model.content_id))
    return [
        Repaired(model_name=model.model_name, what=f"{model.version} was deleted from {store.location}")
        for model in given_up
    ]


async def _put_back(
    services: RegistryServices, store: ArtifactStore, models: Sequence[ModelRecord]
) -> Sequence[Repaired]:
    """Give a store what it lacks, or has harmed, from wherever it is whole."""
    done = []
    for model in models:
        if not model.has_bundle or await aside(_has_whole, store, model):
            continue
        try:
            await aside(store.put, await fetch_files(services, model, besides=store))
        except (BundleError, UnavailableError) as error:
            done.append(Repaired(model_name=model.model_name, what=str(error), mended=False))
        else:
            what = f"{model.version} was copied to {store.location}"
            done.append(Repaired(model_name=model.model_name, what=what))
    return done


def _has_whole(store: ArtifactStore, model: ModelRecord) -> bool:
    try:
        store.get(str(model.content_id))
    except BundleError:
        return False
    return True
