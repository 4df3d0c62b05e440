"""Where metrics of a command go: a file for node_exporter, a push gateway, an HTTP port while it runs."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from prometheus_client import pushadd_to_gateway, start_http_server
from prometheus_client.exposition import basic_auth_handler, default_handler

from gradewise.adapters.prometheus_metrics import JobMetrics
from gradewise.redaction import redacted
from gradewise.repeating import repeating
from gradewise.telemetry import Listener, Notice
from gradewise.whole_files import write_whole

EVERY_S = 15.0
"""How often metrics go out while a command runs."""
PATIENCE_S = 3.0
"""For how long a push gateway may keep a command waiting."""
JOB = "gradewise"
"""What a push gateway groups by, besides the machine and the command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """Where metrics go; nowhere by default."""

    file: Path | None = None
    """Written whole, by rename; its name ends with ``.prom`` for node_exporter."""
    push: str | None = field(default=None, repr=False)
    """Address of a push gateway, with user and password when it wants them."""
    port: int | None = None
    """Served there while the command runs; 0 is any free port."""
    host: str = "127.0.0.1"
    """By which address."""
    grouping: Mapping[str, str] = field(default_factory=dict)
    """What tells the pushed group from others: machine, command."""


@contextmanager
def metrics_out(
    metrics: JobMetrics, outlets: Outlets, notify: Listener, *, every_s: float = EVERY_S
) -> Iterator[None]:
    """Give metrics out until the block ends, and a last time then; what fails is a notice, never an error."""
    out = _Out(metrics, outlets, notify)
    with ExitStack() as stack:
        if outlets.port is not None:
            stack.enter_context(_served(metrics, outlets, outlets.port, notify))
        if outlets.file or outlets.push:
            stack.callback(out.give)
            stack.enter_context(repeating(out.give, every_s=every_s, name="metrics"))
        yield


class _Out:
    """Writes and pushes; the same trouble is told once."""

    def __init__(self, metrics: JobMetrics, outlets: Outlets, notify: Listener) -> None:
        self._metrics, self._outlets, self._notify = metrics, outlets, notify
        self._told: set[str] = set()

    def give(self) -> None:
        if self._outlets.file is not None:
            try:
                write_whole(self._outlets.file, self._metrics.exposition().decode())
            except OSError as error:
                self._tell(f"metrics are not written to {self._outlets.file}: {error.strerror or error}")
        if self._outlets.push is not None:
            try:
                _push(self._metrics, self._outlets.push, self._outlets.grouping)
            except (OSError, ValueError) as error:
                self._tell(f"metrics are not pushed to {redacted(self._outlets.push)}: {error}")

    def _tell(self, message: str) -> None:
        if message not in self._told:
            self._told.add(message)
            self._notify(Notice(redacted(message)))


def _push(metrics: JobMetrics, address: str, grouping: Mapping[str, str]) -> None:
    """Replace this group's metrics of the same names; others that the gateway has stay."""
    parts = urlsplit(address)
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")

    def handler(url: str, method: str, timeout: float | None, headers: Any, data: bytes) -> Any:
        if user:
            return basic_auth_handler(url, method, timeout, headers, data, user, password)
        return default_handler(url, method, timeout, headers, data)

    pushadd_to_gateway(
        bare, JOB, metrics.registry, grouping_key=dict(grouping), timeout=PATIENCE_S, handler=handler
    )


@contextmanager
def _served(metrics: JobMetrics, outlets: Outlets, port: int, notify: Listener) -> Iterator[None]:
    try:
        server, thread = start_http_server(port, outlets.host, metrics.registry)
    except OSError as error:
        notify(Notice(f"metrics are not served at {outlets.host}:{port}: {error.strerror or error}"))
        yield
        return
    if port == 0:
        notify(Notice(f"metrics are served at http://{outlets.host}:{server.server_port}/metrics"))
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
