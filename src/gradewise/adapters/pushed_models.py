"""Models in object storage by version, for whoever takes them from there: ``<version>/{model,metadata}``."""

import hashlib
import json
import logging
import re

from gradewise.adapters.remote_files import RemoteFiles
from gradewise.errors import BundleError, InputError
from gradewise.models.bundles.archives import files_in_archive
from gradewise.models.bundles.refusals import Allowance

ARCHIVE, METADATA = "model.tar", "metadata.json"
"""What lies in the directory of a version."""
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

_log = logging.getLogger(__name__)


class PushedModels(RemoteFiles):
    """Versions of a model below an address: ``<url>/<version>/model.tar``, then ``metadata.json``.

    A bundle is one archive, since an object is there whole or not at all, and can be used as it lies there:
    ``gradewise score --model model.tar``. The metadata come last and name the digest of the archive, so that
    a version is there when they are; a push that was broken off goes on. No version is overwritten.
    """

    def push(self, version: str, archive: bytes, metadata: bytes) -> str:
        """Keep a version; the address of its directory.

        Args:
            version: of the model.
            archive: its bundle, see `gradewise.models.bundles.archives.archive_of`.
            metadata: a JSON object that has the archive's digest under ``archive_sha256``.

        Raises:
            InputError: the version is there with another model, or is no name.
            UnavailableError: the storage does not answer, or keeps something else than was sent.
            MissingDependencyError: the library that leads there is not installed.
        """
        place = self._place(version)
        with self._told("write"):
            there = self._read_file(f"{version}/{METADATA}")
            known = None if there is None else _digest(there)
            if known is not None and known != _digest(metadata):
                raise InputError(
                    f"{place} holds another model already; versions are never overwritten: train again to "
                    "get another version, or name another prefix"
                )
            for name, content in ((ARCHIVE, archive), (METADATA, metadata)):
                if name == ARCHIVE or known is None:
                    self._keep(f"{version}/{name}", content)
        _log.info("model_pushed", extra={"place": place, "n_bytes": len(archive)})
        return place

    def fetch(self, version: str) -> dict[str, bytes]:
        """The files of a version's bundle, verified.

        Raises:
            BundleError: it is not there, or is damaged.
            UnavailableError: the storage does not answer.
        """
        place = self._place(version)
        with self._told("read"):
            metadata = self._read_file(f"{version}/{METADATA}")
            if metadata is None:
                raise BundleError(f"no model {place}; push it there")
            size = self._below(version).get(ARCHIVE, 0)
            Allowance().take(ARCHIVE, size)
            archive = self._read_file(f"{version}/{ARCHIVE}") or b""
        if hashlib.sha256(archive).hexdigest() != _digest(metadata):
            raise BundleError(f"{place}/{ARCHIVE} is not what {METADATA} says; remove it, push again")
        return files_in_archive(archive, name=f"{place}/{ARCHIVE}")

    def _place(self, version: str) -> str:
        if not _VERSION.fullmatch(version):
            raise InputError(f"{version[:80]!r} is no version; use letters, digits, '.', '_' and '-'")
        return f"{self.location}/{version}"

    def _keep(self, path: str, content: bytes) -> None:
        """Write a file, unless it is there; a beginning of it, which a killed sender leaves, is replaced."""
        there = self._read_file(path)
        if there == content:
            return
        if there is not None and content.startswith(there):
            self._send_file(path, content)
        elif not self._create_file(path, content):
            raise InputError(
                f"{self.location}/{path} is there already and is not of this model: another push of the "
                "version goes on or was broken off; if none goes on, remove it"
            )


def _digest(metadata: bytes) -> str | None:
    """The digest that metadata name; ``None`` where they name none."""
    try:
        found = json.loads(metadata)["archive_sha256"]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None
