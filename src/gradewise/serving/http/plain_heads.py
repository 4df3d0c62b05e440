"""Request lines and headers as they were sent: how long, and without an offer of another protocol."""

from collections.abc import Sequence

Headers = Sequence[tuple[bytes, bytes]]
"""Names in small letters, and values."""
OFFERS = (b"upgrade", b"http2-settings")
"""Headers that offer another protocol."""
_LINE = len("GET  HTTP/1.1\r\n")
_AROUND = len(": \r\n")


def head_bytes(url: bytes, headers: Headers) -> int:
    """About how long a request line and its headers are.

    >>> head_bytes(b"/livez", [(b"host", b"localhost")])
    38
    """
    return _LINE + len(url) + sum(len(name) + len(value) + _AROUND for name, value in headers)


def plain_head(method: bytes, url: bytes, version: str, headers: Headers) -> bytes:
    r"""The same request line and headers, without what offers another protocol.

    What `Connection` says besides, such as ``close``, stays.

    >>> plain_head(b"GET", b"/", "1.1", [(b"upgrade", b"h2c"), (b"connection", b"close, Upgrade")])
    b'GET / HTTP/1.1\r\nconnection: close\r\n\r\n'
    """
    lines = [b"%b %b HTTP/%b" % (method, url, version.encode())]
    for name, value in headers:
        said = _kept(value) if name == b"connection" else value
        if name not in OFFERS and (said or name != b"connection"):
            lines.append(b"%b: %b" % (name, said))
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _kept(connection: bytes) -> bytes:
    """What a header says of the connection beside its offers."""
    tokens = (token.strip() for token in connection.split(b","))
    return b", ".join(token for token in tokens if token.lower() not in OFFERS)
