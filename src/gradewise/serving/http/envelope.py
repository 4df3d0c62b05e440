"""What every answer has in common: a correlation id, headers that protect, a line of the log."""

import re
import time
from collections.abc import Callable, Collection
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gradewise.service_events import AccessRefused, RequestAnswered
from gradewise.serving.http.problems import MEDIA_TYPE, ProblemError, problem_body, problem_of
from gradewise.serving.http.reading import CLOSE, header
from gradewise.telemetry import Listener, correlated, correlation_id, reason_of, stack_of

CORRELATION = "X-Correlation-ID"
PROTECTION = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
"""Headers of every answer: nothing is kept, framed, fetched from elsewhere, or taken for what it is not."""
READING = ("GET", "HEAD")
"""Methods that bring nothing about."""
OTHER = "other"
_NAME = CORRELATION.lower()
_CORRELATION = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def problem_response(error: Exception) -> Response:
    """An error as a client sees it."""
    problem = problem_of(error)
    return Response(
        problem_body(problem, correlation_id()),
        status_code=problem.status,
        headers=problem.headers,
        media_type=MEDIA_TYPE,
    )


async def answer_http_error(_request: Request, error: Exception) -> Response:
    """An error of the web framework, such as a path that there is not, as problem details."""
    if not isinstance(error, HTTPException):
        return problem_response(error)
    status = HTTPStatus(error.status_code)
    said = {
        HTTPStatus.NOT_FOUND: "there is nothing at this address; see /docs for what there is",
        HTTPStatus.METHOD_NOT_ALLOWED: "this address is asked by another method; see /docs",
    }
    detail = said.get(status, status.phrase)
    return problem_response(ProblemError(status, detail, headers=error.headers or {}))


class Envelope:
    """Wraps the whole application, outermost of what is ours.

    Args:
        app: what answers.
        listener: hears of every request, without its address's variable parts.
        hosts: names that the service goes by; any when empty.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        listener: Listener,
        hosts: Collection[str] = (),
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._app, self._listener, self._hosts, self._clock = app, listener, frozenset(hosts), clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, whatever happens."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with correlated(_asked_correlation(scope)):
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, status, failed = self._clock(), 0, None

        async def send_wrapped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                own = (_NAME.encode(), correlation_id().encode())
                message["headers"] = [*message.get("headers", ()), *PROTECTION, own]
            await send(message)

        try:
            refusal = self._refusal(scope)
            answering: ASGIApp = self._app if refusal is None else refusal
            await answering(scope, receive, send_wrapped)
        except Exception as error:  # noqa: BLE001 - whatever it is, its words go no further
            failed = error
            if not status:
                await problem_response(error)(scope, receive, send_wrapped)
        finally:
            self._tell(scope, status, self._clock() - started, failed)

    def _refusal(self, scope: Scope) -> Response | None:
        """A page of the web must not ask a service on its reader's own machine, by whatever name.

        What it would be answered its reader's browser keeps from it; what it would bring about, nobody does.
        Nor may anybody go by two names at once, of which a proxy may have read the other one (RFC 9112, 3.2).
        """
        if sum(name == b"host" for name, _ in scope["headers"]) > 1:
            said = "the request has more than one Host header; send one"
            return problem_response(ProblemError(HTTPStatus.BAD_REQUEST, said, headers=CLOSE))
        if not self._hosts:
            return None
        if _host_name(header(scope, "host") or "") not in self._hosts:
            said = "the service does not go by this name; ask for localhost, or 127.0.0.1"
            problem = ProblemError(HTTPStatus.MISDIRECTED_REQUEST, said)
        elif scope["method"] not in READING and _asked_elsewhere(scope):
            said = "a page of another site must not ask for this; ask from a program, or with a token"
            problem = ProblemError(HTTPStatus.FORBIDDEN, said)
        else:
            return None
        self._listener(AccessRefused("host"))
        return problem_response(problem)

    def _tell(self, scope: Scope, status: int, seconds: float, failed: Exception | None) -> None:
        state = scope.get("state", {})
        error = failed or state.get("error")
        grave = error is not None and status == HTTPStatus.INTERNAL_SERVER_ERROR
        self._listener(
            RequestAnswered(
                route=state.get("route", OTHER),
                status=status,
                seconds=seconds,
                n_bytes=state.get("n_bytes", 0),
                caller=state.get("caller", ""),
                error_type=None if error is None else type(error).__name__,
                reason=_reason(error) if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None,
                stack=stack_of(error) if error is not None and grave else (),
            )
        )


def _reason(error: Exception | None) -> str | None:
    """Why the service cannot do what is asked, in words that quote nothing."""
    return error.detail if isinstance(error, ProblemError) else reason_of(error)


def _asked_correlation(scope: Scope) -> str | None:
    """The client's correlation id, where it is one."""
    asked = header(scope, _NAME)
    return asked if asked and _CORRELATION.fullmatch(asked) else None


def _asked_elsewhere(scope: Scope) -> bool:
    """Whether a browser asks for a page that comes from elsewhere; programs say nothing of the kind."""
    site = header(scope, "sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = header(scope, "origin")
    return origin is not None and origin.partition("://")[2] != header(scope, "host")


def _host_name(host: str) -> str:
    """The name in a Host header, without its port.

    >>> _host_name("LocalHost:8080"), _host_name("[::1]:80"), _host_name("127.0.0.1")
    ('localhost', '[::1]', '127.0.0.1')
    """
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].lower()
