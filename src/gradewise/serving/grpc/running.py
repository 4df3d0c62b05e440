"""The service by gRPC beside the one by HTTP: it listens, says how it fares, and finishes what it began."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health
from grpc_reflection.v1alpha import reflection

from gradewise.errors import InputError, PlanError, UnavailableError
from gradewise.serving.grpc.bystanders import Bystanders
from gradewise.serving.grpc.calls import SERVICE, Calls
from gradewise.serving.grpc.methods import Methods
from gradewise.serving.http.guard import Failures, Guard
from gradewise.serving.limits import Limits
from gradewise.serving.tokens import TokenFile
from gradewise.workflows.scoring.readiness import find_readiness
from gradewise.workflows.scoring.services import Serving

HEALTH_EVERY_S = 1.0
"""From one look at how the service fares to the next."""
ALIVE_EVERY_S = 60.0
"""A caller who is silent for so long is asked whether there is still somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrpcListening:
    """Where a service listens for calls by gRPC, and to whom."""

    host: str = "127.0.0.1"
    """Name or address."""
    port: int = 0
    """0 is any that is free."""
    certificate: Path | None = None
    """PEM file of the certificate chain; without one nothing is encrypted."""
    key: Path | None = None
    """PEM file of its private key."""
    limits: Limits = field(default_factory=Limits)
    """What callers may take."""
    health_every_s: float = HEALTH_EVERY_S
    """How often the health service looks."""

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            raise PlanError("a certificate and its key belong together; give both --grpc-cert and --grpc-key")


@asynccontextmanager
async def answering_calls(
    serving: Serving, listening: GrpcListening, tokens: TokenFile | None
) -> AsyncIterator[str]:
    """Answer calls until the block ends; then accept nothing more, and finish what is under way.

    Args:
        serving: what answers; shared with other edges of the same event loop.
        listening: where.
        tokens: who may call; anybody who reaches it when ``None``.

    Yields:
        Where: ``127.0.0.1:9090``.

    Raises:
        InputError: the certificate or its key cannot be read, or they do not fit.
        UnavailableError: the port is taken, or the host is not this machine's.
    """
    limits = listening.limits
    server = grpc.aio.server(
        interceptors=(Bystanders(limits),),
        options=_options(limits),
        maximum_concurrent_rpcs=limits.connections,
    )
    checked = health.HealthServicer()
    guard = Guard(tokens, serving.listener, failures=Failures(limits.refusals_a_minute))
    methods = Methods(serving, Calls(guard, serving.listener, limits), limits)
    server.add_generic_rpc_handlers((methods.handler(),))
    health_pb2_grpc.add_HealthServicer_to_server(checked, server)
    reflection.enable_server_reflection((SERVICE, "grpc.health.v1.Health", reflection.SERVICE_NAME), server)
    address = _bind(server, listening)
    await _look(checked, serving, limits)
    await server.start()
    looking = asyncio.create_task(_look_again(checked, serving, listening), name="grpc health")
    try:
        yield address
    finally:
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking
        await checked.enter_graceful_shutdown()
        await server.stop(limits.drain_s)


def _options(limits: Limits) -> list[tuple[str, int]]:
    headers_ms, idle_ms = (round(1000 * each) for each in (limits.headers_within_s, max(limits.idle_s, 1.0)))
    return [
        # A connection costs a descriptor before anything is called, and HTTP needs some.
        ("grpc.max_allowed_incoming_connections", limits.connections),
        ("grpc.server_handshake_timeout_ms", headers_ms),
        ("grpc.http2.settings_timeout", headers_ms),
        ("grpc.keepalive_time_ms", round(1000 * ALIVE_EVERY_S)),
        ("grpc.keepalive_timeout_ms", idle_ms),
        ("grpc.max_receive_message_length", limits.batch_bytes),
        ("grpc.max_metadata_size", limits.header_bytes),
        # Otherwise a second service on the same port would get half of the calls, and nobody would know.
        ("grpc.so_reuseport", 0),
        ("grpc.max_connection_idle_ms", idle_ms),
    ]


def _bind(server: grpc.aio.Server, listening: GrpcListening) -> str:
    host = f"[{listening.host}]" if ":" in listening.host else listening.host
    where = f"{host}:{listening.port}"
    credentials = _credentials(listening)
    try:
        if credentials is None:
            port = server.add_insecure_port(where)
        else:
            port = server.add_secure_port(where, credentials)
    except RuntimeError as error:
        raise UnavailableError(f"cannot listen at {where} for gRPC; choose another --grpc-port") from error
    return f"{host}:{port}"


def _credentials(listening: GrpcListening) -> grpc.ServerCredentials | None:
    if listening.certificate is None or listening.key is None:
        return None
    try:
        pair = (listening.key.read_bytes(), listening.certificate.read_bytes())
    except OSError as error:
        raise InputError(f"{error.filename}: {error.strerror}; give PEM files that can be read") from error
    return grpc.ssl_server_credentials([pair])


async def _look_again(checked: health.HealthServicer, serving: Serving, listening: GrpcListening) -> None:
    while True:
        await asyncio.sleep(listening.health_every_s)
        await _look(checked, serving, listening.limits)


async def _look(checked: health.HealthServicer, serving: Serving, limits: Limits) -> None:
    """Say of the whole and of the one service whether essays can be graded now."""
    found = await find_readiness(serving, silent_s=limits.model_silent_s)
    states = health_pb2.HealthCheckResponse
    for name in ("", SERVICE):
        await checked.set(name, states.SERVING if found.ready else states.NOT_SERVING)
