"""Verify: every copy of every bundle is read and hashed again, and held against what the database says."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from gradewise.errors import BundleError, GradewiseError, UnavailableError
from gradewise.models.bundles.bundle import metadata_of
from gradewise.protocols.registry import ArtifactStore
from gradewise.registry.acts import NameState
from gradewise.registry.records import ModelRecord
from gradewise.registry.trail import stages_by_trail
from gradewise.telemetry import Listener, silent, stage
from gradewise.workflows.registry.aside import aside
from gradewise.workflows.registry.copies import deploy_directory, read_deployed
from gradewise.workflows.registry.deployment import LINKED
from gradewise.workflows.registry.services import RegistryServices


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Something that is not as it was registered."""

    model: str
    """Which model, or which name when it is about none."""
    where: str
    """A store, a directory, a link or the database."""
    what: str
    """What is the matter."""


async def verify(services: RegistryServices, *, listener: Listener = silent) -> tuple[Damage, ...]:
    """Read and hash every bundle in every store and where models are deployed, and compare with the database.

    Nothing is changed; what is missing comes back by `repair`, and so does a harmed copy that is deployed.

    Args:
        services: registry and stores.
        listener: hears how far it is.

    Returns:
        What is damaged, by name; a store that does not answer is told of too, as nothing is known of it.

    Raises:
        UnavailableError: the database does not answer.
        RegistryError: its tables are of another version.
    """
    found: list[Damage] = []
    models = [model for model in await services.registry.models() if model.has_bundle]
    total = len(models) * len(services.stores)
    with stage(listener, "reading bundles", total=total, unit="bundles") as advance:
        for place, store in enumerate(services.stores):
            async for count, damage in _check_store(store, models):
                found += damage
                advance(place * len(models) + count)
    for name in await services.registry.names():
        found += await _check_name(services, name)
    return tuple(found)


async def _check_store(
    store: ArtifactStore, models: Sequence[ModelRecord]
) -> AsyncIterator[tuple[int, Sequence[Damage]]]:
    for count, model in enumerate(models, start=1):
        try:
            yield count, await aside(_check_stored, store, model)
        except UnavailableError as error:
            yield len(models), [Damage(model="", where=store.location, what=f"could not be read: {error}")]
            return


def _check_stored(store: ArtifactStore, model: ModelRecord) -> Sequence[Damage]:
    try:
        told = metadata_of(store.get(str(model.content_id)))
    except BundleError as error:
        return [Damage(model=model.label, where=store.location, what=str(error))]
    if (told.name, told.version) != (model.model_name, model.version):
        what = f"the bundle says that it is {told.name} {told.version}"
        return [Damage(model=model.label, where=store.location, what=what)]
    return []


async def _check_name(services: RegistryServices, name: str) -> Sequence[Damage]:
    state = await services.registry.state(name)
    return [*_check_trail(state), *await aside(_check_deployed, services, state)]


def _check_trail(state: NameState) -> Iterator[Damage]:
    """Stages as the audit trail has them; rows from before it are not in it."""
    told = stages_by_trail(state.changes)
    for model in state.models:
        if told.get(model.id, model.stage) != model.stage:
            what = f"stands in {model.stage}, the audit trail says {told[model.id]}"
            yield Damage(model=model.label, where="database", what=what)
    serials = [change.serial for change in state.changes]
    if serials != list(range(state.serial, 0, -1)):
        yield Damage(model=state.name, where="database", what="the audit trail has a gap")


def _check_deployed(services: RegistryServices, state: NameState) -> Sequence[Damage]:
    return [*_check_copies(services, state), *_check_links(services, state)]


def _check_copies(services: RegistryServices, state: NameState) -> Iterator[Damage]:
    deploy = deploy_directory(services, state.name)
    models = {model.version: model for model in state.models}
    for version in deploy.versions():
        where = str(deploy.place(version))
        model = models.get(version)
        if model is None or not model.has_bundle:
            what = "belongs to no registered model" if model is None else "its bundle was to be deleted"
            yield Damage(model=f"{state.name} {version}", where=where, what=what)
            continue
        try:
            read_deployed(services, model)
        except BundleError as error:
            yield Damage(model=model.label, where=where, what=str(error))


def _check_links(services: RegistryServices, state: NameState) -> Iterator[Damage]:
    deploy = deploy_directory(services, state.name)
    for linked, model in zip(LINKED, (state.production, state.staged), strict=True):
        where, version = str(deploy.path / linked), model.version if model is not None else None
        if model is not None and not model.has_bundle:
            continue
        try:
            led = deploy.pointed(linked)
        except GradewiseError as error:
            yield Damage(model=state.name, where=where, what=str(error))
            continue
        if led != version:
            what = f"leads to {led or 'nothing'}, the database says {version or 'nothing'}"
            yield Damage(model=state.name, where=where, what=what)
        elif version is not None and version not in deploy.versions():
            yield Damage(model=state.name, where=where, what=f"leads to {version}, which is missing")
