"""Of which revision a database is: whoever writes looks first, as another gradewise may have upgraded it."""

import sqlite3
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from gradewise.adapters.sql.addresses import Address
from gradewise.adapters.sql.tables import NEWEST, VERSION_TABLE
from gradewise.errors import RegistryError

KNOWN: Final = ("0001", "0002", "0003", "0004", "0005", NEWEST)
FOUND: Final = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608 - our own name

T = TypeVar("T")


def require_known(found: str, address: Address) -> None:
    """Refuse a database of a newer gradewise.

    Raises:
        RegistryError: it is.
    """
    if found not in KNOWN:
        raise RegistryError(
            f"the database {address} is of revision {found}, which this gradewise ({NEWEST}) does not know; "
            "update gradewise, and start anew what still runs by this one"
        )


def require_newest(found: str | None, address: Address) -> None:
    """Refuse a database that is not of this gradewise's revision.

    Raises:
        RegistryError: the message says what to do.
    """
    if found is not None:
        require_known(found, address)
    if found != NEWEST:
        state = "has no tables of gradewise" if found is None else f"is of revision {found}, not {NEWEST}"
        raise RegistryError(f"the database {address} {state}; run `gradewise db upgrade`")


async def require_newest_on(connection: AsyncConnection, address: Address) -> None:
    """The same within a transaction that writes: until it ends nobody can upgrade the database.

    Raises:
        RegistryError: the message says what to do.
    """
    require_newest((await connection.exec_driver_sql(FOUND)).scalar(), address)


def in_newest(address: Address, work: Callable[[sqlite3.Connection], T], file: sqlite3.Connection) -> T:
    """Do something within a transaction on a file, once it is seen to be of this gradewise's revision.

    Raises:
        RegistryError: the message says what to do.
    """
    row = file.execute(FOUND).fetchone()
    require_newest(None if row is None else str(row[0]), address)
    return work(file)
