"""What every call by gRPC has in common: who may, a correlation id, errors as codes, a line of the log.

A message is taken only of who may call: what takes whole messages before anybody is asked would hold as many
of them, and of calls that never send one, as anybody likes to make. A call with one message is a stream of
one, on the wire.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Generic, NoReturn, Protocol, TypeVar
from urllib.parse import unquote

import grpc
from google.protobuf.message import DecodeError, Message

from gradewise.errors import InputError
from gradewise.service_events import RequestAnswered
from gradewise.serving.grpc.problems import code_of, retry_metadata
from gradewise.serving.http.guard import Guard
from gradewise.serving.http.problems import ProblemError, problem_of
from gradewise.serving.http.reading import BodyRoom
from gradewise.serving.limits import Limits
from gradewise.serving.tokens import Role
from gradewise.telemetry import Listener, correlated, correlation_id, reason_of, stack_of

SERVICE = "gradewise.v1.Scoring"
"""As health and reflection call it."""
CORRELATION = "x-correlation-id"
GONE = 499
"""What is told of a call whose caller has gone, or whose deadline has passed."""
_CORRELATION = re.compile(r"[A-Za-z0-9._:-]{1,128}")

Request = TypeVar("Request", bound=Message)
Answer = TypeVar("Answer", bound=Message)
Sent = AsyncIterator[bytes]
"""Messages of a call, as they come."""
Metadata = Iterable[tuple[str, str | bytes]]


class Context(Protocol):
    """What is known of a call, and what goes with its answer: as much of `grpc.aio.ServicerContext`."""

    def invocation_metadata(self) -> Metadata | None:
        """What the caller sent beside the request."""
        ...

    def peer(self) -> str:
        """Where the call comes from: ``ipv4:127.0.0.1:40312``."""
        ...

    def time_remaining(self) -> float | None:
        """Seconds that the caller waits; ``None`` where there is no deadline."""
        ...

    def set_trailing_metadata(self, metadata: Sequence[tuple[str, str]], /) -> None:
        """Say what goes with the answer."""
        ...

    async def abort(
        self, code: grpc.StatusCode, details: str, trailing_metadata: Sequence[tuple[str, str]], /
    ) -> NoReturn:
        """End the call with a code."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Method(Generic[Request]):
    """What may be called."""

    name: str
    """As in gradewise.proto."""
    role: Role
    """What a token needs."""
    asked: type[Request]
    """What is sent."""


@dataclass(slots=True)
class _Told:
    """What became of a call so far."""

    status: int = GONE
    """HTTP status of the same."""
    n_bytes: int = 0
    """Of what was sent."""
    caller: str = ""
    """Name of the token."""
    error: Exception | None = None
    """What was answered instead."""


class Calls:
    """Answers calls, whatever happens.

    Args:
        guard: who may.
        listener: hears of every call.
        limits: how much a caller may take.
    """

    def __init__(self, guard: Guard, listener: Listener, limits: Limits) -> None:
        self._guard, self._listener = guard, listener
        self._within_s, self._room = limits.body_within_s, BodyRoom(limits.bodies_bytes)

    async def answer(
        self,
        method: Method[Request],
        sent: Sent,
        context: Context,
        work: Callable[[Request, Context], Awaitable[Answer]],
    ) -> Answer:
        """Answer a call, or abort it with a code."""
        began, told = time.perf_counter(), _Told()
        with correlated(_asked_correlation(context.invocation_metadata() or ())):
            own = ((CORRELATION, correlation_id()),)
            try:
                return await self._worked(method, sent, context, work, told)
            except Exception as error:  # noqa: BLE001 - the one place where an error becomes a code
                problem, told.error = problem_of(error), error
                told.status = int(problem.status)
                after = (*own, *retry_metadata(error))
            finally:
                self._tell(method, told, time.perf_counter() - began)
            return await context.abort(code_of(problem.status), problem.detail, after)

    async def _worked(
        self,
        method: Method[Request],
        sent: Sent,
        context: Context,
        work: Callable[[Request, Context], Awaitable[Answer]],
        told: _Told,
    ) -> Answer:
        known = self._guard.check(_authorization(context), method.role, address=_address(context.peer()))
        told.caller = known.name if known else ""
        with self._room.for_one() as take:
            message = await first_message(sent, within_s=self._within_s)
            told.n_bytes = len(message)
            take(told.n_bytes)
            answer = await work(_parsed(message, method.asked), context)
        context.set_trailing_metadata(((CORRELATION, correlation_id()),))
        told.status = int(HTTPStatus.OK)
        return answer

    def may(self, context: Context, role: Role) -> bool:
        """Whether a caller who was let through may do what a role may, too."""
        return self._guard.may(_authorization(context), role)

    def _tell(self, method: Method[Any], told: _Told, seconds: float) -> None:
        grave = told.error is not None and told.status == HTTPStatus.INTERNAL_SERVER_ERROR
        self._listener(
            RequestAnswered(
                route=f"gRPC {method.name}",
                status=told.status,
                seconds=seconds,
                n_bytes=told.n_bytes,
                caller=told.caller,
                error_type=None if told.error is None else type(told.error).__name__,
                reason=reason_of(told.error) if told.status >= HTTPStatus.INTERNAL_SERVER_ERROR else None,
                stack=stack_of(told.error) if told.error is not None and grave else (),
            )
        )


async def first_message(sent: Sent, *, within_s: float) -> bytes:
    """What a call sends.

    Raises:
        ProblemError: it did not come in time.
        InputError: the call ended without it.
    """
    try:
        async with asyncio.timeout(within_s):
            async for message in sent:
                return message
    except TimeoutError:
        raise ProblemError(
            HTTPStatus.REQUEST_TIMEOUT, f"the message did not arrive within {within_s:g} s; send it faster"
        ) from None
    raise InputError("the call sent no message; send one")


def _parsed(message: bytes, asked: type[Request]) -> Request:
    # Not `from error`: what cannot be read is the essay.
    request: Request = asked()
    try:
        request.ParseFromString(message)
    except DecodeError:
        raise InputError(
            f"the message is no {asked.DESCRIPTOR.name}; send what gradewise.proto says"
        ) from None
    return request


def _authorization(context: Context) -> list[str]:
    return [str(value) for name, value in context.invocation_metadata() or () if name == "authorization"]


def _asked_correlation(headers: Metadata) -> str | None:
    """The caller's correlation id, where it is one."""
    asked = next((value for name, value in headers if name == CORRELATION), "")
    return asked if isinstance(asked, str) and _CORRELATION.fullmatch(asked) else None


def _address(peer: str) -> str:
    """Where a call comes from, without its port.

    >>> _address("ipv4:127.0.0.1:40312"), _address("ipv6:%5B::1%5D:40312")
    ('127.0.0.1', '[::1]')
    """
    _, _, rest = unquote(peer).partition(":")
    return rest.rpartition(":")[0]
