"""A real S3 protocol server on this machine, for tests: moto, in a thread that ends with the process."""

import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

BUCKET = "models"
SECRET = "not-so-secret"  # noqa: S105 - no server but this one knows it


class S3Server:
    """Listens on a port of its own; what it keeps outlives a stop."""

    def __init__(self) -> None:
        """Start on whatever port is free."""
        self._port = 0
        self.start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen, on the same port as before."""
        from moto.server import ThreadedMotoServer  # noqa: PLC0415 - takes seconds, and few tests need it

        self._server = ThreadedMotoServer("127.0.0.1", self._port, verbose=False)
        self._server.start()
        _, self._port = self._server.get_host_and_port()

    def stop(self) -> None:
        """Refuse connections from now on."""
        self._server.stop()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Refuse connections meanwhile."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def denying(self) -> Iterator[None]:
        """Know nobody's key meanwhile."""
        self._answer_anybody(0)
        try:
            yield
        finally:
            self._answer_anybody(float("inf"))

    def _answer_anybody(self, times: float) -> None:
        request = urllib.request.Request(  # noqa: S310 - to this machine
            f"{self.address}/moto-api/reset-auth",
            data=str(times).encode(),
            headers={"Content-Type": "text/plain"},
            method="POST",
        )
        urllib.request.urlopen(request).close()  # noqa: S310 - the same


@contextmanager
def running_s3() -> Iterator[S3Server]:
    """A server with a bucket, and an environment that leads to it."""
    server = S3Server()
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_ENDPOINT_URL", server.address)
        patch.setenv("AWS_ACCESS_KEY_ID", "tests")
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        patch.setenv("NO_PROXY", "127.0.0.1")
        make = urllib.request.Request(f"{server.address}/{BUCKET}", method="PUT")  # noqa: S310 - to this machine
        urllib.request.urlopen(make).close()  # noqa: S310 - the same
        try:
            yield server
        finally:
            server.stop()
            _forget_connections()


def _forget_connections() -> None:
    """The library keeps what it opened, and would look for the next server where this one was."""
    import fsspec  # noqa: PLC0415 - takes time, and few tests need it

    fsspec.get_filesystem_class("s3").clear_instance_cache()
