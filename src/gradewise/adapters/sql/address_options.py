"""Options of database URLs: which are known, and what drivers are told of them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlencode

from sqlalchemy.engine import URL

from gradewise.errors import PlanError

Kind = Literal["sqlite", "postgresql"]
"""Databases that gradewise knows."""

WAITING: Final = ("connect_timeout", "statement_timeout")
"""Options of our own: seconds."""
POOLER: Final = "pooler"
"""Option of our own: ``transaction`` where a program between us and the server gives every transaction
whichever of its connections is free, as PgBouncer does in its mode of that name."""
TLS_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_TLS: Final = (
    "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslnegotiation", "ssl_min_protocol_version",
    "ssl_max_protocol_version",
)  # fmt: skip
_FILES: Final = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
_WHERE: Final = ("host", "port")
_OF_SESSION: Final = ("application_name", "options")
_HANDED_ON: Final = (*_TLS, "target_session_attrs", "passfile", "krbsrvname", "gsslib")
KNOWN: Final = (*WAITING, POOLER, *_WHERE, *_OF_SESSION, *_HANDED_ON)
"""Options of PostgreSQL's own programs that its driver for event loops knows too, and ours."""
PARTS: Final = {"user": "username", "password": "password", "dbname": "database"}
"""Options that say what belongs before the question mark."""


def with_known_options(url: URL) -> URL:
    """A URL of PostgreSQL whose options are known, each under its name in PostgreSQL's own programs.

    Raises:
        PlanError: an option is not known, or says what it cannot; no value is repeated that may be a secret.
    """
    query: dict[str, Any] = dict(url.query)
    if "ssl" in query:
        query["sslmode"] = query.pop("ssl")
    parts: dict[str, Any] = {part: str(query.pop(name)) for name, part in PARTS.items() if name in query}
    unknown = sorted(set(query) - set(KNOWN))
    if unknown:
        raise PlanError(
            f"the database URL has an option {unknown[0]!r}, which is not known here; leave it out "
            f"(known: {', '.join(sorted(KNOWN))})"
        )
    _require_one_of("sslmode", query.get("sslmode"), TLS_MODES)
    _require_one_of(POOLER, query.get(POOLER), ("transaction", "session"))
    for name in _FILES:
        if name in query and not Path(str(query[name])).is_file():
            raise PlanError(f"{name} of the database URL is {query[name]!r}, which is no file; check it")
    return url.set(query=query, **parts)


def asyncpg_url(url: URL) -> URL:
    """Where the server is, without options that are told otherwise."""
    return url.set(query={name: url.query[name] for name in _WHERE if name in url.query})


def asyncpg_arguments(query: Mapping[str, Any], *, is_pooled: bool) -> dict[str, Any]:
    """Everything else that asyncpg is told: most of it in a URL, the only way it takes certificates."""
    arguments: dict[str, Any] = {
        "server_settings": {"application_name": "gradewise"} | _chosen(query, _OF_SESSION)
    }
    handed_on = _chosen(query, _HANDED_ON)
    if handed_on:
        arguments["dsn"] = f"postgresql://?{urlencode(handed_on)}"
    if is_pooled:
        # A named statement stays on a connection that another has the next moment.
        arguments |= {
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": str,
        }
    return arguments


def _chosen(query: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    return {name: str(query[name]) for name in names if name in query}


def _require_one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise PlanError(f"{name} of the database URL is none of {', '.join(allowed)}; write one of these")
