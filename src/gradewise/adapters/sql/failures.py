"""What goes wrong with databases, in words; nothing here repeats a password, or a value that one holds."""

import errno
import logging
import sqlite3
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from gradewise.adapters.sql.addresses import Address
from gradewise.errors import GradewiseError, UnavailableError

FULL = "is full; make room and try again (nothing was changed)"
SLOW = "did not answer in time, or others held what was needed; try again (nothing was changed)"
DENIED = "denies access; check user, password and rights"
GONE = "cannot be reached; check that it runs and that its address is right"
LOST = "was interrupted and did not come back in time; try again"
UNPROVEN = (
    "does not speak TLS as it was asked to, or does not prove who it is; check sslmode and sslrootcert of "
    "its URL"
)
POOLED = (
    "is behind a pooler that gives every transaction another connection, such as PgBouncer; add "
    "pooler=transaction to its URL"
)

CANCELLED = "57014"
FOREIGN_STATEMENT = ("26000", "42P05")
"""Codes of a prepared statement that is not there, or is there already: another client's connection."""
SQLSTATES: dict[str, str] = {
    "53100": FULL,
    "53200": "has no memory left; try again later",
    "53300": "has no connection left; try again later, or let it take more",
    CANCELLED: SLOW,
    "55P03": SLOW,
    "40001": SLOW,
    "40P01": SLOW,
    "25006": "may only be read; give the address of one that may be written",
    "3D000": "is not there; check its name, or make it, such as by `createdb`",
    "42501": DENIED,
    "3F000": "has no schema to put tables into; make the one that its search_path names, or name another",
    **dict.fromkeys(FOREIGN_STATEMENT, POOLED),
}
"""What PostgreSQL's codes mean."""
SQLSTATE_CLASSES: dict[str, str] = {"08": LOST, "28": DENIED, "57": LOST}
"""The same by the first two letters."""
SQLITE_CODES: dict[int, str] = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_BUSY: SLOW,
    sqlite3.SQLITE_LOCKED: SLOW,
    sqlite3.SQLITE_INTERRUPT: SLOW,
    sqlite3.SQLITE_READONLY: "may only be read; check the rights of the file and of its directory",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check the path and its rights",
    sqlite3.SQLITE_PERM: DENIED,
    sqlite3.SQLITE_IOERR: "cannot be read or written; is the disk full? make room, or check it",
    sqlite3.SQLITE_CORRUPT: "is damaged; put it aside and restore a copy",
    sqlite3.SQLITE_NOTADB: "is no SQLite database; choose another file",
}
"""What SQLite's codes mean."""
INTERRUPTED = frozenset({"40001", "40P01", "57P01", "57P02", "57P03"})
"""Codes after which the same may succeed a moment later."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something went wrong, as the database, its driver or the network has it."""

    error: BaseException
    """Their own error, under those of SQLAlchemy."""
    state: str
    """PostgreSQL's code; empty when there is none."""
    number: int | None
    """SQLite's code, of an extended one the lowest byte; ``None`` when there is none."""
    is_foreign: bool
    """Whether SQLAlchemy or a driver raised it."""
    is_lost: bool
    """Whether the connection broke off."""
    is_late: bool
    """Whether something took longer than it may."""

    @property
    def words(self) -> str:
        """What was said, in one line, which may quote what was asked; its kind where nothing was said."""
        return next(iter(str(self.error).splitlines()), "") or type(self.error).__name__

    @property
    def known_as(self) -> str:
        """Its kind and code, which quote nothing."""
        code = (self.state and f"SQLSTATE {self.state}") or getattr(self.error, "sqlite_errorname", "")
        return ", ".join(filter(None, (type(self.error).__name__, code)))


Faults = Callable[[Cause, Address], GradewiseError | None]
"""What a cause means to whoever asked, where that is more than can be said of any database."""


@contextmanager
def translated(address: Address, faults: Faults) -> Iterator[None]:
    """Raise whatever a database says in the block as errors of gradewise.

    Raises:
        UnavailableError: it does not answer, denies access, or is full.
        GradewiseError: what `faults` makes of it.
    """
    try:
        yield
    except GradewiseError:
        raise
    except Exception as error:
        explained = explanation(error, address, faults)
        if explained is None:
            raise
        _tell(explained, cause_of(error), address)
        raise explained from error


def explanation(error: BaseException, address: Address, faults: Faults) -> GradewiseError | None:
    """What an error means; ``None`` for one that is not about a database."""
    cause = cause_of(error)
    fault = faults(cause, address)
    meaning = _by_code(cause) or _by_kind(cause)
    return fault or (None if meaning is None else UnavailableError(f"the database {address} {meaning}"))


def _tell(explained: GradewiseError, cause: Cause, address: Address) -> None:
    told = {"database": address.location, "cause": cause.known_as}
    if isinstance(explained, UnavailableError):
        _log.warning("database_failed", extra=told)
    else:
        _log.info("database_refused", extra=told)


def is_interruption(error: BaseException) -> bool:
    """Whether a connection broke off or a conflict ended a transaction, so that it may be done again."""
    cause = cause_of(error)
    refused = isinstance(cause.error, ConnectionError | FileNotFoundError)
    return cause.is_lost or cause.state in INTERRUPTED or cause.state[:2] == "08" or refused


def cause_of(error: BaseException) -> Cause:
    """What an error comes of."""
    origin = error
    while isinstance(origin, StatementError) and origin.orig is not None:
        origin = origin.orig
    deeper = origin.__cause__
    origin = deeper if deeper is not None and getattr(deeper, "sqlstate", None) else origin
    state, number = getattr(origin, "sqlstate", None), getattr(origin, "sqlite_errorcode", None)
    return Cause(
        error=origin,
        state=state if isinstance(state, str) else "",
        number=None if number is None else number & 0xFF,
        is_foreign=isinstance(error, SQLAlchemyError | sqlite3.Error)
        or type(error).__module__.startswith("asyncpg"),
        is_lost=isinstance(error, DBAPIError) and error.connection_invalidated,
        is_late=isinstance(origin, TimeoutError)
        or isinstance(error, PoolTimeoutError)
        or state == CANCELLED
        or number == sqlite3.SQLITE_INTERRUPT,
    )


def _by_code(cause: Cause) -> str | None:
    if cause.number is not None:
        return SQLITE_CODES.get(cause.number)
    return SQLSTATES.get(cause.state) or SQLSTATE_CLASSES.get(cause.state[:2])


def _by_kind(cause: Cause) -> str | None:
    """By the error's class, where there is no code."""
    if cause.is_late:
        return SLOW
    if isinstance(cause.error, OSError):
        return _of_system(cause.error)
    if cause.is_lost:
        return LOST
    return f"failed ({cause.known_as})" if cause.is_foreign else None


def _of_system(error: OSError) -> str:
    """What the operating system or the network says."""
    if isinstance(error, ssl.SSLError) or "SSL upgrade" in str(error):  # asyncpg's words
        return UNPROVEN
    if isinstance(error, PermissionError):
        return DENIED
    if isinstance(error, FileExistsError | NotADirectoryError):
        return SQLITE_CODES[sqlite3.SQLITE_CANTOPEN]
    return FULL if error.errno in {errno.ENOSPC, errno.EDQUOT} else GONE
