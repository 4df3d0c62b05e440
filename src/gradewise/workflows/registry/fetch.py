"""A copy of a registered bundle, out of whichever store has it whole."""

import asyncio
from pathlib import Path

from gradewise.errors import BundleError, RegistryError, UnavailableError
from gradewise.models.bundle_storage import verify_files, write_files
from gradewise.registry.records import ModelRecord
from gradewise.telemetry import Listener, Notice, silent
from gradewise.workflows.registry.services import RegistryServices


async def fetch(
    services: RegistryServices, model: ModelRecord, to: Path, *, listener: Listener = silent
) -> Path:
    """Write a verified copy of a model's bundle.

    Args:
        services: the ports.
        model: whose bundle.
        to: a directory that does not exist yet, or an archive to write: ``.zip``, ``.tar``, ``.tar.gz``,
            ``.tgz``.
        listener: hears of stores that could not give it.

    Returns:
        Where it was written.

    Raises:
        RegistryError: the model has no bundle.
        BundleError: no store has it whole, or the place is taken.
        UnavailableError: no store has it, and one does not answer.
    """
    files = await asyncio.to_thread(stored_files, services, model, listener=listener)
    return await asyncio.to_thread(_write, files, to)


def stored_files(
    services: RegistryServices, model: ModelRecord, *, listener: Listener = silent
) -> dict[str, bytes]:
    """The verified files of a model's bundle, from the first store that has them.

    Raises:
        RegistryError, BundleError, UnavailableError: as `fetch`.
    """
    if model.content_id is None:
        raise RegistryError(f"{model.label} was registered without a bundle; register its bundle anew")
    if model.pruned_at is not None:
        raise RegistryError(f"the bundle of {model.label} was deleted on {model.pruned_at:%Y-%m-%d} (prune)")
    failure: BundleError | UnavailableError | None = None
    for store in services.stores:
        try:
            files = store.get(model.content_id)
            verify_files(files)
        except (BundleError, UnavailableError) as error:
            listener(Notice(f"{store.location}: {error}"))
            failure = error if failure is None or isinstance(error, UnavailableError) else failure
        else:
            return files
    if failure is None:
        raise BundleError(f"{model.label}: there is no store of bundles")
    raise type(failure)(f"{model.label}: no store gives its bundle; {failure}") from failure


def _write(files: dict[str, bytes], to: Path) -> Path:
    if to.name.endswith((".zip", ".tar", ".tar.gz", ".tgz")):
        from gradewise.models.bundle_archives import write_archive  # noqa: PLC0415 - with its room

        return write_archive(files, to)
    to.parent.mkdir(parents=True, exist_ok=True)
    return write_files(files, to)
