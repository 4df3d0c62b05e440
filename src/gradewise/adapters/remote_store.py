"""Bundles in object storage, or wherever else fsspec leads: S3, Google Cloud, Azure, SFTP, memory."""

import hashlib
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from gradewise.errors import (
    BundleError,
    GradewiseError,
    MissingDependencyError,
    PlanError,
    UnavailableError,
)
from gradewise.models.bundle_refusals import Allowance
from gradewise.models.bundle_storage import (
    SIGNATURE,
    is_content_id,
    require_content_id,
    verify_bundle,
    verify_files,
)
from gradewise.redaction import bare_addresses

_LONGEST_MESSAGE = 200
_TRIES = 3
_PAUSES_S = (0.05, 0.2, 0.5)
_S3 = ("s3", "s3a")
_BUCKETS = (*_S3, "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "oci")
"""Have no directories; what looks like making one would make a bucket where a name is mistyped."""

_log = logging.getLogger(__name__)


class RemoteStore:
    """An `ArtifactStore` at an address: ``<url>/<content id>/<file>``, the signature last.

    Credentials come from the environment, as the library of the address reads it: ``AWS_ACCESS_KEY_ID``,
    ``AWS_ENDPOINT_URL`` and so on. Every file is read back when it was sent. One that is there already with
    the right length is read too, instead of sent, so that a `put` that was broken off goes on where it
    stopped; its bytes are compared, because digests beside a file are what a sender said, are not kept by
    every storage, and differ from one to the other. Whoever removes a bundle must know that nobody puts it.
    """

    def __init__(self, url: str, *, timeout_s: float = 20.0) -> None:
        """Say where; nothing is imported or connected before it is needed.

        Args:
            url: any address that fsspec knows.
            timeout_s: how long S3 may be silent; asked three times, it is given up.
        """
        self._url = url.rstrip("/")
        self._timeout_s = timeout_s

    @property
    def location(self) -> str:
        """The address, without user, password and parameters."""
        return bare_addresses(self._url)

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

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        """The file system of fsspec, and the path in it."""
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra, and slow
        except ImportError as error:
            raise MissingDependencyError(
                f"bundles at {self.location} need fsspec: pip install 'gradewise[{_extra(self._url)}]'"
            ) from error
        try:
            filesystem, root = url_to_fs(self._url, **_options(self._url, self._timeout_s))
        except ImportError as error:
            raise MissingDependencyError(
                f"bundles at {self.location} need a library that is not installed ({_told_by(error)}); "
                f"for S3: pip install 'gradewise[s3]'"
            ) from error
        except ValueError as error:
            raise PlanError(f"{self.location} is no address of a store: {_told_by(error)}") from error
        filesystem.retries = 1  # s3fs would try again around what tries again already
        return filesystem, root

    @property
    def _filesystem(self) -> Any:
        return self._opened[0]

    @property
    def _root(self) -> str:
        return self._opened[1].rstrip("/")

    def _path(self, content_id: str, name: str) -> str:
        return f"{self._root}/{content_id}/{name}"

    def _sizes(self, content_id: str) -> dict[str, int]:
        """Bytes of what is there of a bundle, by name."""
        self.place(content_id)
        self._filesystem.invalidate_cache()
        above = f"{self._root}/{content_id}/"
        found = self._filesystem.find(above, detail=True)
        return {path.removeprefix(above): int(each["size"]) for path, each in found.items() if path != above}

    def _listed(self) -> set[str]:
        """Content ids that have a file of the signature's name."""
        self._filesystem.invalidate_cache()
        parts = [path.removeprefix(f"{self._root}/").split("/") for path in self._filesystem.find(self._root)]
        return {above for above, *rest in parts if rest == [SIGNATURE] and is_content_id(above)}

    def _read(self, content_id: str, name: str) -> bytes | None:
        """A file, as it is now; ``None`` if there is none."""
        try:
            return bytes(self._filesystem.cat_file(self._path(content_id, name)))
        except FileNotFoundError as error:
            # S3 says this of a bucket too, and then gives a reason.
            if "NoSuchBucket" in str(error.__cause__):
                raise
            return None

    def _send(self, content_id: str, name: str, content: bytes) -> None:
        if _scheme(self._url) not in _BUCKETS:
            self._filesystem.makedirs(f"{self._root}/{content_id}", exist_ok=True)
        for pause in _PAUSES_S:
            self._filesystem.pipe_file(self._path(content_id, name), content)
            if self._read(content_id, name) == content:
                return
            # Where files are not replaced at once, another who sends the same may be in the middle of it.
            time.sleep(pause)
        raise UnavailableError(f"{self.place(content_id)}/{name} was not kept as it was sent; try again")

    def _forget(self, content_id: str, name: str) -> None:
        try:
            self._filesystem.rm_file(self._path(content_id, name))
        except FileNotFoundError:
            return

    @contextmanager
    def _told(self, doing: str) -> Iterator[None]:
        """Tell errors of whatever library leads there in our own words."""
        try:
            yield
        except GradewiseError:
            raise
        except Exception as error:
            said = _told_by(error)
            _log.warning("store_failed", extra={"store": self.location, "doing": doing, "reason": said})
            raise UnavailableError(f"cannot {doing} the store {self.location}: {said}") from error


def _is_signature(content: object, content_id: str) -> bool:
    """Whether what was read is the signature of a bundle, written to its end."""
    return isinstance(content, bytes) and hashlib.sha256(content).hexdigest() == content_id


def _is_trouble(read: object) -> bool:
    """Whether something came of reading that says more than that a file has gone."""
    return isinstance(read, Exception) and not isinstance(read, FileNotFoundError)


def _options(url: str, timeout_s: float) -> dict[str, Any]:
    """What S3 is asked for: to try again in one layer only, and to give up in the end."""
    if _extra(url) != "s3":
        return {}
    tries = {"mode": "standard", "total_max_attempts": _TRIES}
    config = {"connect_timeout": timeout_s, "read_timeout": timeout_s, "retries": tries}
    return {"config_kwargs": config, "max_concurrency": 1}


def _scheme(url: str) -> str:
    return url.partition("://")[0]


def _extra(url: str) -> str:
    return "s3" if _scheme(url) in _S3 else "remote"


def _told_by(error: Exception) -> str:
    """What a foreign error says, on one short line and without secrets."""
    words = bare_addresses(" ".join(str(error).split()))[:_LONGEST_MESSAGE]
    return f"{words} ({type(error).__name__})" if words else type(error).__name__
