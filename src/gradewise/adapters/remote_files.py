"""Files in object storage, or wherever else fsspec leads: S3, Google Cloud, Azure, SFTP, memory."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any

from gradewise.errors import GradewiseError, MissingDependencyError, PlanError, UnavailableError
from gradewise.redaction import bare_addresses

_LONGEST_MESSAGE = 200
_TRIES = 3
_PAUSES_S = (0.05, 0.2, 0.5)
_S3 = ("s3", "s3a")
_GOOGLE = ("gs", "gcs")
_AZURE = ("abfs", "abfss", "az")
_LIBRARIES = {"gcsfs": _GOOGLE, "adlfs": _AZURE}
"""What leads to addresses that no extra names: gradewise was not tried with them as with S3."""
_BUCKETS = (*_S3, *_GOOGLE, *_AZURE, "adl", "oss", "oci")
"""Have no directories; what looks like making one would make a bucket where a name is mistyped."""

_log = logging.getLogger(__name__)


class RemoteFiles:
    """Files below an address. Whatever is sent is read back.

    Credentials come from the environment, as the library of the address reads it: ``AWS_ACCESS_KEY_ID``,
    ``AWS_ENDPOINT_URL`` and so on. Use the methods with an underscore within `_told`.
    """

    def __init__(self, url: str, *, timeout_s: float = 20.0) -> None:
        """Say where; nothing is imported or connected before it is needed.

        Args:
            url: any address that fsspec knows.
            timeout_s: how long S3 may be silent; asked three times, it is given up.

        Raises:
            PlanError: an address of a bucket has options, or says who asks.
        """
        self._url = url.rstrip("/")
        self._timeout_s = timeout_s
        _require_plain(self._url)

    @property
    def location(self) -> str:
        """The address, without user, password and parameters; of Azure with its container."""
        bare, (container, at, _) = bare_addresses(self._url), _authority(self._url).partition("@")
        if at and ":" not in container and _scheme(self._url) in _AZURE:
            return bare.replace("://", f"://{container}@", 1)
        return bare

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        """The file system of fsspec, and the path in it."""
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra, and slow
        except ImportError as error:
            raise MissingDependencyError(
                f"files at {self.location} need fsspec: pip install {_library(self._url)}"
            ) from error
        try:
            filesystem, root = url_to_fs(self._url, **_options(self._url, self._timeout_s))
        except ImportError as error:
            raise MissingDependencyError(
                f"files at {self.location} need a library that is not installed ({_told_by(error)}): "
                f"pip install {_library(self._url)}"
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

    def _below(self, above: str) -> dict[str, int]:
        """Bytes of every file below a directory, by its path from there."""
        self._filesystem.invalidate_cache()
        root = f"{self._root}/{above}/"
        found = self._filesystem.find(root, detail=True)
        return {path.removeprefix(root): int(each["size"]) for path, each in found.items() if path != root}

    def _read_file(self, path: str) -> bytes | None:
        """A file, as it is now; ``None`` if there is none."""
        try:
            return bytes(self._filesystem.cat_file(f"{self._root}/{path}"))
        except FileNotFoundError as error:
            # S3 says this of a bucket too, and then gives a reason.
            if "NoSuchBucket" in str(error.__cause__):
                raise
            return None

    def _send_file(self, path: str, content: bytes) -> None:
        """Write a file, or replace it, and read it back."""
        self._make_above(path)
        for pause in _PAUSES_S:
            self._filesystem.pipe_file(f"{self._root}/{path}", content)
            if self._read_file(path) == content:
                return
            # Where files are not replaced at once, another who sends the same may be in the middle of it.
            time.sleep(pause)
        raise UnavailableError(f"{self.location}/{path} was not kept as it was sent; try again")

    def _create_file(self, path: str, content: bytes) -> bool:
        """Write a file that is not there yet, and read it back; whether what is there is what was sent.

        Of two who do so at once one is refused by storages that can (S3 by ``If-None-Match``).
        """
        self._make_above(path)
        with suppress(FileExistsError):
            try:
                self._filesystem.pipe_file(f"{self._root}/{path}", content, mode="create")
            except OSError as error:
                if "PreconditionFailed" not in f"{error} {error.__cause__}":
                    raise
        return self._read_file(path) == content

    def _forget_file(self, path: str) -> None:
        with suppress(FileNotFoundError):
            self._filesystem.rm_file(f"{self._root}/{path}")

    def _make_above(self, path: str) -> None:
        above, separator, _ = path.rpartition("/")
        if separator and _scheme(self._url) not in _BUCKETS:
            self._filesystem.makedirs(f"{self._root}/{above}", exist_ok=True)

    @contextmanager
    def _told(self, doing: str) -> Iterator[None]:
        """Tell errors of whatever library leads there in our own words."""
        try:
            yield
        except GradewiseError:
            raise
        except Exception as error:
            said = f"{_told_by(error)}{_advice(error)}"
            _log.warning("store_failed", extra={"store": self.location, "doing": doing, "reason": said})
            raise UnavailableError(f"cannot {doing} the store {self.location}: {said}") from error


def _options(url: str, timeout_s: float) -> dict[str, Any]:
    """What S3 is asked for: to try again in one layer only, and to give up in the end."""
    if _scheme(url) not in _S3:
        return {}
    tries = {"mode": "standard", "total_max_attempts": _TRIES}
    config = {"connect_timeout": timeout_s, "read_timeout": timeout_s, "retries": tries}
    return {"config_kwargs": config, "max_concurrency": 1}


def _require_plain(url: str) -> None:
    """Refuse of an address of a bucket what is cut off unseen, or taken for its name and repeated."""
    if _scheme(url) not in (*_S3, *_GOOGLE):
        return
    if "?" in url:
        raise PlanError(
            f"the address {bare_addresses(url)} goes on with ?, which leads nowhere; leave it out: options "
            "come from the environment, such as AWS_ENDPOINT_URL"
        )
    if "@" in _authority(url):
        raise PlanError(
            f"the address {bare_addresses(url)} says who asks; leave that out: credentials come from the "
            "environment, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )


def _authority(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


def _scheme(url: str) -> str:
    return url.partition("://")[0]


def _library(url: str) -> str:
    """What pip installs for addresses of a kind."""
    extra = "gradewise[s3]" if _scheme(url) in _S3 else "gradewise[remote]"
    further = next((name for name, schemes in _LIBRARIES.items() if _scheme(url) in schemes), "")
    return f"'{extra}' {further}".rstrip()


def _advice(error: Exception) -> str:
    """What to do where nobody has said who asks; the library raises this before it connects."""
    if type(error).__name__ not in ("NoCredentialsError", "PartialCredentialsError"):
        return ""
    return "; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"


def _told_by(error: Exception) -> str:
    """What a foreign error says, on one short line and without secrets."""
    words = bare_addresses(" ".join(str(error).split()))[:_LONGEST_MESSAGE]
    return f"{words} ({type(error).__name__})" if words else type(error).__name__
