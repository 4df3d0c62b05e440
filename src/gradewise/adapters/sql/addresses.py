"""Where a database is: URLs as people write them, and as they may be shown."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from gradewise.errors import MissingDependencyError, RegistryError

Kind = Literal["sqlite", "postgresql"]
"""Databases that gradewise knows."""

KINDS: dict[str, Kind] = {"sqlite": "sqlite", "postgresql": "postgresql", "postgres": "postgresql"}
DRIVERS: dict[Kind, str] = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
FORMS = "postgresql://user:password@host/database or sqlite:///file"
CONNECT_WITHIN_S = 10.0
ANSWER_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Address:
    """A database and for how long it is waited for."""

    url: URL
    """With its driver, secrets and all; its ``repr`` hides the password."""
    kind: Kind
    """Which kind of database."""
    connect_within_s: float = CONNECT_WITHIN_S
    """How long connecting may take, in seconds."""
    answer_within_s: float = ANSWER_WITHIN_S
    """How long a statement may take, locks of others included, in seconds."""

    def __str__(self) -> str:
        """The address as it may be shown: without password, driver and options."""
        shown = URL.create(
            self.kind, self.url.username, None, self.url.host, self.url.port, self.url.database
        )
        host = self.url.query.get("host")
        where = f" on {host}" if isinstance(host, str) and not self.url.host else ""
        return f"{shown.render_as_string(hide_password=True)}{where}"

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database; ``None`` for one in memory and for servers."""
        name = self.url.database
        return Path(name) if self.kind == "sqlite" and name and name != ":memory:" else None


def sqlite_address(path: Path) -> Address:
    """The address of a SQLite file, which need not be there yet."""
    return Address(URL.create(DRIVERS["sqlite"], database=str(path)), "sqlite")


def read_address(text: str) -> Address:
    """Read a URL such as ``postgresql://user@host/database`` or ``sqlite:///file``, with or without a driver.

    The options ``connect_timeout`` and ``statement_timeout`` say for how many seconds is waited; ``sslmode``
    means what it means to PostgreSQL's own programs.

    Raises:
        RegistryError: it is no such URL; what was given is not repeated, since it may hold a password.
        MissingDependencyError: asyncpg is needed and not installed.

    >>> print(read_address("postgres://me:secret@db.example/models?sslmode=require"))
    postgresql://me@db.example/models
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise RegistryError(f"the database URL cannot be read; write it as {FORMS}") from None
    kind = KINDS.get(url.get_backend_name())
    if kind is None:
        raise RegistryError(f"a {url.get_backend_name()} database cannot be used; write its URL as {FORMS}")
    if kind == "postgresql" and importlib.util.find_spec("asyncpg") is None:
        raise MissingDependencyError("PostgreSQL needs asyncpg: pip install 'gradewise[postgres]'")
    connect, answer = (
        _seconds(url, "connect_timeout", CONNECT_WITHIN_S),
        _seconds(url, "statement_timeout", ANSWER_WITHIN_S),
    )
    rest = url.difference_update_query(["connect_timeout", "statement_timeout", "sslmode", "ssl"])
    tls = url.query.get("ssl") or url.query.get("sslmode")
    if tls is not None and kind == "postgresql":
        rest = rest.update_query_dict({"ssl": tls})
    return Address(rest.set(drivername=DRIVERS[kind]), kind, connect, answer)


def _seconds(url: URL, name: str, default: float) -> float:
    given = url.query.get(name)
    if given is None:
        return default
    try:
        seconds = float(str(given))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise RegistryError(f"{name} of the database URL is {given!r}; give a number of seconds above 0")
    return seconds
