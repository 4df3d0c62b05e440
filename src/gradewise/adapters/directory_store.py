"""Bundles in a directory: one below it for each, named by content."""

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from gradewise.errors import BundleError
from gradewise.file_locks import locked
from gradewise.models.bundles.places import disk_told, keep, remove_at_once, sweep_leftovers, whole_at
from gradewise.models.bundles.storage import (
    SIGNATURE,
    is_content_id,
    read_plain_files,
    require_content_id,
    verify_bundle,
    verify_files,
)

_LOCK = ".lock"
_WAIT_S = 60.0

_log = logging.getLogger(__name__)


class DirectoryStore:
    """An `ArtifactStore` of a disk: ``<path>/<content id>/<file>``.

    A bundle is written beside its place and moved there at once, so that a killed `put` leaves nothing but a
    hidden directory, which the next one removes. Who writes or removes holds a lock meanwhile.
    """

    def __init__(self, path: Path) -> None:
        """Say where; the directory is made when something is put into it."""
        self._path = path

    @property
    def location(self) -> str:
        """The directory."""
        return str(self._path)

    def put(self, files: Mapping[str, bytes]) -> str:
        """Keep a signed bundle, see `ArtifactStore.put`; a damaged copy is replaced."""
        content_id = verify_files(files)
        with self._told():
            self._path.mkdir(parents=True, exist_ok=True)
            with locked(self._path / _LOCK, wait_s=_WAIT_S):
                sweep_leftovers(self._path)
                if whole_at(self._path / content_id) != content_id:
                    keep(files, self._path / content_id)
                    told = {"store": self.location, "content_id": content_id, "n_files": len(files)}
                    _log.info("bundle_kept", extra=told)
        return content_id

    def get(self, content_id: str) -> dict[str, bytes]:
        """The files of a bundle, see `ArtifactStore.get`."""
        place = self._place(content_id)
        with self._told():
            try:
                files = read_plain_files(place)
                verify_bundle(files, content_id)
            except (FileNotFoundError, NotADirectoryError) as error:
                raise BundleError(f"no bundle {content_id} in {self._path}; put it there again") from error
            except BundleError as error:
                told = {"store": self.location, "content_id": content_id, "reason": str(error)}
                _log.warning("bundle_damaged", extra=told)
                raise BundleError(f"bundle {place}: {error}") from error
        return files

    def holds(self, content_id: str) -> bool:
        """Whether a bundle is there, see `ArtifactStore.holds`."""
        with self._told():
            return (self._place(content_id) / SIGNATURE).is_file()

    def content_ids(self) -> frozenset[str]:
        """Every bundle that is there."""
        with self._told():
            places = self._path.iterdir() if self._path.exists() else ()
            names = [each.name for each in places if is_content_id(each.name)]
        return frozenset(name for name in names if self.holds(name))

    def place(self, content_id: str) -> str:
        """The directory of a bundle."""
        return str(self._place(content_id))

    def remove(self, content_id: str) -> None:
        """Forget a bundle, see `ArtifactStore.remove`."""
        place = self._place(content_id)
        with self._told():
            if self._path.exists():
                with locked(self._path / _LOCK, wait_s=_WAIT_S):
                    remove_at_once(place)
                    sweep_leftovers(self._path)

    def _place(self, content_id: str) -> Path:
        return self._path / require_content_id(content_id)

    def _told(self) -> AbstractContextManager[None]:
        return disk_told(f"the store {self._path}")
