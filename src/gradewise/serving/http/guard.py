"""Whoever asks: by which token, with which role, and how often in vain."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from http import HTTPStatus

from starlette.requests import Request

from gradewise.errors import InputError
from gradewise.service_events import AccessRefused
from gradewise.serving.http.problems import ProblemError
from gradewise.serving.tokens import KnownToken, Role, TokenFile, find_token
from gradewise.telemetry import Listener, Notice

MOST_ADDRESSES = 4096
"""That failed authorisations are counted of; the one that was quiet longest is forgotten first."""
MINUTE_S = 60.0
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="gradewise"'}


class Failures:
    """Failed authorisations by address: a bucket that a minute empties."""

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Let each address fail so often a minute; `clock` gives seconds."""
        self._most, self._clock = most, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def add(self, address: str) -> float:
        """Count one more; seconds that the address is to wait, 0 while it may go on."""
        now = self._clock()
        level, at = self._levels.pop(address, (0.0, now))
        level = max(0.0, level - (now - at) * self._most / MINUTE_S)
        full = level + 1 > self._most
        self._levels[address] = level if full else level + 1, now
        while len(self._levels) > MOST_ADDRESSES:
            self._levels.popitem(last=False)
        return (level + 1 - self._most) * MINUTE_S / self._most if full else 0.0


class Guard:
    """Lets requests through that have a token of a sufficient role; everybody, where there are no tokens."""

    def __init__(self, tokens: TokenFile | None, listener: Listener, *, failures: Failures) -> None:
        self._tokens, self._listener, self._failures = tokens, listener, failures
        self._told = ""

    @property
    def asks(self) -> bool:
        """Whether tokens are needed."""
        return self._tokens is not None

    def admit(self, request: Request, role: Role) -> KnownToken | None:
        """The token by which a request is let through; ``None`` where none is needed.

        Raises:
            ProblemError: there is no token (401), it is unknown (401), it may not do this (403), too many
                from there were refused (429), or the file of tokens cannot be read (503).
        """
        if self._tokens is None:
            return None
        address = request.client.host if request.client else ""
        return self.check(request.headers.getlist("authorization"), role, address=address)

    def check(self, authorization: Sequence[str], role: Role, *, address: str) -> KnownToken | None:
        """The same for headers that came from an address by whatever protocol; raises as `admit`."""
        if self._tokens is None:
            return None
        presented = _presented(authorization)
        known = find_token(presented, self._known(self._tokens)) if presented else None
        if known is None:
            raise self._refused(address, role, had_one=bool(presented))
        if not known.may(role):
            self._listener(AccessRefused("role", role))
            raise ProblemError(
                HTTPStatus.FORBIDDEN,
                f"token {known.name!r} has role {known.role}, this needs {role}; ask for another token",
            )
        return known

    def may(self, authorization: Sequence[str], role: Role) -> bool:
        """Whether somebody who was let through may do what a role may, too."""
        if self._tokens is None:
            return True
        known = find_token(_presented(authorization), self._known(self._tokens))
        return known is not None and known.may(role)

    def _known(self, tokens: TokenFile) -> tuple[KnownToken, ...]:
        try:
            known = tokens.known()
        except InputError as error:
            if str(error) != self._told:  # once, not upon every request
                self._told = str(error)
                self._listener(Notice(f"nobody is let in: {error}"))
            raise ProblemError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "the file of tokens cannot be read, so that nobody is let in; the service's log says more",
            ) from error
        self._told = ""
        return known

    def _refused(self, address: str, role: Role, *, had_one: bool) -> ProblemError:
        # A right token is always let through: who shares an address with somebody who fails is not shut out.
        wait_s = self._failures.add(address)
        if wait_s:
            self._listener(AccessRefused("too_often", role))
            return ProblemError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too many requests from there had no right token; wait, and check the token",
                headers={"Retry-After": str(int(wait_s) + 1)},
            )
        self._listener(AccessRefused("unknown_token" if had_one else "no_token", role))
        said = "is not known here" if had_one else "is missing"
        return ProblemError(
            HTTPStatus.UNAUTHORIZED,
            f"the token {said}; send the header Authorization: Bearer TOKEN with a token that "
            "`gradewise tokens new` made",
            headers=CHALLENGE,
        )


def _presented(headers: Sequence[str]) -> str:
    """The token of these headers; empty where there is none, or more than one."""
    scheme, _, token = headers[0].partition(" ") if len(headers) == 1 else ("", "", "")
    return token.strip() if scheme.lower() == "bearer" else ""
