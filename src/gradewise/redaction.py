"""Secrets taken out of what is written down: passwords in addresses, authorisation, what is named so."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

HIDDEN = "***"
"""What stands where a secret was."""
SHORTEST = 4
"""Anything shorter is no secret, and would be found in every second word."""

_SECRET_NAME = re.compile(
    r"password|passwd|passphrase|pwd$|secret|token$|api_?key|access_?key|private_?key|authorization"
    r"|credential|cookie|_dsn$",
    re.IGNORECASE,
)
_WORKING_DIRECTORIES = frozenset({"PWD", "OLDPWD"})
"""What shells call the directory where they are, and that before it: no passwords, whatever they end in."""
# One slash is enough: that is what becomes of an address that is taken for a path. What begins with a number
# and a slash is a port and a path; any other password may hold slashes, as those of S3 do.
_IN_ADDRESS = re.compile(
    r"(\b[a-z][a-z0-9+.-]*:/{1,2}[^\s:/?#]*):([^\s/]+|(?!\d{1,5}/)[^\s@]+)@", re.IGNORECASE
)
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*://[^:/@]*):.*@", re.IGNORECASE | re.DOTALL)
_USER = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@]*@", re.IGNORECASE)
_PARAMETERS = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s?'\"]*)\?[^\s'\"]*", re.IGNORECASE)
_HEADER = re.compile(
    r"\b(authorization[\"']?\s*[:=]\s*[\"']?)(?:(bearer|basic|digest)\s+)?[^\s\"',;]+", re.IGNORECASE
)
_SCHEME = re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"([?&\s\"'](?:[\w-]*(?:password|passwd|secret|token|api_?key|access_?key|signature))[\"']?\s*[=:]\s*[\"']?)"
    r"[^\s&\"',;]+",
    re.IGNORECASE,
)


def names_a_secret(name: str) -> bool:
    """Whether a value of that name is to be hidden.

    >>> [names_a_secret(name) for name in ("PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "token", "tokens", "stage")]
    [True, True, True, False, False]
    """
    return _SECRET_NAME.search(name) is not None


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without what looks like a secret, and without these.

    >>> redacted("postgresql://anna:s3cret@db/grades does not answer")
    'postgresql://anna:***@db/grades does not answer'
    >>> redacted("Authorization: Bearer abcdefgh.ijk")
    'Authorization: ***'
    """
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    text = _IN_ADDRESS.sub(rf"\1:{HIDDEN}@", text)
    text = _HEADER.sub(rf"\1{HIDDEN}", text)
    text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
    return _ASSIGNED.sub(rf"\1{HIDDEN}", text)


def shown_address(address: str) -> str:
    """An address without its password, whatever that holds.

    >>> shown_address("postgresql://anna:my s3/cret@db/grades")
    'postgresql://anna:***@db/grades'
    """
    return redacted(_ADDRESS.sub(rf"\1:{HIDDEN}@", address))


def bare_addresses(text: str) -> str:
    """A text without users, passwords and parameters of the addresses in it, nor other secrets.

    >>> bare_addresses("no answer from s3://key:sec/ret@bucket/bundles?endpoint=x")
    'no answer from s3://bucket/bundles'
    """
    return _PARAMETERS.sub(r"\1", _USER.sub(r"\1", redacted(text)))


def redacted_value(value: Any, secrets: Iterable[str] = ()) -> Any:
    """A JSON value whose texts hold no secret, nor does anything under a name of secrets."""
    match value:
        case str():
            return redacted(value, secrets)
        case Mapping():
            return {
                key: HIDDEN if each and names_a_secret(str(key)) else redacted_value(each, secrets)
                for key, each in value.items()
            }
        case list() | tuple():
            return [redacted_value(each, secrets) for each in value]
        case _:
            return value


def secrets_in(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Values that nobody may read: of variables named like secrets, and passwords within addresses.

    >>> secrets_in({"PGPASSWORD": "s3cret", "PWD": "/var/lib/gradewise"})
    ('s3cret',)
    """
    found = [
        value
        for name, value in environment.items()
        if names_a_secret(name) and name not in _WORKING_DIRECTORIES
    ]
    for value in environment.values():
        passwords = [password for _, password in _IN_ADDRESS.findall(value)]
        found += [*passwords, *map(unquote, passwords)]
    return tuple(sorted({secret for secret in found if len(secret) >= SHORTEST}))
