"""What databases refuse, in words; nothing here repeats a password or what was written."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from gradewise.errors import GradewiseError, RegistryError, UnavailableError

FULL = "is full; make room and try again (nothing was changed)"
SLOW = "did not answer in time, or others held what was needed; try again (nothing was changed)"
OLD = "has not the tables of this gradewise; run `gradewise db upgrade`"
DENIED = "denies access; check user, password and rights"
GONE = "cannot be reached; check that it runs and that its address is right"
LOST = "was interrupted and did not come back in time; try again"

SQLSTATES: dict[str, str] = {
    "53100": FULL,
    "53200": "has no memory left; try again later",
    "53300": "has no connection left; try again later, or let it take more",
    "57014": SLOW,
    "55P03": SLOW,
    "40001": SLOW,
    "40P01": SLOW,
    "25006": "may only be read; give the address of one that may be written",
    "3D000": "is not there; make it, such as by `createdb`, then run `gradewise db upgrade`",
    "42501": DENIED,
    "42P01": OLD,
    "42703": OLD,
}
"""What PostgreSQL's codes mean."""
SQLSTATE_CLASSES: dict[str, str] = {"08": LOST, "28": DENIED, "57": LOST}
"""The same by the first two letters."""
SQLITE_CODES: dict[int, str] = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_BUSY: SLOW,
    sqlite3.SQLITE_LOCKED: SLOW,
    sqlite3.SQLITE_READONLY: "may only be read; check the rights of the file and of its directory",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check the path and its rights",
    sqlite3.SQLITE_PERM: DENIED,
    sqlite3.SQLITE_IOERR: "cannot be read or written; is the disk full? make room, or check it",
    sqlite3.SQLITE_CORRUPT: "is damaged; put it aside and restore a copy",
    sqlite3.SQLITE_NOTADB: "is no SQLite database; choose another file",
}
"""What SQLite's codes mean; of an extended code the lowest byte counts."""
REFUSALS: tuple[tuple[str, str], ...] = (
    ("foreign key", "it refers to a model or a gate report that is not kept"),
    ("ml_models_one_production", "another model of that name is in production already"),
    ("ml_models_version", "that version is given to another model of that name"),
    ("ml_models.version", "that version is given to another model of that name"),
    ("ml_models_content", "that bundle is registered under that name already"),
    ("ml_models.content_id", "that bundle is registered under that name already"),
    ("ml_models.model_name", "another model of that name is in production already"),
    ("stage_changes", "the audit trail is only ever added to"),
    ("ml_models_stage", "there is no such stage"),
)
"""What a constraint means that the database holds against somebody, by what its name or message contains."""
CONSTRAINTS = ("23", "P0")
"""Classes of codes of what PostgreSQL refuses for what it says."""
UNFIT = "it holds what cannot be kept, such as a number that is none or text that is not Unicode"
INTERRUPTED = frozenset({"40001", "40P01", "57P01", "57P02", "57P03"})
"""Codes after which the same may succeed a moment later."""


class Shown(Protocol):
    """Something that can be named in a message."""

    def __str__(self) -> str:
        """Without any secret."""
        ...


@contextmanager
def translated(address: Shown) -> Iterator[None]:
    """Raise whatever a database says in the block as errors of gradewise.

    Raises:
        UnavailableError: it does not answer, denies access, or is full.
        RegistryError: it refuses what it was told, or has other tables.
    """
    try:
        yield
    except GradewiseError:
        raise
    except Exception as error:
        explained = explanation(error, address)
        if explained is None:
            raise
        raise explained from error


def explanation(error: BaseException, address: Shown) -> GradewiseError | None:
    """What an error means; ``None`` for one that is not about a database."""
    cause = _origin(error)
    code, number = _sqlstate(cause), getattr(cause, "sqlite_errorcode", None)
    if isinstance(cause, sqlite3.IntegrityError) or code[:2] in CONSTRAINTS:
        return RegistryError(f"the database {address} refuses it: {_refusal(cause)}")
    if code[:2] == "22" or (_is_foreign(error) and isinstance(cause, ValueError | TypeError)):
        # In fixed words, since these errors repeat what they could not take.
        return RegistryError(f"the database {address} refuses it: {UNFIT}")
    meaning = _by_code(code, number, cause) or _by_kind(error, cause)
    if meaning is None:
        return None
    return (RegistryError if meaning == OLD else UnavailableError)(f"the database {address} {meaning}")


def is_interruption(error: BaseException) -> bool:
    """Whether a connection broke off or a conflict ended a transaction, so that it may be done again."""
    cause = _origin(error)
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or _sqlstate(cause) in INTERRUPTED or _sqlstate(cause)[:2] == "08" or _is_refused(cause)


def _by_code(code: str, number: int | None, cause: BaseException) -> str | None:
    if number is not None:
        if number & 0xFF == sqlite3.SQLITE_ERROR and "no such" in str(cause):
            return OLD
        return SQLITE_CODES.get(number & 0xFF)
    return SQLSTATES.get(code) or SQLSTATE_CLASSES.get(code[:2])


def _by_kind(error: BaseException, cause: BaseException) -> str | None:
    """By the error's class, where there is no code."""
    if isinstance(cause, TimeoutError) or isinstance(error, PoolTimeoutError):
        return SLOW
    if isinstance(cause, OSError):
        full = cause.errno in {errno.ENOSPC, errno.EDQUOT}
        return FULL if full else GONE
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return LOST
    return f"failed: {first_line(cause)}" if _is_foreign(error) else None


def _is_foreign(error: BaseException) -> bool:
    return isinstance(error, SQLAlchemyError | sqlite3.Error) or type(error).__module__.startswith("asyncpg")


def _refusal(cause: BaseException) -> str:
    named = f"{getattr(cause, 'constraint_name', None) or ''} {cause}".lower()
    return next((words for mark, words in REFUSALS if mark in named), first_line(cause))


def _is_refused(cause: BaseException) -> bool:
    return isinstance(cause, ConnectionError | FileNotFoundError)


def _origin(error: BaseException) -> BaseException:
    """The database's own error under those of SQLAlchemy."""
    cause: BaseException = error
    while isinstance(cause, StatementError) and cause.orig is not None:
        cause = cause.orig
    deeper = cause.__cause__
    return deeper if deeper is not None and getattr(deeper, "sqlstate", None) else cause


def _sqlstate(cause: BaseException) -> str:
    code = getattr(cause, "sqlstate", None)
    return code if isinstance(code, str) else ""


def first_line(error: BaseException) -> str:
    """What an error says, in one line; its kind where it says nothing."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__
