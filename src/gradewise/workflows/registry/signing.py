"""Manifests of what is deployed: signed where a key is at hand, beside the links that they are about."""

from dataclasses import replace
from datetime import UTC
from pathlib import Path

from gradewise.errors import RegistryError
from gradewise.models.bundles.places import disk_told
from gradewise.registry.acts import NameState
from gradewise.registry.manifests import (
    Manifest,
    ManifestError,
    ServedStage,
    SigningKey,
    read_manifest,
    signed,
)
from gradewise.registry.records import ModelRecord
from gradewise.whole_files import write_whole
from gradewise.workflows.registry.aside import aside
from gradewise.workflows.registry.copies import deploy_directory
from gradewise.workflows.registry.deployment import LINKED, DeployDirectory
from gradewise.workflows.registry.services import RegistryServices


def manifest_path(directory: DeployDirectory, stage: ServedStage) -> Path:
    """Where the manifest of a stage lies: ``manifest.json`` for production, ``staging.manifest.json``."""
    prefix = "" if stage == "production" else f"{stage}."
    return directory.path / f"{prefix}manifest.json"


async def sign_stages(
    services: RegistryServices, name: str, key: SigningKey, *, anew: bool = False
) -> tuple[Manifest, ...]:
    """Say with a key what is to be served of a name, as the database has it now.

    Args:
        services: registry, and where models are deployed.
        name: of the models.
        key: that signs.
        anew: whether manifests are written that say the same already, with a newer time.

    Returns:
        The manifests that were written.

    Raises:
        RegistryError: nothing is in production or staging.
        UnavailableError: the database does not answer, or the disk is full or cannot be written.
    """
    async with deploy_directory(services, name).lock():
        state = await services.registry.state(name)
        if state.production is None and state.staged is None:
            raise RegistryError(f"nothing of {name} is in production or staging; promote a model first")
        return await sign_state(services, state, key, anew=anew)


async def sign_state(
    services: RegistryServices, state: NameState, key: SigningKey, *, anew: bool = False
) -> tuple[Manifest, ...]:
    """The same for a state that is known, while the name's lock is held."""
    written = []
    for stage in LINKED:
        model = state.production if stage == "production" else state.staged
        if model is not None and model.content_id is not None and model.has_bundle:
            manifest = _manifest(services, state, model, stage, key)
            if await aside(_write, services, manifest, key, anew=anew):
                written.append(manifest)
    return tuple(written)


def serial_of(state: NameState, model: ModelRecord, stage: ServedStage) -> int:
    """The serial of the act that brought a model to its stage last."""
    came = (each.serial for each in state.changes if (each.model_id, each.to_stage) == (model.id, stage))
    return max(came, default=state.serial)


def _manifest(
    services: RegistryServices, state: NameState, model: ModelRecord, stage: ServedStage, key: SigningKey
) -> Manifest:
    return Manifest(
        model_name=state.name,
        stage=stage,
        version=model.version,
        content_id=model.content_id or "",
        serial=serial_of(state, model, stage),
        made_at=services.clock().astimezone(UTC).isoformat(timespec="seconds"),
        key_id=key.key_id,
    )


def _write(services: RegistryServices, manifest: Manifest, key: SigningKey, *, anew: bool) -> bool:
    """Write a manifest unless one lies there that says the same; whether it was written."""
    path = manifest_path(deploy_directory(services, manifest.model_name), manifest.stage)
    with disk_told(str(path)):
        if not anew and _says_the_same(path, manifest, key):
            return False
        write_whole(path, signed(manifest, key))
    return True


def _says_the_same(path: Path, manifest: Manifest, key: SigningKey) -> bool:
    """Whether a manifest lies there that differs in its time alone; a key signs the same always alike."""
    try:
        content = path.read_bytes()
        found = read_manifest(content)
    except (FileNotFoundError, ManifestError):
        return False
    return content == signed(replace(manifest, made_at=found.made_at), key)
