"""Requests that offer another protocol are answered; those with too many headers at once are refused."""

import contextlib
import json
import re
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.serving.http.plain_heads import head_bytes, plain_head
from gradewise.serving.http.running import Listening
from gradewise.serving.limits import Limits
from listening_service import Listener, listening_service

LIMITS = Limits(header_bytes=8_000, idle_s=0.5, headers_within_s=2)
BODY = json.dumps(
    {"text": "School is good.\r\n\r\nGET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n"}
).encode()
OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n"
POST = b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
LENGTH, CHUNKED = b"Content-Length: %d\r\n" % len(BODY), b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
GET = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n"
LAST = b"Connection: close\r\n"
ENDS = OFFER.replace(b"Upgrade,", b"close, Upgrade,", 1)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    """A service for this machine alone."""
    listening = Listening(port=0, limits=LIMITS)
    with listening_service(tmp_path_factory.mktemp("service"), listening) as listener:
        yield listener


def asked(service: Listener, parts: Sequence[bytes]) -> bytes:
    """All that is answered until the service closes the connection."""
    found = b""
    with service.connect() as connection, contextlib.suppress(ConnectionError):
        for part in parts:
            connection.sendall(part)
        while more := connection.recv(65_536):
            found += more
    return found


@pytest.mark.parametrize("parts", [
    (POST + LENGTH + OFFER + b"\r\n" + BODY + GET + LAST + b"\r\n",),
    (POST + LENGTH + OFFER[:30], OFFER[30:] + b"\r\n", BODY[:9], BODY[9:] + GET + LAST + b"\r\n"),
    (POST + CHUNKED + OFFER + b"\r\n" + CHUNKS[:50], CHUNKS[50:] + GET + LAST + b"\r\n"),
    (GET + OFFER + b"\r\n" + POST + LENGTH + LAST + b"\r\n" + BODY,),
    (GET + OFFER + b"\r\n" + POST + ENDS.replace(b"h2c", b"websocket") + LENGTH + b"\r\n" + BODY,),
], ids=["at_once", "in_parts", "chunked", "next", "each"])  # fmt: skip
def test_an_offer_of_another_protocol_is_passed_over(service: Listener, parts: Sequence[bytes]) -> None:
    """As Java's client makes it: the body is read as one, and the next request is the next one."""
    answer = asked(service, parts)
    assert [b"200", b"200"] == re.findall(rb"HTTP/1.1 (\d+)", answer)
    assert 1 == answer.count(b'"score_id"')
    assert 1 == answer.count(b'"alive"')


def test_a_connection_that_is_to_be_closed_is(service: Listener) -> None:
    """What else a header says of the connection counts."""
    answer = asked(service, [GET + ENDS + b"\r\n"])
    assert b"\r\nconnection: close\r\n" in answer


def test_a_tunnel_is_none_of_its_offers(service: Listener) -> None:
    """CONNECT is refused, and the service goes on."""
    assert b"HTTP/1.1 2" not in asked(service, [b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n"])
    assert b'"alive"' in asked(service, [GET + LAST + b"\r\n"])


@pytest.mark.parametrize("before", [b"", GET + b"\r\n"], ids=["first", "second"])
def test_too_many_headers_are_refused_also_where_they_come_at_once(service: Listener, before: bytes) -> None:
    """As one packet holds more of them than may be; a long body in it does no harm."""
    many = b"".join(b"X-%d: y\r\n" % number for number in range(1_500))
    assert b"HTTP/1.1 431" in asked(service, [before + GET + many + b"\r\n"])
    text = json.dumps({"text": "word " * 3_000}).encode()
    length = b"Content-Length: %d\r\n\r\n" % len(text)
    assert b"HTTP/1.1 200" in asked(service, [before + POST + LAST + length + text])


NAMES = st.from_regex(rb"[a-z-]{1,12}", fullmatch=True)
VALUES = st.from_regex(rb"[!-~]{1,20}", fullmatch=True)


@settings(max_examples=20)
@given(st.lists(st.tuples(NAMES, VALUES), max_size=8))
def test_a_head_without_offers_stays_as_it_was(headers: list[tuple[bytes, bytes]]) -> None:
    """Every other header is there, in order; its length is that of what is sent."""
    plain = [each for each in headers if each[0] not in (b"upgrade", b"http2-settings", b"connection")]
    head = plain_head(b"GET", b"/livez", "1.1", plain)
    assert b"".join([b"GET /livez HTTP/1.1\r\n", *(b"%b: %b\r\n" % each for each in plain), b"\r\n"]) == head
    assert len(head) - 2 == head_bytes(b"/livez", plain)
