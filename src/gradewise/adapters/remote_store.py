"""Bundles in object storage, or wherever else fsspec leads: S3, Google Cloud, Azure, SFTP, memory."""

import hashlib
import logging
from collections.abc import Mapping

from gradewise.adapters.remote_files import RemoteFiles
from gradewise.errors import BundleError
from gradewise.models.bundles.refusals import Allowance
from gradewise.models.bundles.storage import (
    SIGNATURE,
    is_content_id,
    require_content_id,
    verify_bundle,
    verify_files,
)

_log = logging.getLogger(__name__)


class RemoteStore(RemoteFiles):
    """An `ArtifactStore` at an address: ``<url>/<content id>/<file>``, the signature last.

    Every file is read back when it was sent. One that is there already with
    the right length is read too, instead of sent, so that a `put` that was broken off goes on where it
    stopped; its bytes are compared, because digests beside a file are what a sender said, are not kept by
    every storage, and differ from one to the other. Whoever removes a bundle must know that nobody puts it.
    """

    def put(self, files: Mapping[str, bytes]) -> str:
        """Keep a signed bundle, see `ArtifactStore.put`; what is damaged is sent again."""
        content_id = verify_files(files)
        with self._told("write"):
            there = self._sizes(content_id)
            sent = 0
            for name in sorted(files, key=lambda name: (name == SIGNATURE, name)):
                if there.get(name) != len(files[name]) or self._read(content_id, name) != files[name]:
                    self._send(content_id, name, files[name])
                    sent += 1
            for name in there.keys() - files.keys():
                self._forget(content_id, name)
        if sent:
            told = {"store": self.location, "content_id": content_id, "n_files": len(files), "n_sent": sent}
            _log.info("bundle_kept", extra=told)
        return content_id

    def get(self, content_id: str) -> dict[str, bytes]:
        """The files of a bundle, see `ArtifactStore.get`."""
        with self._told("read"):
            sizes = self._sizes(content_id)
            if SIGNATURE not in sizes:
                raise BundleError(f"no bundle {content_id} in {self.location}; put it there again")
            try:
                allowance = Allowance()
                for name, size in sizes.items():
                    allowance.take(name, size)
                read = {name: self._read(content_id, name) for name in sizes}
                files = {name: content for name, content in read.items() if content is not None}
                verify_bundle(files, content_id)
            except BundleError as error:
                told = {"store": self.location, "content_id": content_id, "reason": str(error)}
                _log.warning("bundle_damaged", extra=told)
                raise BundleError(f"bundle {self.place(content_id)}: {error}") from error
        return files

    def holds(self, content_id: str) -> bool:
        """Whether a bundle is there, see `ArtifactStore.holds`."""
        self.place(content_id)
        with self._told("read"):
            return _is_signature(self._read(content_id, SIGNATURE), content_id)

    def content_ids(self) -> frozenset[str]:
        """Every bundle that is there."""
        with self._told("read"):
            places = {f"{self._root}/{found}/{SIGNATURE}": found for found in self._listed()}
            read = self._filesystem.cat(list(places), on_error="return") if places else {}
            if failed := [each for each in read.values() if _is_trouble(each)]:
                raise failed[0]
            return frozenset(places[path] for path, each in read.items() if _is_signature(each, places[path]))

    def place(self, content_id: str) -> str:
        """The address of a bundle."""
        return f"{self.location}/{require_content_id(content_id)}"

    def remove(self, content_id: str) -> None:
        """Forget a bundle, see `ArtifactStore.remove`."""
        with self._told("write"):
            for name in sorted(self._sizes(content_id), key=lambda name: name != SIGNATURE):
                self._forget(content_id, name)

    def _path(self, content_id: str, name: str) -> str:
        return f"{content_id}/{name}"

    def _sizes(self, content_id: str) -> dict[str, int]:
        """Bytes of what is there of a bundle, by name."""
        self.place(content_id)
        return self._below(content_id)

    def _listed(self) -> set[str]:
        """Content ids that have a file of the signature's name."""
        self._filesystem.invalidate_cache()
        parts = [path.removeprefix(f"{self._root}/").split("/") for path in self._filesystem.find(self._root)]
        return {above for above, *rest in parts if rest == [SIGNATURE] and is_content_id(above)}

    def _read(self, content_id: str, name: str) -> bytes | None:
        return self._read_file(self._path(content_id, name))

    def _send(self, content_id: str, name: str, content: bytes) -> None:
        self._send_file(self._path(content_id, name), content)

    def _forget(self, content_id: str, name: str) -> None:
        self._forget_file(self._path(content_id, name))


def _is_signature(content: object, content_id: str) -> bool:
    """Whether what was read is the signature of a bundle, written to its end."""
    return isinstance(content, bytes) and hashlib.sha256(content).hexdigest() == content_id


def _is_trouble(read: object) -> bool:
    """Whether something came of reading that says more than that a file has gone."""
    return isinstance(read, Exception) and not isinstance(read, FileNotFoundError)
