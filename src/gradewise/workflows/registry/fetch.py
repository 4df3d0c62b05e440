"""A copy of a registered bundle, out of whichever place has it whole."""

from collections.abc import Mapping
from pathlib import Path

from gradewise.errors import BundleError
from gradewise.models.bundles.archives import ENDINGS, write_archive
from gradewise.models.bundles.storage import write_files
from gradewise.registry.records import ModelRecord
from gradewise.workflows.registry.aside import aside
from gradewise.workflows.registry.copies import fetch_files
from gradewise.workflows.registry.services import RegistryServices


async def fetch(services: RegistryServices, model: ModelRecord, to: Path) -> Path:
    """Write a verified copy of a model's bundle.

    Args:
        services: the ports.
        model: whose bundle.
        to: a directory that does not exist yet, or an archive to write: ``.zip``, ``.tar``, ``.tar.gz``,
            ``.tgz``.

    Returns:
        Where it was written.

    Raises:
        RegistryError: the model has no bundle.
        BundleError: no copy is whole, or the place is taken or cannot be written.
        UnavailableError: no copy that answers is whole.
    """
    return await aside(_write, await fetch_files(services, model), to)


def _write(files: Mapping[str, bytes], to: Path) -> Path:
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BundleError(f"cannot make {to.parent}: {error.strerror}; choose another place") from error
    return write_archive(files, to) if to.name.lower().endswith(ENDINGS) else write_files(files, to)
