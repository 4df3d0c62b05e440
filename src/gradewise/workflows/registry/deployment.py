"""The directory in which the models of a name are used: bundles, and links that say which one counts.

``models/<name>/archive/<version>/`` are bundles, whole and verified; ``production`` and ``staging`` are links
to them, and ``active`` is another name of ``production``. A link is replaced by renaming a new one over it,
so that whoever opens ``models/<name>/production`` gets one bundle or the other. All links are relative, so
that the directory may be moved or mounted elsewhere.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal, Self, get_args

from gradewise.errors import RegistryError
from gradewise.file_locks import ASK_EVERY_S, locked
from gradewise.models.bundles.places import (
    disk_told,
    hidden_beside,
    keep,
    remove_at_once,
    sweep_leftovers,
    whole_at,
)
from gradewise.models.bundles.refusals import is_plain_name
from gradewise.models.bundles.storage import sync_directory, verify_files

Linked = Literal["production", "staging"]
"""Stages that have a link."""
LINKED: tuple[Linked, ...] = get_args(Linked)
"""Each of them."""
ARCHIVE = "archive"
"""Where bundles lie."""
ACTIVE = "active"
"""Another name of ``production``, as servers know it."""

_LOCK, _WRITING = ".lock", ".writing"
_WAIT_S = 60.0


class DeployDirectory:
    """``models/<name>/``.

    Each method is safe beside others, of any process: what changes anything waits for its turn. Whoever does
    several things in a row that belong together, holds `lock` meanwhile. Every method: `RegistryError` where
    somebody put what does not belong there, `UnavailableError` where the disk is full or cannot be written.
    """

    def __init__(self, models_directory: Path, name: str) -> None:
        """Say which; nothing is made before it is needed.

        Args:
            models_directory: has a directory for each name.
            name: of the models.

        Raises:
            RegistryError: the name is a path.
        """
        self.path = models_directory / _plain(name)
        """The directory of the name."""

    def lock(self, *, wait_s: float = _WAIT_S) -> "NameLock":
        """What is held, by ``with`` or ``async with``, while several things are done in a row."""
        return NameLock(self.path / _LOCK, wait_s=wait_s)

    def place(self, version: str) -> Path:
        """Where the bundle of a version lies, or would lie."""
        return self.path / ARCHIVE / _plain(version)

    def versions(self) -> tuple[str, ...]:
        """Versions whose bundle lies here, oldest first; says nothing of damage."""
        with disk_told(str(self.path)):
            self._check_archive()
            found = (self.path / ARCHIVE).iterdir() if (self.path / ARCHIVE).exists() else ()
            return tuple(sorted(each.name for each in found if is_plain_name(each.name) and _is_own(each)))

    def hold(self, version: str, files: Mapping[str, bytes]) -> Path:
        """Have the bundle of a version here, whole and verified; done again, nothing happens.

        A damaged copy is replaced: no reader could use it. Another whole bundle is not.

        Returns:
            Its directory.

        Raises:
            BundleError: the files are not what their signature says.
            RegistryError: another bundle lies there.
        """
        content, place = verify_files(files), self.place(version)
        with self._writing():
            if self._keeps(place, content, version):
                return place
            keep(files, place)
            return place

    def point(self, stage: Linked, version: str | None) -> None:
        """Let the link of a stage lead to a version that is held, or remove it; done again, nothing happens.

        Raises:
            RegistryError: the version is not held, or where the link should be is something else.
        """
        if version is None and not self.path.is_dir():
            return
        with self._writing():
            self.pointed(stage)
            if version is not None and not _is_own(self.place(version)):
                raise RegistryError(f"{self.place(version)} is not there; deploy {version} again")
            if stage == "production":
                self._check_link(ACTIVE, stage)
            self._link(stage, None if version is None else f"{ARCHIVE}/{version}")
            if stage == "production":
                self._link(ACTIVE, None if version is None else stage)

    def pointed(self, stage: Linked) -> str | None:
        """To which version the link of a stage leads, be it there or not; ``None`` without a link.

        Raises:
            RegistryError: it is no link, or leads elsewhere.
        """
        link = self.path / stage
        with disk_told(str(self.path)):
            if not link.is_symlink():
                _require_free(link)
                return None
            target = str(link.readlink())
        folder, _, version = target.partition("/")
        if folder != ARCHIVE or not is_plain_name(version):
            raise RegistryError(
                f"{link} leads to {target!r}, not to a version in {ARCHIVE}/; remove the link"
            )
        self._check_archive()
        return version

    def drop(self, version: str) -> None:
        """Delete the bundle of a version at once; one that is not here is none the worse.

        Raises:
            RegistryError: a link leads to it.
        """
        place = self.place(version)
        if not self.path.is_dir():
            return
        with self._writing():
            if stages := [stage for stage in LINKED if self.pointed(stage) == version]:
                raise RegistryError(f"{place} is in {stages[0]}; point {stages[0]} elsewhere first")
            if place.is_symlink() or place.exists():
                self._require_own(place)
                remove_at_once(place)

    def sweep(self) -> tuple[str, ...]:
        """Remove what killed writes have left, once nobody writes; the names of what was removed."""
        if not self.path.is_dir():
            return ()
        with self._writing():
            return sweep_leftovers(self.path) + sweep_leftovers(self.path / ARCHIVE)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold what everyone holds who writes here, which is never long."""
        with disk_told(str(self.path)):
            self._check_archive()
            (self.path / ARCHIVE).mkdir(parents=True, exist_ok=True)
            with NameLock(self.path / _WRITING, wait_s=_WAIT_S):
                yield

    def _check_archive(self) -> None:
        archive = self.path / ARCHIVE
        if archive.is_symlink() or (archive.exists() and not archive.is_dir()):
            raise RegistryError(f"{archive} is no directory of its own; bundles must lie in {self.path}")

    def _require_own(self, place: Path) -> None:
        if not _is_own(place):
            raise RegistryError(f"{place} is a link or a file that gradewise did not make; move it away")

    def _keeps(self, place: Path, content: str, version: str) -> bool:
        """Whether a bundle lies there whole; a damaged one does not."""
        if not place.exists() and not place.is_symlink():
            return False
        self._require_own(place)
        found = whole_at(place)
        if found is not None and found != content:
            raise RegistryError(
                f"{place} holds another bundle ({found[:12]}) than {version} ({content[:12]}); move it away"
            )
        return found == content

    def _check_link(self, name: str, target: str) -> None:
        link = self.path / name
        if not link.is_symlink():
            _require_free(link)
        elif (found := str(link.readlink())) != target:
            raise RegistryError(f"{link} leads to {found!r}, not to {target}; remove the link")

    def _link(self, name: str, target: str | None) -> None:
        link = self.path / name
        if (str(link.readlink()) if link.is_symlink() else None) == target:
            return
        if target is None:
            link.unlink()
        else:
            new = hidden_beside(link)
            new.symlink_to(target)
            new.replace(link)
        sync_directory(self.path)


class NameLock:
    """A lock on a name, held by ``with`` or, within an event loop, by ``async with``.

    It is nobody's but who took it, in this process and in others, and is let go however its holder ends.
    """

    def __init__(self, path: Path, *, wait_s: float) -> None:
        """Say which file, and for how long another's hold is waited for."""
        self._path = path
        self._wait_s = wait_s
        self._held = ExitStack()

    def __enter__(self) -> Self:
        with disk_told(str(self._path.parent)):
            self._take(self._wait_s)
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    async def __aenter__(self) -> Self:
        # Others of this event loop may have to go on before it is free.
        deadline = time.monotonic() + self._wait_s
        with disk_told(str(self._path.parent)):
            while True:
                try:
                    self._take(0)
                except TimeoutError:
                    if time.monotonic() >= deadline:
                        raise
                    await asyncio.sleep(ASK_EVERY_S)
                else:
                    return self

    async def __aexit__(self, *_: object) -> None:
        self._held.close()

    def _take(self, wait_s: float) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._held.enter_context(locked(self._path, wait_s=wait_s))


def _plain(name: str) -> str:
    if not is_plain_name(name):
        raise RegistryError(
            f"{name[:80]!r} is no name for a directory; use letters, digits, '.', '_' and '-'"
        )
    return name


def _is_own(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _require_free(link: Path) -> None:
    if link.exists():
        raise RegistryError(f"{link} is no link of gradewise; move it away, so that a link can be made there")
