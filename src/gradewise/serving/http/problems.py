"""Errors as clients see them: problem details (RFC 9457), with a status for each family."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta

from gradewise.errors import (
    BundleError,
    BusyError,
    DeadlineError,
    GradewiseError,
    InputError,
    MissingDependencyError,
    NotFoundError,
    PlanError,
    RegistryError,
    UnavailableError,
)

MEDIA_TYPE = "application/problem+json"
"""Of errors."""

STATUSES: Mapping[type[GradewiseError], HTTPStatus] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    InputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    PlanError: HTTPStatus.UNPROCESSABLE_ENTITY,
    RegistryError: HTTPStatus.CONFLICT,
    BusyError: HTTPStatus.TOO_MANY_REQUESTS,
    DeadlineError: HTTPStatus.GATEWAY_TIMEOUT,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    BundleError: HTTPStatus.SERVICE_UNAVAILABLE,
    MissingDependencyError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Statuses of errors by family, the nearest counts; what is not here is a fault of the service itself."""

_SLUGS: Mapping[int, str] = {
    400: "malformed-request",
    401: "unauthorised",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    408: "too-slow",
    409: "conflict",
    413: "too-large",
    415: "unsupported-media-type",
    421: "other-host",
    422: "unusable-input",
    429: "busy",
    500: "internal-error",
    503: "unavailable",
    504: "deadline-passed",
}


_AWAY = (
    "something that the service needs does not answer, such as its database; ask again later; the service's "
    "log says what, under the correlation id"
)


class ProblemBody(msgspec.Struct, kw_only=True, frozen=True):
    """Why there is no answer (RFC 9457)."""

    type: Annotated[str, Meta(description="Names the kind of problem.")]
    """Kind."""
    title: Annotated[str, Meta(description="The status in words.")]
    """Status in words."""
    status: Annotated[int, Meta(ge=400, le=599)]
    """HTTP status."""
    detail: Annotated[str, Meta(description="What is wrong, where, and what to do about it.")]
    """What is wrong."""
    correlation_id: Annotated[str, Meta(description="Names the request in every log.")]
    """Names the request."""


class ProblemError(Exception):
    """What an edge refuses by itself, before any use case is asked."""

    def __init__(self, status: HTTPStatus, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        """Say the status, what is wrong and what to do; headers go with the answer."""
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})


def problem_of(error: Exception) -> ProblemError:
    """What a client is told of an error; of one that is not gradewise's own, nothing."""
    if isinstance(error, ProblemError):
        return error
    if type(error) is UnavailableError:
        # Its words name databases, stores and directories: those who keep the service read them in its log.
        return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, _AWAY)
    if isinstance(error, GradewiseError):
        for family in type(error).__mro__:
            if family in STATUSES:
                return ProblemError(STATUSES[family], str(error), headers=_headers(error))
    # Its words may quote what it met: the essay.
    return ProblemError(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "this is a fault of the service, not of the request; its log says more under the correlation id",
    )


def _headers(error: GradewiseError) -> dict[str, str]:
    return (
        {"Retry-After": str(max(1, math.ceil(error.retry_after_s)))} if isinstance(error, BusyError) else {}
    )


def problem_body(problem: ProblemError, correlation_id: str) -> bytes:
    """Problem details as JSON."""
    status = problem.status
    slug = _SLUGS.get(status, str(int(status)))
    return msgspec.json.encode(
        ProblemBody(
            type=f"urn:gradewise:problem:{slug}",
            title=status.phrase,
            status=int(status),
            detail=problem.detail,
            correlation_id=correlation_id,
        )
    )
