"""Which models are meant: bundles and runs by path, or models of the registry."""

from pathlib import Path

from gradewise.cli.choosing import find_bundle
from gradewise.cli.registry.running import with_registry
from gradewise.errors import BundleError, RegistryError
from gradewise.models.bundles.archives import read_bundle
from gradewise.registry.records import GateRecord
from gradewise.settings import read_settings
from gradewise.workflows.registry.opened import OpenedModel, fetch_whole, open_directory, open_registered
from gradewise.workflows.registry.references import find_model
from gradewise.workflows.registry.services import RegistryServices

PRODUCTION, NOTHING = "production", "none"
"""What may stand for the model that another is held against, besides a model."""


def open_named(text: str | None) -> OpenedModel:
    """The model that is meant: a bundle or run directory, the newest under ./output, or a registered one.

    Raises:
        BundleError: there is none, or it is damaged.
        RegistryError: no registered model, or more than one, is meant.
    """
    if text is None or Path(text).exists():
        return open_directory(find_bundle(None if text is None else Path(text)))
    if not has_registry():
        raise BundleError(
            f"{text!r} is no bundle or run directory, and there is no registry here; name a path"
        )
    named: str = text

    async def opened(services: RegistryServices) -> OpenedModel:
        """The model that the text means."""
        return open_registered(await find_model(services.registry, named), services.stores)

    return with_registry(opened)


def open_named_with_files(text: str) -> tuple[OpenedModel, dict[str, bytes]]:
    """As `open_named`, with the files of the bundle.

    Raises:
        BundleError: there is none, or it is damaged.
        RegistryError: no registered model, or more than one, is meant.
    """
    if Path(text).exists():
        directory = find_bundle(Path(text))
        return open_directory(directory), read_bundle(directory)
    model = open_named(text)

    async def fetched(services: RegistryServices) -> dict[str, bytes]:
        """Its files, from the first store that has them whole."""
        return fetch_whole(model.bundle.digest, services.stores)

    return model, with_registry(fetched)


def open_against(text: str | None, name: str) -> OpenedModel | None:
    """The model that another one of a name is held against; ``None`` where there is nothing.

    Args:
        text: ``production``, ``none``, or a model; what is in production, if anything, when absent.
        name: of the models.

    Raises:
        RegistryError: production is asked for by name, and nothing is in production; or as `open_named`.
        BundleError: as `open_named`.
    """
    if text == NOTHING or (text is None and not has_registry()):
        return None
    if text is not None and text != PRODUCTION:
        return open_named(text)

    async def opened(services: RegistryServices) -> OpenedModel | None:
        """What is in production."""
        state = await services.registry.state(name)
        known = state.production
        return None if known is None else open_registered(known, services.stores)

    found = with_registry(opened) if has_registry() else None
    if found is None and text is not None:
        raise RegistryError(
            f"no model {name!r} is in production; leave --against out, or name a bundle or a model"
        )
    return found


def has_registry() -> bool:
    """Whether a registry is named or lies where models are deployed: looking must not make one."""
    settings = read_settings()
    return settings.database_url is not None or (settings.models_directory / ".registry").is_dir()


def keep_gate_record(record: GateRecord) -> bool:
    """Keep what gates said with a model that is registered; whether it is."""

    async def kept(services: RegistryServices) -> bool:
        """Keep it, where its bundle is registered."""
        if not await services.registry.find_models(record.content_id):
            return False
        await services.registry.add_gate_record(record)
        return True

    return has_registry() and with_registry(kept)
