"""How the service fares, and its pages: what needs no token."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from fastapi import Request, Response
from starlette.responses import HTMLResponse, JSONResponse

from gradewise.service_events import LogState
from gradewise.serving.http.endpoints import Endpoint, json_answer
from gradewise.serving.http.pages import description_page, start_page
from gradewise.serving.http.service_answers import CheckBody, HealthBody, LiveBody, ModelHealthBody, ReadyBody
from gradewise.serving.limits import Limits
from gradewise.workflows.scoring.failures import HangsError
from gradewise.workflows.scoring.readiness import Readiness, find_readiness

if TYPE_CHECKING:
    from gradewise.workflows.scoring.services import Serving

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Exposition = Callable[[], bytes]
"""Metrics as Prometheus reads them."""


def health_endpoints(
    serving: "Serving", limits: Limits, *, metrics: Exposition, asks_for_tokens: bool
) -> Sequence[Endpoint]:
    """What anybody may ask: none of it says anything of an essay."""
    handlers = _Health(serving, limits, metrics, start_page(asks_for_tokens=asks_for_tokens))
    return (
        Endpoint(
            method="GET", path="/livez", answers=LiveBody, answer=handlers.live, refusals=(503,),
            summary="Say whether the process answers", group="Health",
            description="503 where the model hangs in every thread that reads or grades, which only another "
            "process ends: start the service again.",
        ),
        Endpoint(
            method="GET", path="/readyz", answers=ReadyBody, answer=handlers.ready, refusals=(503,),
            group="Health", summary="Say whether essays can be graded now",
            description="Grades test rows of the model in production by the way that essays take. 503 where "
            "there is no model, it grades otherwise than when it was made, what waits is stuck, nobody "
            "looks for another model any more, or answers can be written down nowhere.",
        ),
        Endpoint(
            method="GET", path="/healthz", answers=HealthBody, answer=handlers.health, group="Health",
            summary="Say how the service fares",
            description="Says how the service and its model fare; always with status 200, so that it can be "
            "read when something is wrong. Ask /readyz whether to send essays.",
        ),
        *_plain_endpoints(handlers),
    )  # fmt: skip


def _plain_endpoints(handlers: "_Health") -> Sequence[Endpoint]:
    """What answers with something else than JSON."""
    return (
        Endpoint(
            method="GET", path="/metrics", answers="text/plain", answer=handlers.metrics, group="Health",
            summary="Show metrics for Prometheus",
        ),
        Endpoint(
            method="GET", path="/", answers="text/html", answer=handlers.start, group="Pages",
            summary="Say how to begin",
        ),
    )  # fmt: skip


def description_endpoints(describe: Callable[[], dict[str, Any]]) -> Sequence[Endpoint]:
    """The description of the service: for people, and for machines."""

    async def page(_request: Request, _body: None) -> Response:
        """For people."""
        return HTMLResponse(description_page(describe()))

    async def description(_request: Request, _body: None) -> Response:
        """For machines."""
        return JSONResponse(describe())

    return (
        Endpoint(
            method="GET", path="/docs", answers="text/html", answer=page, group="Pages",
            summary="Describe what may be asked",
        ),
        Endpoint(
            method="GET", path="/openapi.json", answers="application/json", answer=description, group="Pages",
            summary="Describe the same as OpenAPI",
        ),
    )  # fmt: skip


_REFUSED = "another model is wanted and refused; the service's log and `/v1/models` say why"


class _Health:
    def __init__(self, serving: "Serving", limits: Limits, metrics: Exposition, start: str) -> None:
        self._serving, self._limits, self._metrics, self._start = serving, limits, metrics, start

    async def live(self, _request: Request, _body: None) -> LiveBody:
        if self._serving.hangs():
            raise HangsError("the model hangs in every thread that could ask it; start the service again")
        return LiveBody()

    async def ready(self, _request: Request, _body: None) -> Response:
        found = await self._readiness()
        checks = [CheckBody(check=each.name, passed=each.passed, detail=each.detail) for each in found.checks]
        body = ReadyBody(status="ready" if found.ready else "not ready", checks=checks)
        return json_answer(body, status=HTTPStatus.OK if found.ready else HTTPStatus.SERVICE_UNAVAILABLE)

    async def health(self, _request: Request, _body: None) -> HealthBody:
        found, status = await self._readiness(), self._serving.champion.status
        identity, refusal = status.identity, status.refusal
        log = self._log()
        of_model = (check for check in found.checks if check.name != "log")
        failed = next((check.detail for check in of_model if not check.passed), None)
        return HealthBody(
            status=_in_a_word(found, degraded=refusal is not None or log == "away"),
            timestamp=self._serving.clock(),
            ml_model=ModelHealthBody(
                loaded=identity is not None,
                version=identity.version if identity else None,
                loaded_at=status.loaded_at,
                error=failed or (f"{refusal.reason}: {_REFUSED}" if refusal else None),
            ),
            score_log=log,
        )

    def _log(self) -> LogState | Literal["off"]:
        return "off" if self._serving.log is None else self._serving.log_state()

    async def metrics(self, _request: Request, _body: None) -> Response:
        return Response(self._metrics(), media_type=METRICS_TYPE)

    async def start(self, _request: Request, _body: None) -> Response:
        return HTMLResponse(self._start)

    async def _readiness(self) -> Readiness:
        return await find_readiness(self._serving, silent_s=self._limits.model_silent_s)


def _in_a_word(found: Readiness, *, degraded: bool) -> Literal["healthy", "degraded", "unhealthy"]:
    if not found.ready:
        return "unhealthy"
    return "degraded" if degraded else "healthy"
