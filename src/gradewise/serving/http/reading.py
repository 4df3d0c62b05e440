"""A request's body and headers, read within limits."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.types import Scope

from gradewise.serving.http.problems import ProblemError
from gradewise.serving.repeated_fields import require_single
from gradewise.serving.unfit import brief, told_unfit

T = TypeVar("T")

DEADLINE, TIMEOUT = "deadline-ms", "x-request-timeout"
"""Headers that say how long an answer may take: in milliseconds, in seconds."""
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,25})?(e-?[0-9]{1,2})?", re.IGNORECASE | re.ASCII)
# What is left unread would be taken for the next request, or be sent for ever.
CLOSE = {"Connection": "close"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLimits:
    """How much of a body is taken, and how long it may take."""

    n_bytes: int
    """At most."""
    within_s: float
    """From the end of the headers."""


Take = Callable[[int], None]
"""Takes room for so many bytes more, or raises."""


class BodyRoom:
    """The memory that bodies may take together: many who send as much as each may would fill any."""

    def __init__(self, n_bytes: int) -> None:
        """Begin with nobody in it; at most so many bytes."""
        self._most, self._taken = n_bytes, 0

    @contextmanager
    def for_one(self) -> Iterator[Take]:
        """Room for the body of one request, which is given back when the block ends."""
        own = 0

        def take(n_bytes: int) -> None:
            nonlocal own
            if self._taken + n_bytes > self._most:
                raise ProblemError(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    "others send too much just now; ask again in a second",
                    headers=CLOSE | {"Retry-After": "1"},
                )
            own += n_bytes
            self._taken += n_bytes

        try:
            yield take
        finally:
            self._taken -= own


def no_limit(_n_bytes: int) -> None:
    """Take room without end."""


async def read_body(request: Request, limits: BodyLimits, take: Take = no_limit) -> bytes:
    """The body of a request; what is too long is refused as soon as it is, and not read to its end.

    Args:
        request: its headers are read.
        limits: of this body.
        take: asked for room for each piece that came.

    Raises:
        ProblemError: it is no JSON by its headers, too long, or too slow; there is no room for it just now;
            or its sender is gone.
    """
    _require_json(request)
    stated = header(request.scope, "content-length") or ""
    if stated.isdecimal() and int(stated[:20]) > limits.n_bytes:
        raise _too_large(limits.n_bytes)
    try:
        async with asyncio.timeout(limits.within_s):
            return await _collected(request, limits.n_bytes, take)
    except TimeoutError:
        raise ProblemError(
            HTTPStatus.REQUEST_TIMEOUT,
            f"the body did not arrive within {limits.within_s:g} s; send it faster, or in smaller batches",
            headers=CLOSE,
        ) from None
    except ClientDisconnect:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "the connection ended before the body did") from None


async def _collected(request: Request, most: int, take: Take) -> bytes:
    chunks, n_bytes, more = [], 0, True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk, more = message.get("body", b""), message.get("more_body", False)
        n_bytes += len(chunk)
        remember(request, n_bytes=n_bytes)
        if n_bytes > most:
            raise _too_large(most)
        take(len(chunk))
        chunks.append(chunk)
    return b"".join(chunks)


def remember(request: Request, **known: object) -> None:
    """Keep with a request what its end is told of; it is the state of the request, found faster."""
    request.scope.setdefault("state", {}).update(known)


def header(scope: Scope, name: str) -> str | None:
    """A header of a request by its name in small letters; the first where there are several."""
    sought = name.encode()
    for each, value in scope["headers"]:
        if each == sought:
            return str(value, "latin-1")
    return None


def _require_json(request: Request) -> None:
    kind = (header(request.scope, "content-type") or "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send JSON, with the header Content-Type: application/json",
            headers=CLOSE,
        )  # fmt: skip
    encoding = header(request.scope, "content-encoding")
    if encoding is not None and encoding.strip().lower() != "identity":
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "send the body as it is, without Content-Encoding",
            headers=CLOSE,
        )


def _too_large(most: int) -> ProblemError:
    return ProblemError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"the body is longer than {most:,} bytes; send fewer essays at a time",
        headers=CLOSE,
    )


def decoded(body: bytes, kind: type[T]) -> T:
    """A body as what it ought to be.

    Raises:
        ProblemError: it is no JSON (400), or other JSON than is described (422).
        InputError: a field comes twice.
    """
    # Not `from error`: the decoder's errors hold the body, which is the essay.
    if not body.strip():
        raise ProblemError(HTTPStatus.BAD_REQUEST, "the body is empty; send JSON, such as /docs shows")
    try:
        content = msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"{told_unfit(error, kind)}; see /docs") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"{brief(str(error))}; send JSON") from None
    except UnicodeDecodeError:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "the body is not UTF-8; send JSON in UTF-8") from None
    require_single(body)
    return content


def asked_deadline(request: Request, *, longest_s: float) -> float | None:
    """How long the answer may take, in seconds; ``None`` where the client does not say.

    Raises:
        ProblemError: it is no positive number.
    """
    for name, per_second in ((DEADLINE, 1000.0), (TIMEOUT, 1.0)):
        said = header(request.scope, name)
        if said is None:
            continue
        seconds = _positive(said)
        if seconds is None:
            raise ProblemError(
                HTTPStatus.BAD_REQUEST,
                f"header {name} says no positive number; give milliseconds in Deadline-Ms, or seconds in "
                "X-Request-Timeout",
            )
        return min(seconds / per_second, longest_s)
    return None


def _positive(said: str) -> float | None:
    """A header's number above 0; ``None`` where it is none, as are names of what is no number."""
    return float(said) or None if _NUMBER.fullmatch(said.strip()) else None
