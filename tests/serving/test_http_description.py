"""What the description promises is kept, whatever is asked: examples are made from it, good ones and bad."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import hypothesis
import pytest
import schemathesis
import starlette.testclient
from hypothesis import HealthCheck, Phase
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.types import ASGIApp

from gradewise.serving.http.app import build_app
from small_service import small_service

ROUTES = (
    "POST /v1/score", "POST /v1/score/batch", "POST /v1/batches/{batch_id}/finalize",
    "GET /v1/scores/{score_id}", "GET /v1/review-queue", "POST /v1/corrections", "GET /v1/models",
    "POST /v1/models/reload", "GET /livez", "GET /readyz", "GET /healthz", "GET /metrics", "GET /",
    "GET /docs", "GET /openapi.json",
)  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ASGIApp]:
    """A service, asked without a socket."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        small = runner.run(stack.enter_async_context(small_service(tmp_path_factory.mktemp("service"))))
        yield build_app(small.serving)
        runner.run(stack.aclose())


@pytest.fixture(scope="module")
def description(app: ASGIApp) -> schemathesis.BaseSchema:
    """What it says of itself."""
    return schemathesis.openapi.from_asgi("/openapi.json", app)


def test_every_route_is_described(description: schemathesis.BaseSchema) -> None:
    """And nothing else is."""
    described = {each.ok().label for each in description.get_all_operations() if isinstance(each, Ok)}
    assert set(ROUTES) == described | {"GET /openapi.json"}  # which is not asked for by what it describes


def test_every_body_has_an_example(description: schemathesis.BaseSchema, app: ASGIApp) -> None:
    """Which is answered as it stands; only that there is no such answer to be corrected yet."""
    paths = description.raw_schema["paths"]
    shown = {
        path: operation["requestBody"]["content"]["application/json"]["example"]
        for path, operations in paths.items()
        for operation in operations.values()
        if "requestBody" in operation
    }
    with starlette.testclient.TestClient(app, base_url="http://localhost") as client:
        statuses = {path: client.post(path, json=example).status_code for path, example in shown.items()}
    assert {"/v1/score": 200, "/v1/score/batch": 200, "/v1/corrections": 404} == statuses


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("route", ROUTES)
def test_answers_are_as_described(
    description: schemathesis.BaseSchema, route: str, mode: GenerationMode
) -> None:
    """No 5xx; statuses, bodies and headers as described; what is not as described is refused."""
    method, path = route.split()
    strategy = description[path][method].as_strategy(generation_mode=mode)

    @hypothesis.settings(
        max_examples=8, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @hypothesis.given(strategy)
    def keeps_its_word(case: schemathesis.Case[Any]) -> None:
        # That a text has words in it no schema says.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    try:
        keeps_its_word()
    except hypothesis.errors.Unsatisfiable:
        # Nothing can be wrong about a request that consists of nothing.
        assert mode is GenerationMode.NEGATIVE


def test_what_any_request_may_meet_is_described(description: schemathesis.BaseSchema) -> None:
    """Bodies for which there is no room, and pages of other sites where nobody is asked for a token."""
    paths = description.raw_schema["paths"]
    assert {"403", "429"} <= set(paths["/v1/corrections"]["post"]["responses"])
    assert "403" in paths["/v1/models/reload"]["post"]["responses"]
    assert "403" not in paths["/v1/models"]["get"]["responses"]
