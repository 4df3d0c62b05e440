"""Where a database is: URLs as people write them, and as they may be shown."""

import importlib.util
import math
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from gradewise.adapters.sql.address_options import POOLER, WAITING, Kind, with_known_options
from gradewise.errors import MissingDependencyError, PlanError

KINDS: dict[str, Kind] = {"sqlite": "sqlite", "postgresql": "postgresql", "postgres": "postgresql"}
DRIVERS: dict[Kind, str] = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
BLOCKING_DRIVERS: dict[Kind, str] = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
"""Drivers that know no event loop."""
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
    is_pooled: bool = False
    """Whether a program between us and the server gives every transaction another of its connections."""

    def __str__(self) -> str:
        """The address as it may be shown: without password, driver and options."""
        return self._shown(self.url.username)

    @property
    def location(self) -> str:
        """The address as it may be kept beside data: without its user too."""
        return self._shown(None)

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database; ``None`` for one in memory and for servers."""
        name = self.url.database
        return Path(name) if self.kind == "sqlite" and name and name != ":memory:" else None

    @property
    def blocking(self) -> str:
        """The URL, secrets and all, for programs that know no event loop."""
        url = self.url.set(drivername=BLOCKING_DRIVERS[self.kind])
        if self.kind == "postgresql":
            url = url.update_query_dict({"connect_timeout": str(math.ceil(self.connect_within_s))})
        return url.render_as_string(hide_password=False)

    def _shown(self, user: str | None) -> str:
        url = URL.create(self.kind, user, None, self.url.host, self.url.port, self.url.database)
        host = self.url.query.get("host")
        where = f" on {host}" if isinstance(host, str) and not self.url.host else ""
        return f"{url.render_as_string(hide_password=True)}{where}"


def sqlite_address(path: Path) -> Address:
    """The address of a SQLite file, which need not be there yet."""
    return Address(URL.create(DRIVERS["sqlite"], database=str(path)), "sqlite")


def read_address(text: str, *, answer_within_s: float = ANSWER_WITHIN_S) -> Address:
    """Read a URL such as ``postgresql://user@host/database`` or ``sqlite:///file``, with or without a driver.

    The options ``connect_timeout`` and ``statement_timeout`` say for how many seconds is waited, and
    ``pooler=transaction`` that PgBouncer, or another like it, is in between; ``sslmode``, ``sslrootcert``,
    ``options`` and their like mean what they mean to PostgreSQL's own programs.

    Args:
        text: the URL.
        answer_within_s: how long a statement may take where the URL does not say, in seconds.

    Raises:
        PlanError: it is no such URL, or has an option that is not known; what was given is not repeated,
            since it may hold a password.
        MissingDependencyError: asyncpg is needed and not installed.

    >>> print(read_address("postgres://me:secret@db.example/models?sslmode=require"))
    postgresql://me@db.example/models
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise PlanError(f"the database URL cannot be read; write it as {FORMS}") from None
    kind = KINDS.get(url.get_backend_name())
    if kind is None:
        raise PlanError(f"a {url.get_backend_name()} database cannot be used; write its URL as {FORMS}")
    if kind == "postgresql" and importlib.util.find_spec("asyncpg") is None:
        raise MissingDependencyError("PostgreSQL needs asyncpg: pip install 'gradewise[postgres]'")
    if kind == "postgresql":
        url = _sound(url)
    connect, answer = (
        _seconds(url, "connect_timeout", CONNECT_WITHIN_S),
        _seconds(url, "statement_timeout", answer_within_s),
    )
    is_pooled = kind == "postgresql" and url.query.get(POOLER) == "transaction"
    rest = url.difference_update_query([*WAITING, POOLER] if kind == "postgresql" else WAITING)
    return Address(rest.set(drivername=DRIVERS[kind]), kind, connect, answer, is_pooled)


def _sound(url: URL) -> URL:
    if "@" in (url.host or ""):  # the end of a password, which must not be shown as part of a host
        raise PlanError("the database URL has more than one @; write one that belongs to a password as %40")
    return with_known_options(url)


def _seconds(url: URL, name: str, default: float) -> float:
    given = url.query.get(name)
    if given is None:
        return default
    try:
        seconds = float(str(given))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise PlanError(f"{name} of the database URL is {given!r}; give a number of seconds above 0")
    return seconds
