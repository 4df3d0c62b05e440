"""Errors as callers by gRPC see them: the canonical code of what HTTP would answer."""

import math
from collections.abc import Mapping
from http import HTTPStatus

import grpc

from gradewise.errors import BusyError
from gradewise.serving.http.problems import ProblemError

CODES: Mapping[int, grpc.StatusCode] = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    408: grpc.StatusCode.DEADLINE_EXCEEDED,
    409: grpc.StatusCode.FAILED_PRECONDITION,
    413: grpc.StatusCode.RESOURCE_EXHAUSTED,
    422: grpc.StatusCode.INVALID_ARGUMENT,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    503: grpc.StatusCode.UNAVAILABLE,
    504: grpc.StatusCode.DEADLINE_EXCEEDED,
}
"""Codes by HTTP status; what is not here is a fault of the service itself."""
PUSHBACK = "grpc-retry-pushback-ms"
"""Trailing metadata that clients with a retry policy obey by themselves: milliseconds until the next try."""
_MS = 1000


def code_of(status: HTTPStatus) -> grpc.StatusCode:
    """The canonical code of an HTTP status.

    >>> code_of(HTTPStatus.TOO_MANY_REQUESTS).name, code_of(HTTPStatus.INTERNAL_SERVER_ERROR).name
    ('RESOURCE_EXHAUSTED', 'INTERNAL')
    """
    return CODES.get(int(status), grpc.StatusCode.INTERNAL)


def retry_metadata(error: Exception) -> tuple[tuple[str, str], ...]:
    """When to ask again, where that is known."""
    if isinstance(error, BusyError):
        return ((PUSHBACK, str(math.ceil(error.retry_after_s * _MS))),)
    if isinstance(error, ProblemError) and "Retry-After" in error.headers:
        return ((PUSHBACK, str(int(error.headers["Retry-After"]) * _MS)),)
    return ()
