"""A database whose tables are those of this gradewise, for as long as somebody works on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gradewise.adapters.sql.addresses import Address
from gradewise.adapters.sql.engines import open_engine
from gradewise.adapters.sql.failures import Faults
from gradewise.adapters.sql.refusals import registry_fault
from gradewise.adapters.sql.schema import SqlSchema
from gradewise.adapters.sql.transactions import Transactions


@asynccontextmanager
async def open_tables(address: Address, faults: Faults = registry_fault) -> AsyncIterator[Transactions]:
    """Transactions on a database; a SQLite file is made or brought up to date on the way.

    Args:
        address: where it is.
        faults: what is wrong with what is asked, rather than with the database.

    Raises:
        RegistryError: a server's tables are not those of this gradewise.
        UnavailableError: the database does not answer.
    """
    async with open_engine(address) as engine:
        schema = SqlSchema(engine, address)
        if address.kind == "sqlite":
            await schema.upgrade()
        else:
            await schema.require_newest()
        yield Transactions(engine, address, faults)
