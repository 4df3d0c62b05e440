"""The service as a process: it listens, answers until it is asked to end, and then finishes what it began."""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from gradewise.errors import InputError, PlanError, UnavailableError
from gradewise.serving.http.app import AppOptions, build_app, no_metrics
from gradewise.serving.http.connections import guarded_protocol
from gradewise.serving.limits import Limits
from gradewise.serving.signals import signals_heard
from gradewise.serving.tokens import TokenFile
from gradewise.workflows.scoring.services import Serving

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
BACKLOG = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where a service listens, and to whom."""

    host: str = "127.0.0.1"
    """Name or address."""
    port: int = 8080
    """0 is any that is free."""
    tokens: Path | None = None
    """File of tokens; everybody on this machine may ask when ``None``."""
    limits: Limits = field(default_factory=Limits)
    """What clients may take."""
    metrics: Callable[[], bytes] = no_metrics
    """What Prometheus is told."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host.

    >>> [is_loopback(host) for host in ("localhost", "127.0.0.3", "::1", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_tokens(listening: Listening) -> TokenFile | None:
    """The tokens that are asked for.

    Raises:
        PlanError: others than this machine could ask, and nobody would be asked for a token.
        InputError: the file is missing, damaged, can be read by others, or holds no token.
    """
    if listening.tokens is None:
        if not is_loopback(listening.host):
            raise PlanError(
                f"{listening.host} can be reached from other machines, and there are no tokens; make one "
                "with: gradewise tokens new --name X --role score, then give --tokens FILE"
            )
        return None
    tokens = TokenFile(listening.tokens)
    if not tokens.known():
        raise InputError(
            f"{listening.tokens} holds no token; make one with: gradewise tokens new --name X --role admin"
        )
    return tokens


def listen(listening: Listening) -> socket.socket:
    """A socket that listens.

    Raises:
        UnavailableError: the port is taken, or the host is not this machine's.
    """
    host = listening.host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, listening.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise UnavailableError(
            f"cannot listen at {host}:{listening.port}: {error.strerror or error}; choose another --port"
        ) from error


def address_of(listener: socket.socket) -> str:
    """Where a socket can be asked: ``http://127.0.0.1:8080``."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def application(serving: Serving, listening: Listening, tokens: TokenFile | None) -> ASGIApp:
    """What answers there."""
    # Without tokens, whoever reaches the machine by a name of their own, as pages of the web can, is refused.
    hosts = LOOPBACK_NAMES if tokens is None else ()
    return build_app(
        serving,
        AppOptions(tokens=tokens, hosts=hosts, limits=listening.limits, metrics=listening.metrics),
    )


async def answer_until_stopped(
    app: ASGIApp,
    listener: socket.socket,
    limits: Limits,
    *,
    reload: Callable[[], object],
    stop: asyncio.Event | None = None,
) -> None:
    """Answer until SIGTERM or Ctrl-C; then accept nothing more, and finish what is under way.

    Args:
        app: what answers.
        listener: a socket that listens; closed afterwards.
        limits: for how long, how many.
        reload: done upon SIGHUP.
        stop: ends it too, when somebody sets it.
    """
    server = _Server(_config(app, limits), on_hangup=reload, stop=stop)
    await server.serve(sockets=[listener])


def _config(app: ASGIApp, limits: Limits) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=guarded_protocol(limits),
        ws="none",
        lifespan="off",
        # Uvicorn's own log quotes paths, and is told of every malformed request; ours is the listener's.
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        # Who asks is who is connected: a header that says otherwise could be anybody's.
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=max(1, round(limits.idle_s)),
        timeout_graceful_shutdown=max(1, round(limits.drain_s)),
    )


class _Server(uvicorn.Server):
    """Uvicorn's, with signals that end it without ending the process around it."""

    def __init__(
        self, config: uvicorn.Config, *, on_hangup: Callable[[], object], stop: asyncio.Event | None
    ) -> None:
        super().__init__(config)
        self._on_hangup, self._stop = on_hangup, stop

    async def on_tick(self, counter: int) -> bool:
        """Whether to end, asked ten times a second."""
        return await super().on_tick(counter) or (self._stop is not None and self._stop.is_set())

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Uvicorn would raise the signal again afterwards, before what it answered is written down."""
        with signals_heard(end=lambda number: self.handle_exit(number, None), reload=self._on_hangup):
            yield
