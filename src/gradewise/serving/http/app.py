"""The HTTP application: endpoints, who may ask, what every answer has in common."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from gradewise import __version__
from gradewise.serving.http.description import described
from gradewise.serving.http.endpoints import Endpoint, add_endpoints
from gradewise.serving.http.envelope import Envelope, answer_http_error
from gradewise.serving.http.guard import Failures, Guard
from gradewise.serving.http.health import description_endpoints, health_endpoints
from gradewise.serving.http.models import model_endpoints
from gradewise.serving.http.reading import BodyRoom
from gradewise.serving.http.review import review_endpoints
from gradewise.serving.http.scoring import scoring_endpoints
from gradewise.serving.limits import Limits
from gradewise.serving.tokens import TokenFile
from gradewise.workflows.scoring.services import Serving


def no_metrics() -> bytes:
    """Nothing was counted."""
    return b""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppOptions:
    """What the application asks of clients, and lets them take."""

    tokens: TokenFile | None = None
    """Who may ask; anybody who reaches it when ``None``."""
    hosts: Collection[str] = ()
    """Names that it goes by; any when empty."""
    limits: Limits = field(default_factory=Limits)
    """How much a client may take."""
    metrics: Callable[[], bytes] = no_metrics
    """What Prometheus is told."""


def build_app(serving: Serving, options: AppOptions | None = None) -> ASGIApp:
    """The application over a service that is up.

    Args:
        serving: what answers.
        options: what clients are asked and allowed.
    """
    options = options or AppOptions()
    listener = serving.listener
    guard = Guard(options.tokens, listener, failures=Failures(options.limits.refusals_a_minute))
    app, room = _empty_app(), BodyRoom(options.limits.bodies_bytes)
    endpoints = _endpoints(serving, options, guard)
    return Envelope(add_endpoints(app, endpoints, guard, room), listener=listener, hosts=options.hosts)


def _endpoints(serving: Serving, options: AppOptions, guard: Guard) -> tuple[Endpoint, ...]:
    @cache
    def describe() -> dict[str, Any]:
        return described(endpoints, asks_for_tokens=guard.asks)

    limits = options.limits
    endpoints = (
        *scoring_endpoints(serving, limits),
        *review_endpoints(serving, limits),
        *model_endpoints(serving, guard),
        *health_endpoints(serving, limits, metrics=options.metrics, asks_for_tokens=guard.asks),
        *description_endpoints(describe),
    )
    return endpoints


def _empty_app() -> FastAPI:
    # Its own pages of documentation fetch scripts from elsewhere; ours is made from the same description.
    app = FastAPI(
        title="Gradewise",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.add_exception_handler(HTTPException, answer_http_error)
    return app
