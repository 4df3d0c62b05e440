"""What a client cannot take of the service: memory, time, connections, somebody else's place."""

import contextlib
import itertools
import json
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from gradewise.errors import InputError, PlanError, UnavailableError
from gradewise.service_events import AccessRefused, RequestAnswered
from gradewise.serving.http.connections import BEYOND
from gradewise.serving.http.guard import Failures
from gradewise.serving.http.running import Listening, check_tokens, is_loopback, listen
from gradewise.serving.limits import Limits
from gradewise.serving.tokens import ROLES, Role, TokenFile
from gradewise.telemetry import Notice
from listening_service import Listener, listening_service

LIMITS = Limits(
    body_bytes=20_000, batch_bytes=20_000, bodies_bytes=30_000, body_within_s=0.4,
    headers_within_s=0.6, header_bytes=8_000,
    connections=12, idle_s=0.5, drain_s=5, refusals_a_minute=20,
)  # fmt: skip
POST = b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> dict[Role, str]:
    """A token of each role."""
    file = TokenFile(tmp_path_factory.mktemp("tokens") / "tokens.json")
    made = {role: file.add(role, role, clock=lambda: datetime.now(UTC)) for role in ROLES}
    return {**made, "file": str(file.path)}  # type: ignore[dict-item]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, tokens: dict[str, str]) -> Iterator[Listener]:
    """A service with tokens and narrow limits."""
    listening = Listening(host="0.0.0.0", port=0, limits=LIMITS, tokens=Path(tokens["file"]))  # noqa: S104
    with listening_service(tmp_path_factory.mktemp("service"), listening) as listener:
        yield listener


@pytest.fixture
def ask(service: Listener, tokens: dict[str, str]) -> Iterator[Callable[..., httpx.Response]]:
    """Asks with the token of a role, or none."""
    with httpx.Client(base_url=service.url, timeout=30) as client:

        def asked(role: str | None, method: str, path: str, **rest: object) -> httpx.Response:
            headers = {} if role is None else {"Authorization": f"Bearer {tokens.get(role, role)}"}
            return client.request(method, path, headers=headers, **rest)  # type: ignore[arg-type]

        yield asked


def answered(connection: socket.socket) -> bytes:
    """All that comes until the service hangs up."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def authorised(tokens: dict[str, str]) -> bytes:
    """A request line and headers that let one in, without their end."""
    return POST + b"Authorization: Bearer " + tokens["score"].encode() + b"\r\n"


GUARDED = [
    ("POST", "/v1/score", "score"), ("POST", "/v1/score/batch", "score"),
    ("POST", "/v1/batches/b/finalize", "score"), ("GET", f"/v1/scores/{'0' * 32}", "score"),
    ("GET", "/v1/models", "score"), ("GET", "/v1/review-queue", "review"),
    ("POST", "/v1/corrections", "review"), ("POST", "/v1/models/reload", "admin"),
]  # fmt: skip


@pytest.mark.parametrize("has", [*ROLES, None])
@pytest.mark.parametrize(("method", "path", "needs"), GUARDED, ids=[path for _, path, _ in GUARDED])
def test_each_route_needs_its_role(
    ask: Callable[..., httpx.Response],
    service: Listener,
    *,
    has: Role | None,
    method: str,
    path: str,
    needs: Role,
) -> None:
    """Without a token 401, with too small a role 403, and otherwise whatever the route says."""
    service.small.heard.clear()
    status = ask(has, method, path).status_code
    if has is None:
        assert status in (401, 429)
    elif ROLES.index(has) < ROLES.index(needs):
        assert 403 == status
        assert AccessRefused("role", needs) in service.small.heard
    else:
        assert status not in (401, 403)


def test_the_description_says_which_role_a_route_needs(ask: Callable[..., httpx.Response]) -> None:
    """For people and for machines, and it needs none itself."""
    paths = ask(None, "GET", "/openapi.json").json()["paths"]
    assert [{"token": []}] == paths["/v1/models/reload"]["post"]["security"]
    assert "role admin" in paths["/v1/models/reload"]["post"]["description"]
    assert "security" not in paths["/livez"]["get"]
    assert "Bearer TOKEN" in ask(None, "GET", "/").text


def test_health_needs_no_token(ask: Callable[..., httpx.Response]) -> None:
    """Nor does anything else that says nothing of an essay."""
    for path in ("/livez", "/readyz", "/healthz", "/metrics", "/", "/docs"):
        assert 200 == ask(None, "GET", path).status_code


def test_a_right_token_is_let_in_however_often_others_fail(
    ask: Callable[..., httpx.Response], service: Listener
) -> None:
    """Who fails often is told to wait, is counted, and does not lock out who shares the address."""
    service.small.heard.clear()
    answers = [ask("gradewise_wrong", "GET", "/v1/models") for _ in range(LIMITS.refusals_a_minute + 5)]
    assert 429 == answers[-1].status_code
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert 200 == ask("score", "GET", "/v1/models").status_code
    told = [each.reason for each in service.small.heard if isinstance(each, AccessRefused)]
    assert "too_often" in told
    assert "gradewise_wrong" not in repr(service.small.heard)


def test_two_tokens_are_none(service: Listener, tokens: dict[str, str]) -> None:
    """What could be read in two ways lets nobody in."""
    headers = [("Authorization", f"Bearer {tokens['admin']}"), ("Authorization", "Bearer x")]
    assert httpx.get(f"{service.url}/v1/models", headers=headers).status_code in (401, 429)


def test_a_revoked_token_is_refused_at_once(service: Listener, tokens: dict[str, str]) -> None:
    """The file is read again by the running service; a damaged one lets nobody in, and says so."""
    file = TokenFile(Path(tokens["file"]))
    token = file.add("passing", "score", clock=lambda: datetime.now(UTC))
    headers = {"Authorization": f"Bearer {token}"}
    assert 200 == httpx.get(f"{service.url}/v1/models", headers=headers).status_code
    file.revoke("passing")
    assert httpx.get(f"{service.url}/v1/models", headers=headers).status_code in (401, 429)
    kept = file.path.read_bytes()
    file.path.chmod(0o644)
    try:
        for _ in "12":
            assert 503 == httpx.get(f"{service.url}/v1/models", headers=headers).status_code
    finally:
        file.path.chmod(0o600)
    said = [each.message for each in service.small.heard if isinstance(each, Notice)]
    assert 1 == sum("can be read by others" in each for each in said)
    answered_so = [each for each in service.small.heard if isinstance(each, RequestAnswered)]
    reasons = [str(each.reason) for each in answered_so if each.status == 503]
    assert all("nobody is let in" in each for each in reasons[-2:])
    assert kept == file.path.read_bytes()


def test_a_stated_length_beyond_the_limit_is_refused_unread(
    service: Listener, tokens: dict[str, str]
) -> None:
    """Nobody sends it first."""
    with service.connect() as connection:
        connection.sendall(authorised(tokens) + b"Content-Length: 20001\r\n\r\n")
        answer = answered(connection)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in answer.lower()


def test_a_chunked_body_is_cut_where_it_becomes_too_long(service: Listener, tokens: dict[str, str]) -> None:
    """A sender that never ends is cut off after little more than the limit and the buffers of both sides."""
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    sent = 0
    with service.connect() as connection:
        connection.sendall(authorised(tokens) + b"Transfer-Encoding: chunked\r\n\r\n")
        try:
            while sent < 100_000_000:
                sent += connection.send(chunk)
        except OSError:
            pass
        answer = answered(connection)
    assert 20_000_000 > sent
    assert answer == b"" or answer.startswith(b"HTTP/1.1 413")


def body_of(pieces: Iterable[bytes], *, n_bytes: int) -> bytes:
    """The body that comes in these pieces, of which the last is followed by no other, read within a limit."""
    import asyncio  # noqa: PLC0415 - these tests alone

    from starlette.requests import Request  # noqa: PLC0415 - the same

    from gradewise.serving.http.reading import BodyLimits, read_body  # noqa: PLC0415 - the same

    coming = iter(pieces)

    async def receive() -> dict[str, object]:
        piece = next(coming)
        return {"type": "http.request", "body": piece, "more_body": bool(piece)}

    scope = {"type": "http", "headers": [(b"content-type", b"application/json")]}
    return asyncio.run(read_body(Request(scope, receive), BodyLimits(n_bytes=n_bytes, within_s=60)))


def test_the_service_takes_no_more_than_the_limit_of_a_long_body() -> None:
    """Reading stops with the chunk that is too much: measured by what is taken."""
    from gradewise.serving.http.problems import ProblemError  # noqa: PLC0415 - this test alone

    taken = itertools.count(1)
    with pytest.raises(ProblemError, match="longer than 4,500 bytes"):
        body_of((b"x" * 1000 for _ in taken), n_bytes=4500)
    assert 6 == next(taken), "the fifth was too much"


def test_a_body_as_long_as_it_may_be_is_taken() -> None:
    """The limit is the longest that is taken, and not the shortest that is refused."""
    assert b"x" * 4500 == body_of([b"x" * 4000, b"x" * 500, b""], n_bytes=4500)


def test_a_body_that_comes_slowly_is_given_up(service: Listener, tokens: dict[str, str]) -> None:
    """However often another byte comes."""
    with service.connect() as connection:
        connection.sendall(authorised(tokens) + b"Content-Length: 1000\r\n\r\n{")
        answer = answered(connection)
    assert answer.startswith(b"HTTP/1.1 408")
    assert 408 == json.loads(answer.partition(b"\r\n\r\n")[2])["status"]


@pytest.mark.parametrize("beginning", [b"", b"GET /livez HTTP/1.1\r\nHost: loc"], ids=["nothing", "some"])
def test_headers_that_come_slowly_are_given_up(service: Listener, beginning: bytes) -> None:
    """A connection costs its holder a request."""
    with service.connect() as connection:
        connection.sendall(beginning)
        assert answered(connection).startswith(b"HTTP/1.1 408")


GET = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n"
HELD = {
    "a byte of a second request": (GET + b"\r\n", b"G"),
    "the body of what takes none": (GET + b"Content-Length: 1000\r\n\r\n", b"{"),
    "the body of what was refused": (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n{\r\n"),
    "nothing after a late body": (GET + b"Content-Length: 1\r\n\r\n", b"{"),
}
"""What is sent, and what is sent once that is answered, of which no more comes."""


def test_nobody_holds_a_connection_by_what_was_answered_already(service: Listener) -> None:
    """Not with what is left of a request, nor with the beginning of another; nobody needs a token for it."""
    with contextlib.ExitStack() as held:
        connections = {name: held.enter_context(service.connect()) for name in HELD}
        for name, (first, then) in HELD.items():
            connections[name].sendall(first)
            # 429 where the tests before this one have failed as often as one address may in a minute.
            assert connections[name].recv(65536)[9:12] in {b"200", b"401", b"429"}, name
            connections[name].sendall(then)
        ends = {name: answered(connection)[:12] for name, connection in connections.items()}
    assert b"HTTP/1.1 408" == ends.pop("a byte of a second request")
    assert {b""} == set(ends.values())


def test_nobody_holds_a_connection_by_not_reading(service: Listener) -> None:
    """What waits to be read is thrown away with it."""
    told, connection = -1, socket.socket()
    with connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", service.port))
        connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 250)
        while told != (told := len(service.small.heard)) or not told:  # until it has stopped answering
            time.sleep(3 * LIMITS.idle_s)
        assert 250 > answered(connection).count(b"HTTP/1.1 200")


def test_headers_without_end_are_given_up(service: Listener) -> None:
    """Their length is bounded, whatever the parser would take."""
    with service.connect() as connection:
        try:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            for number in range(3000):
                connection.sendall(b"X-%d: %s\r\n" % (number, b"y" * 900))
        except OSError:
            pass
        answer = answered(connection)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize("request_", [
    b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
    b"GET /\x00 HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n",
    b"POST /v1/score HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\tfolded\r\n\r\n" + b"GET bad\r\n\r\n",
], ids=["both_lengths", "nul", "tls", "version", "negative", "folded"])  # fmt: skip
def test_malformed_requests_end_their_connection_alone(service: Listener, request_: bytes) -> None:
    """They are told so, and the service goes on."""
    with service.connect() as connection:
        connection.sendall(request_)
        assert b"HTTP/1.1 5" not in answered(connection)
    assert 200 == httpx.get(f"{service.url}/livez").status_code


def test_a_request_goes_to_one_host(service: Listener) -> None:
    """A proxy may have read the other of two names; the connection ends, and the service goes on."""
    with service.connect() as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n")
        answer = answered(connection)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"more than one Host header; send one" in answer
    assert 200 == httpx.get(f"{service.url}/livez").status_code


def test_connections_beyond_the_limit_are_turned_away(service: Listener) -> None:
    """With 503, until others have ended."""
    held = [service.connect() for _ in range(LIMITS.connections)]
    try:
        assert 503 == httpx.get(f"{service.url}/livez").status_code
    finally:
        for each in held:
            each.close()
    deadline = time.monotonic() + 20
    while httpx.get(f"{service.url}/livez").status_code != 200:
        assert time.monotonic() < deadline


def test_those_who_came_first_are_answered_while_there_are_too_many(service: Listener) -> None:
    """A crowd shuts nobody out who was in."""
    expected = [b"200"] * LIMITS.connections + [b"503"] * LIMITS.connections
    deadline = time.monotonic() + 20
    while expected != _told_to_a_crowd(service, len(expected)):  # others may not have left yet
        assert time.monotonic() < deadline


def _told_to_a_crowd(service: Listener, n: int) -> list[bytes]:
    """The status that each of many gets who come one after the other, and of whom nobody leaves."""
    said = []
    with contextlib.ExitStack() as held:
        for _ in range(n):
            connection = held.enter_context(service.connect())
            try:
                connection.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
                said.append(connection.recv(65536)[9:12])
            except ConnectionError:
                said.append(b"")
    return said


def test_a_crowd_that_says_nothing_costs_no_more_than_a_quarter(service: Listener) -> None:
    """Whoever comes when even those are too many who are told so is not told: it costs a descriptor."""
    most = LIMITS.connections + LIMITS.connections // BEYOND
    deadline, said = time.monotonic() + 20, b"something"
    while said:  # others may not have come yet, or be given up already
        assert time.monotonic() < deadline
        with contextlib.ExitStack() as held:
            *_, last = [held.enter_context(service.connect()) for _ in range(most + 1)]
            try:
                said = last.recv(1)
            except ConnectionError:
                said = b""


def test_bodies_together_have_a_bound(service: Listener, ask: Callable[..., httpx.Response]) -> None:
    """While one that is answered takes most of the room, another is told to come back; then it is let in."""
    text = "word " * 3500

    def score(name: str) -> httpx.Response:
        return ask("score", "POST", "/v1/score", json={"text": text, "essay_id": name})

    service.hold()
    with ThreadPoolExecutor(1) as pool:
        try:
            first = pool.submit(score, "slow")
            while not service.small.scores.under_way:
                time.sleep(0.01)
            second = score("other")
        finally:
            service.release()
        assert 200 == first.result().status_code
    assert (429, "1") == (second.status_code, second.headers["Retry-After"])
    assert 200 == score("other").status_code


def test_failures_are_forgotten_in_a_minute() -> None:
    """By address; addresses beyond number do not fill the memory."""
    now = 0.0
    failures = Failures(3, clock=lambda: now)
    assert [0, 0, 0, 20] == [round(failures.add("a")) for _ in range(4)]
    assert 0 == failures.add("b")
    now = 21.0
    assert 0 == failures.add("a")
    assert failures.add("a") > 0
    for number in range(5000):
        failures.add(str(number))
    assert 4096 == len(failures._levels)


def test_others_are_let_in_by_tokens_alone(tmp_path: Path, tokens: dict[str, str]) -> None:
    """A service that other machines can reach is refused at its start without tokens."""
    with pytest.raises(PlanError, match="gradewise tokens new"):
        check_tokens(Listening(host="0.0.0.0"))  # noqa: S104
    assert check_tokens(Listening(host="127.0.0.1")) is None
    file = TokenFile(tmp_path / "tokens.json")
    file.add("a", "score", clock=lambda: datetime.now(UTC))
    file.revoke("a")
    with pytest.raises(InputError, match="holds no token"):
        check_tokens(Listening(tokens=file.path))
    assert check_tokens(Listening(host="0.0.0.0", tokens=Path(tokens["file"])))  # noqa: S104


def test_a_port_that_is_taken_is_told(service: Listener) -> None:
    """With the port, and what to do."""
    with pytest.raises(UnavailableError, match=f"{service.port}.*--port"):
        listen(Listening(host="0.0.0.0", port=service.port))  # noqa: S104
    assert not is_loopback("example.org")
