"""The service described as OpenAPI 3.1, from the same rows that make its routes."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from gradewise import __version__
from gradewise.serving.http.endpoints import Endpoint
from gradewise.serving.http.problems import MEDIA_TYPE, ProblemBody

REF = "#/components/schemas/{name}"
INTRODUCTION = """Grades essays with a trained model, and keeps what was answered.

Every answer has a header X-Correlation-ID: the client's own, where it sent one of at most 128 letters,
digits and . _ : - and otherwise a new one. Errors are problem details (RFC 9457). Where the service asks for
tokens, send Authorization: Bearer TOKEN; a role may do what those before it may: score, review, admin."""

SAID = {
    400: "The request is malformed.",
    401: "A token is missing or unknown.",
    403: "The token's role does not suffice, or a page of another site asks.",
    404: "There is nothing of that id.",
    408: "The body came too slowly.",
    409: "It cannot be done as things stand.",
    413: "The body is too long.",
    415: "The body is not JSON.",
    421: "The service does not go by the name that it was asked by.",
    422: "What is asked cannot be used; the detail says why.",
    429: "Too much at once, or too many failed authorisations.",
    500: "A fault of the service.",
    503: "There is no model, or something that is needed does not answer.",
    504: "The answer would have come too late.",
}
"""What statuses mean."""
_OF_BODIES = (400, 408, 413, 415, 422, 429)
_OF_TOKENS = (401, 403, 429, 503)
_OF_PAGES = (403,)
_OF_ALL = (421, 500)


def described(endpoints: Sequence[Endpoint], *, asks_for_tokens: bool) -> dict[str, Any]:
    """The description of a service.

    Args:
        endpoints: what it answers.
        asks_for_tokens: whether tokens are needed.
    """
    kinds = [kind for each in endpoints for kind in (each.body, each.answers) if isinstance(kind, type)]
    _, components = msgspec.json.schema_components([*dict.fromkeys(kinds), ProblemBody], ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for each in endpoints:
        operation = _operation(each, asks_for_tokens=asks_for_tokens)
        paths.setdefault(each.path, {})[each.method.lower()] = operation
    schemes = {"token": {"type": "http", "scheme": "bearer"}} if asks_for_tokens else {}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Gradewise", "version": __version__, "description": INTRODUCTION},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": schemes},
    }


def _operation(endpoint: Endpoint, *, asks_for_tokens: bool) -> dict[str, Any]:
    needs = endpoint.role is not None and asks_for_tokens
    role = f" Needs a token of role {endpoint.role} or above." if needs else ""
    operation: dict[str, Any] = {
        "operationId": _operation_id(endpoint),
        "summary": endpoint.summary,
        "description": f"{endpoint.description or endpoint.summary}{role}",
        "tags": [endpoint.group],
        "parameters": [
            {
                "name": each.name, "in": each.place, "schema": each.schema, "description": each.description,
                "required": each.place == "path",
            }
            for each in endpoint.parameters
        ],
        "responses": dict(_responses(endpoint, needs_token=needs, asks_for_tokens=asks_for_tokens)),
    }  # fmt: skip
    if endpoint.body is not None:
        content: dict[str, Any] = {"schema": _reference(endpoint.body)}
        if endpoint.example is not None:
            content["example"] = _as_sent(msgspec.to_builtins(endpoint.example))
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    if needs:
        operation["security"] = [{"token": []}]
    return operation


def _as_sent(value: Any) -> Any:
    """A body without what may be left out."""
    match value:
        case dict():
            return {name: _as_sent(each) for name, each in value.items() if each not in ("", None, 0, {})}
        case list():
            return [_as_sent(each) for each in value]
        case _:
            return value


def _operation_id(endpoint: Endpoint) -> str:
    words = [word.strip("{}") for word in endpoint.path.strip("/").replace("-", "_").split("/") if word]
    return "_".join([endpoint.method.lower(), *(word for word in words if word != "v1")]) or "get_start"


def _responses(
    endpoint: Endpoint, *, needs_token: bool, asks_for_tokens: bool
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "200", _response("Done.", _answer_content(endpoint.answers))
    statuses = {
        *endpoint.refusals, *_OF_ALL, *(_OF_BODIES if endpoint.body else ()),
        *(_OF_TOKENS if needs_token else ()),
        *(() if asks_for_tokens or endpoint.method == "GET" else _OF_PAGES),
    }  # fmt: skip
    problem = {MEDIA_TYPE: {"schema": _reference(ProblemBody)}}
    for status in sorted(statuses):
        said = dict(problem)
        if status in endpoint.refusals and endpoint.path == "/readyz":
            said |= _answer_content(endpoint.answers)
        yield str(status), _response(SAID.get(status, HTTPStatus(status).phrase), said)


def _response(description: str, content: Mapping[str, Any]) -> dict[str, Any]:
    header = {"schema": {"type": "string"}, "description": "Names the request in every log."}
    return {"description": description, "content": content, "headers": {"X-Correlation-ID": header}}


def _answer_content(answers: type[msgspec.Struct] | str) -> dict[str, Any]:
    match answers:
        case str() as media_type:
            return {media_type: {"schema": {"type": "object" if media_type.endswith("json") else "string"}}}
        case _:
            return {"application/json": {"schema": _reference(answers)}}


def _reference(kind: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": REF.format(name=kind.__name__)}
