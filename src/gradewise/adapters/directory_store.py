"""Bundles in a directory: one below it for each, named by content."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from gradewise.errors import BundleError, UnavailableError
from gradewise.file_locks import locked
from gradewise.models.bundle_places import keep, remove_at_once, sweep_leftovers
from gradewise.models.bundle_storage import SIGNATURE, read_plain_files, verify_files

_CONTENT_ID = re.compile(r"[0-9a-f]{64}")
_LOCK = ".lock"
_WAIT_S = 60.0


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
                if not self._is_whole(content_id):
                    keep(files, self._path / content_id)
        return content_id

    def get(self, content_id: str) -> dict[str, bytes]:
        """The files of a bundle, see `ArtifactStore.get`."""
        place = self._place(content_id)
        with self._told():
            try:
                files = read_plain_files(place)
                found = verify_files(files)
            except (FileNotFoundError, NotADirectoryError) as error:
                raise BundleError(f"no bundle {content_id} in {self._path}; put it there again") from error
            except BundleError as error:
                raise BundleError(f"bundle {place}: {error}") from error
        if found != content_id:
            raise BundleError(f"bundle {place}: {SIGNATURE} is that of bundle {found}; put it there again")
        return files

    def holds(self, content_id: str) -> bool:
        """Whether a bundle is there, see `ArtifactStore.holds`."""
        with self._told():
            return (self._place(content_id) / SIGNATURE).is_file()

    def content_ids(self) -> frozenset[str]:
        """Every bundle that is there."""
        with self._told():
            places = self._path.iterdir() if self._path.exists() else ()
            names = [each.name for each in places if _CONTENT_ID.fullmatch(each.name)]
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
        if not _CONTENT_ID.fullmatch(content_id):
            raise BundleError(f"{content_id[:80]!r} is no content id; give 64 hex digits")
        return self._path / content_id

    def _is_whole(self, content_id: str) -> bool:
        try:
            self.get(content_id)
        except BundleError:
            return False
        return True

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell errors of the file system in our own words."""
        try:
            yield
        except TimeoutError as error:
            raise UnavailableError(f"{self._path} was held by another process all the while") from error
        except OSError as error:
            raise UnavailableError(
                f"cannot read or write the store {self._path}: {error.strerror}; make room or allow it"
            ) from error
