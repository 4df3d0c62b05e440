"""A row for each thing that clients may ask: from it come the route, its guard and its description."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from fastapi import FastAPI, Request, Response

from gradewise.serving.http.envelope import problem_response
from gradewise.serving.http.guard import Guard
from gradewise.serving.http.reading import BodyLimits, BodyRoom, decoded, read_body
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


def add_endpoint(app: FastAPI, endpoint: Endpoint, guard: Guard, room: BodyRoom) -> None:
    """Make a route of a row: who may ask is checked first, then the body is read; errors become problems."""

    async def _answer(request: Request) -> Response:
        request.state.route = endpoint.name
        try:
            return await _answered(request)
        except Exception as error:  # noqa: BLE001 - the one place where an error becomes an answer
            request.state.error = error
            return problem_response(error)

    async def _answered(request: Request) -> Response:
        if endpoint.role is not None:
            known = guard.admit(request, endpoint.role)
            request.state.caller = known.name if known else ""
        # What was sent is in memory until it is answered.
        with room.for_one() as take:
            body = None
            if endpoint.body is not None and endpoint.limits is not None:
                body = decoded(await read_body(request, endpoint.limits, take), endpoint.body)
            answer = await endpoint.answer(request, body)
        return answer if isinstance(answer, Response) else json_answer(answer)

    app.add_api_route(endpoint.path, _answer, methods=[endpoint.method], include_in_schema=False)
