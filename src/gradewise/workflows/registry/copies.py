"""Copies of a bundle: fetched from whichever store has it whole, held where models are deployed."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from gradewise.errors import BundleError, UnavailableError
from gradewise.models.bundles.storage import SIGNATURE, read_bundle_files, verify_files
from gradewise.protocols.registry import ArtifactStore
from gradewise.registry.decisions import require_bundle
from gradewise.registry.records import ModelRecord
from gradewise.workflows.registry.aside import aside
from gradewise.workflows.registry.deployment import DeployDirectory
from gradewise.workflows.registry.services import RegistryServices


def deploy_directory(services: RegistryServices, name: str) -> DeployDirectory:
    """Where the models of a name are deployed."""
    return DeployDirectory(services.models_directory, name)


async def fetch_files(
    services: RegistryServices, model: ModelRecord, *, besides: ArtifactStore | None = None
) -> Mapping[str, bytes]:
    """The files of a model's bundle, verified: from the first store that has them whole.

    Where no store has them, the deployed copy serves.

    Args:
        services: whose stores.
        model: which.
        besides: a store that is not asked.

    Raises:
        BundleError: no copy is whole.
        UnavailableError: none of those that answer is whole.
    """
    content_id, silent = require_bundle(model), False
    told: list[str] = []
    for store in services.stores:
        if store is besides:
            continue
        try:
            return await aside(store.get, content_id)
        except (BundleError, UnavailableError) as error:
            told.append(f"{store.location}: {error}")
            silent = silent or isinstance(error, UnavailableError)
    try:
        return await aside(read_deployed, services, model)
    except BundleError as error:
        told.append(str(error))
    kind = UnavailableError if silent else BundleError
    raise kind(f"no whole copy of {model.label} is at hand ({'; '.join(told)})")


def read_deployed(services: RegistryServices, model: ModelRecord) -> Mapping[str, bytes]:
    """The files of the deployed copy.

    Raises:
        BundleError: it is missing, harmed, or another bundle.
    """
    return _read_whole(_place(services, model), require_bundle(model))


def holds_whole(services: RegistryServices, model: ModelRecord) -> bool:
    """Whether the deployed copy is there and unharmed; reads all of it."""
    try:
        read_deployed(services, model)
    except BundleError:
        return False
    return True


def holds(services: RegistryServices, model: ModelRecord) -> bool:
    """Whether the deployed copy is there: copies are written whole or not at all."""
    try:
        signature = (_place(services, model) / SIGNATURE).read_bytes()
    except OSError:
        return False
    return hashlib.sha256(signature).hexdigest() == model.content_id


def _place(services: RegistryServices, model: ModelRecord) -> Path:
    return deploy_directory(services, model.model_name).place(model.version)


def _read_whole(directory: Path, content_id: str) -> Mapping[str, bytes]:
    files = read_bundle_files(directory)
    found = verify_files(files)
    if found != content_id:
        raise BundleError(
            f"{directory} holds another bundle ({found[:12]}…) than the one registered; move it away, then: "
            "gradewise registry repair"
        )
    return files
