"""A row for each thing that clients may ask: from it come the route, its guard and its description."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gradewise.serving.http.envelope import problem_response
from gradewise.serving.http.guard import Guard
from gradewise.serving.http.reading import BodyLimits, BodyRoom, decoded, read_body, remember
from gradewise.serving.tokens import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A part of an address, or a header."""

    name: str
    """As it is written."""
    place: Literal["path", "query", "header"]
    """Where it stands."""
    schema: dict[str, Any]
    """JSON schema of its value."""
    description: str
    """What it says."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Endpoint:
    """One thing that clients may ask."""

    method: Literal["GET", "POST"]
    """Of HTTP."""
    path: str
    """With ``{name}`` for what varies."""
    answer: Callable[[Request, Any], Awaitable[Response | msgspec.Struct]]
    """Answers a request and its decoded body."""
    answers: type[msgspec.Struct] | Literal["text/html", "text/plain", "application/json"]
    """What the answer is."""
    summary: str
    """What it does, in a line."""
    description: str = ""
    """The same at length."""
    role: Role | None = None
    """What a token needs; ``None`` where nobody is asked for one."""
    body: type[msgspec.Struct] | None = None
    """What is sent."""
    example: msgspec.Struct | None = None
    """Such a body, as the description shows it."""
    limits: BodyLimits | None = None
    """Of the body."""
    parameters: Sequence[Parameter] = ()
    """What else varies."""
    refusals: Sequence[int] = ()
    """Statuses of errors, besides those that any request may meet."""
    group: str = "Service"
    """Under which heading it is described."""

    @property
    def name(self) -> str:
        """As logs and metrics call it."""
        return f"{self.method} {self.path}"


def json_answer(content: msgspec.Struct, *, status: int = 200) -> Response:
    """An answer as JSON."""
    return Response(msgspec.json.encode(content), status_code=status, media_type="application/json")


Answers = Callable[[Request], Awaitable[Response]]
"""Answers a request, whatever happens."""


class Direct:
    """Finds endpoints whose address does not vary by that address; everything else is the framework's.

    On the way of every essay: matching routes, resolving dependencies and telemetry of the framework, none of
    which is used here, took as long as grading an essay that was read before.
    """

    def __init__(self, app: ASGIApp, answers: Mapping[tuple[str, str], Answers]) -> None:
        """Go before an application.

        Args:
            app: answers what is not found.
            answers: by method and path.
        """
        self._app, self._answers = app, answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        answer = self._answers.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if answer is None:
            await self._app(scope, receive, send)
        else:
            response = await answer(Request(scope, receive))
            await response(scope, receive, send)


def add_endpoints(app: FastAPI, endpoints: Sequence[Endpoint], guard: Guard, room: BodyRoom) -> Direct:
    """Make routes of rows; what answers then is what is returned."""
    answers = {endpoint: answers_of(endpoint, guard, room) for endpoint in endpoints}
    for endpoint, answer in answers.items():
        app.add_api_route(endpoint.path, answer, methods=[endpoint.method], include_in_schema=False)
    found: dict[tuple[str, str], Answers] = {
        (each.method, each.path): answer for each, answer in answers.items() if "{" not in each.path
    }
    return Direct(app, found)


def answers_of(endpoint: Endpoint, guard: Guard, room: BodyRoom) -> Answers:
    """What answers for a row: who may ask is checked first, then the body is read; errors become problems."""

    async def _answer(request: Request) -> Response:
        remember(request, route=endpoint.name)
        try:
            return await _answered(request)
        except Exception as error:  # noqa: BLE001 - the one place where an error becomes an answer
            remember(request, error=error)
            return problem_response(error)

    async def _answered(request: Request) -> Response:
        if endpoint.role is not None:
            known = guard.admit(request, endpoint.role)
            remember(request, caller=known.name if known else "")
        # What was sent is in memory until it is answered.
        with room.for_one() as take:
            body = None
            if endpoint.body is not None and endpoint.limits is not None:
                body = decoded(await read_body(request, endpoint.limits, take), endpoint.body)
            answer = await endpoint.answer(request, body)
        return answer if isinstance(answer, Response) else json_answer(answer)

    return _answer
