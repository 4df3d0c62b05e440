"""Where a slot finds which bundle is wanted, cheaply, and gets its files, each read once.

A look compares tokens, which change with whatever could make a difference; it reads a few hundred bytes and
hashes no model. What was wanted is then fetched by what it is, not by where a link leads by now: files that
were exchanged meanwhile are refused by their digests, never mixed.
"""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gradewise.errors import BundleError, InputError, UnsafeBundleError
from gradewise.models.bundles.archives import is_archive, read_archive
from gradewise.models.bundles.naming import IN_RUN
from gradewise.models.bundles.storage import SIGNATURE, read_plain_files
from gradewise.registry.acts import NameState
from gradewise.registry.manifests import LONGEST, ServedStage
from gradewise.registry.records import ModelRecord
from gradewise.workflows.registry.aside import aside
from gradewise.workflows.registry.copies import deploy_directory, fetch_files
from gradewise.workflows.registry.deployment import ACTIVE, ARCHIVE, LINKED, DeployDirectory
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.signing import manifest_path

LONGEST_SIGNATURE = 1 << 20
"""Bytes: of ten thousand files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A bundle that is to be served."""

    token: str
    """Changes when another bundle is wanted, or when this one may have become readable."""
    place: str
    """Where it lies, for people."""
    name: str = ""
    """Under which name it is deployed; empty where a path alone was named."""
    stage: ServedStage = "production"
    """In which stage."""
    version: str = ""
    """Its version, where that is known before it is read."""
    content_id: str = ""
    """Of the bundle, where that is known before it is read."""
    manifest: bytes | None = None
    """What is said of it by somebody with a key; ``None`` where nothing is."""


class BundleSource(Protocol):
    """Says which bundle is wanted, and gets it.

    Both methods leave the event loop for anything that blocks. What they raise means that nothing can be said
    for now: `UnavailableError` where something does not answer, `OSError` where the disk does not,
    `RegistryError` and `UnsafeBundleError` where something lies there that does not belong.
    """

    @property
    def place(self) -> str:
        """Where it looks, for people; holds no secret."""
        ...

    async def wanted(self) -> Wanted | None:
        """The bundle that is wanted now; ``None`` when there is none. Costs a few small reads."""
        ...

    async def fetch(self, wanted: Wanted) -> dict[str, bytes]:
        """Its files by name, each read once, not necessarily verified.

        Raises:
            BundleError: it is damaged, or holds what no bundle holds.
        """
        ...


class BundlePath:
    """One bundle by its path: a directory, a link to one, or an archive."""

    def __init__(self, path: Path) -> None:
        """Say which; it may come later."""
        self._path = path

    @property
    def place(self) -> str:
        """Its path."""
        return str(self._path)

    async def wanted(self) -> Wanted | None:
        """What lies there now."""
        return await aside(self._look)

    async def fetch(self, wanted: Wanted) -> dict[str, bytes]:
        """The files of the bundle that lay there, be the path a link to another one by now."""
        return await aside(_read, Path(wanted.place))

    def _look(self) -> Wanted | None:
        if not self._path.exists():
            return None
        place = self._path.resolve()
        return Wanted(token=_token(place), place=str(place), content_id=_content_id(place))


class DeployedBundle:
    """What a link of the deploy directory leads to: ``models/<name>/production`` or ``staging``."""

    def __init__(self, models_directory: Path, name: str, stage: ServedStage = "production") -> None:
        """Say which.

        Raises:
            RegistryError: the name is a path.
        """
        self._directory = DeployDirectory(models_directory, name)
        self._name, self._stage = name, stage

    @property
    def place(self) -> str:
        """The link."""
        return str(self._directory.path / self._stage)

    async def wanted(self) -> Wanted | None:
        """What the link leads to now."""
        return await aside(self._look)

    async def fetch(self, wanted: Wanted) -> dict[str, bytes]:
        """The files of the version that the link led to, wherever it leads by now."""
        return await aside(_read, self._directory.place(wanted.version))

    def _look(self) -> Wanted | None:
        version = self._directory.pointed(self._stage)
        if version is None:
            return None
        place, manifest = (
            self._directory.place(version),
            read_small(manifest_path(self._directory, self._stage)),
        )
        return Wanted(
            token=_digest(_token(place).encode(), manifest or b"-"),
            place=str(place),
            name=self._name,
            stage=self._stage,
            version=version,
            content_id=_content_id(place),
            manifest=manifest,
        )


class RegisteredBundle:
    """What the registry says is in a stage, from whichever store has it whole."""

    def __init__(self, services: RegistryServices, name: str, stage: ServedStage = "production") -> None:
        """Say which.

        Raises:
            RegistryError: the name is a path.
        """
        self._services, self._name, self._stage = services, name, stage
        self._directory = deploy_directory(services, name)

    @property
    def place(self) -> str:
        """The model, as commands take it."""
        return f"{self._name}@{self._stage}"

    async def wanted(self) -> Wanted | None:
        """What is in the stage now."""
        model = self._staged(await self._services.registry.state(self._name))
        if model is None or model.content_id is None:
            return None
        manifest = await aside(read_small, manifest_path(self._directory, self._stage))
        return Wanted(
            token=_digest(model.content_id.encode(), manifest or b"-"),
            place=f"{model.model_name}:{model.version}",
            name=self._name,
            stage=self._stage,
            version=model.version,
            content_id=model.content_id,
            manifest=manifest,
        )

    async def fetch(self, wanted: Wanted) -> dict[str, bytes]:
        """The files of that model, be another one in the stage by now."""
        state = await self._services.registry.state(self._name)
        model = next((each for each in state.models if each.content_id == wanted.content_id), None)
        if model is None:
            raise BundleError(f"{wanted.place} is not registered any more; promote another model")
        return dict(await fetch_files(self._services, model))

    def _staged(self, state: NameState) -> ModelRecord | None:
        return state.production if self._stage == "production" else state.staged


def source_at(path: Path) -> BundlePath | DeployedBundle:
    """What a path means: a link of a deploy directory, so that its manifest counts, a run, or one bundle.

    Raises:
        InputError: the directory of a name is given, not one of its links.
    """
    name = "production" if path.name == ACTIVE else path.name
    for stage in LINKED:
        if name == stage and (path.parent / ARCHIVE).is_dir():
            return DeployedBundle(path.parent.parent, path.parent.resolve().name, stage)
    if (path / ARCHIVE).is_dir():
        raise InputError(f"{path} holds several models; name one, such as {path / 'production'}")
    in_run = path / IN_RUN
    return BundlePath(in_run if in_run.is_dir() else path)


def read_small(path: Path) -> bytes | None:
    """The bytes of a small file, a manifest's most at most and one more; ``None`` where there is none.

    Raises:
        UnsafeBundleError: a pipe or a device is there.
        OSError: it cannot be read.
    """
    try:
        return _read_regular(path, LONGEST + 1)
    except FileNotFoundError:
        return None


def _read_regular(path: Path, most: int) -> bytes:
    """The beginning of a file; a pipe would be waited for, and a device could be read for ever."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UnsafeBundleError(f"{path} is no plain file; deploy the bundle again")
        return file.read(most)


def _read(place: Path) -> dict[str, bytes]:
    return read_archive(place) if is_archive(place) else read_plain_files(place)


def _content_id(place: Path) -> str:
    """Of a directory that is a bundle; empty where its signature is not there, or it is an archive."""
    try:
        return hashlib.sha256(_read_regular(place / SIGNATURE, LONGEST_SIGNATURE)).hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return ""


def _token(place: Path) -> str:
    """Changes with any file: sizes and times of all, and the signature itself, as copies may keep times."""
    try:
        files = sorted(place.iterdir()) if place.is_dir() else [place]
        stats = [(file.name, file.lstat()) for file in files]
    except FileNotFoundError:
        return f"{place} is not there"
    seen = [f"{name}:{stat.st_ino}:{stat.st_size}:{stat.st_mtime_ns}" for name, stat in stats]
    return _digest(str(place).encode(), _content_id(place).encode(), *(line.encode() for line in seen))


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
