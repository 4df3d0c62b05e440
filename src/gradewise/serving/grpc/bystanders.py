"""Calls that need no token: health and reflection, which must not take the places of those that grade."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import Any

import grpc

from gradewise.errors import GradewiseError
from gradewise.serving.grpc.calls import SERVICE, Context, Sent, first_message
from gradewise.serving.grpc.problems import code_of
from gradewise.serving.http.problems import ProblemError, problem_of
from gradewise.serving.limits import Limits

SHARE = 8
"""One of so many calls at a time may be a question, and one may watch or look around."""

Handler = Any
"""A handler of a method: of whichever kind."""


class Bystanders(grpc.aio.ServerInterceptor):  # type: ignore[misc]  # not typed
    """Bounds how many calls that need no token go on at once, and how long they may take to say anything.

    They are not asked who they are: a call that has begun and sends nothing would otherwise be a place less
    for those that grade, for good.

    Args:
        limits: how much a caller may take.
    """

    def __init__(self, limits: Limits) -> None:
        self._most = max(1, limits.connections // SHARE)
        self._within_s = limits.headers_within_s
        self._under_way = {True: 0, False: 0}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        """The handler of a call, bounded where anybody may call it."""
        handler = await continuation(handler_call_details)
        if handler is None or handler_call_details.method.startswith(f"/{SERVICE}/"):
            return handler
        return self._bounded(handler)

    def _bounded(self, handler: Handler) -> Handler:
        stays = bool(handler.response_streaming)
        if handler.request_streaming and stays:
            return grpc.stream_stream_rpc_method_handler(
                partial(self._looked_around, handler.stream_stream),
                request_deserializer=handler.request_deserializer,
                response_serializer=handler.response_serializer,
            )
        work = handler.unary_stream if stays else handler.unary_unary
        make = grpc.stream_stream_rpc_method_handler if stays else grpc.stream_unary_rpc_method_handler
        asked = partial(self._asked, work, handler.request_deserializer, stays)
        return make(asked, response_serializer=handler.response_serializer)

    async def _asked(
        self,
        work: Callable[[Any, Context], Awaitable[Any]],
        parse: Callable[[bytes], Any],
        stays: bool,  # noqa: FBT001 - of a partial
        sent: Sent,
        context: Context,
    ) -> Any:
        try:
            with self._place(stays=stays):
                request = parse(await first_message(sent, within_s=self._within_s))
                return await work(request, context)
        except (ProblemError, GradewiseError) as error:
            problem = problem_of(error)
            return await context.abort(code_of(problem.status), problem.detail, ())

    async def _looked_around(
        self,
        work: Callable[[AsyncIterator[Any], Context], AsyncIterator[Any]],
        sent: AsyncIterator[Any],
        context: Context,
    ) -> AsyncIterator[Any]:
        try:
            with self._place(stays=True):
                async for answer in work(sent, context):
                    yield answer
        except ProblemError as error:
            await context.abort(code_of(error.status), error.detail, ())

    @contextmanager
    def _place(self, *, stays: bool) -> Iterator[None]:
        if self._under_way[stays] >= self._most:
            raise ProblemError(
                HTTPStatus.TOO_MANY_REQUESTS, f"{self._most} such calls go on already; ask again later"
            )
        self._under_way[stays] += 1
        try:
            yield
        finally:
            self._under_way[stays] -= 1
