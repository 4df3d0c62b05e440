"""A database whose tables are those of this gradewise, for as long as somebody works on it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gradewise.adapters.sql.addresses import Address
from gradewise.adapters.sql.engines import open_engine
from gradewise.adapters.sql.failures import Faults
from gradewise.adapters.sql.refusals import registry_fault
from gradewise.adapters.sql.schema import SqlSchema
from gradewise.adapters.sql.transactions import Transactions
from gradewise.errors import RegistryError, UnavailableError

WhenAway = Callable[[UnavailableError], object]
"""Told that a database does not answer yet."""


@asynccontextmanager
async def open_tables(
    address: Address,
    faults: Faults = registry_fault,
    *,
    when_away: WhenAway | None = None,
    away: UnavailableError | None = None,
) -> AsyncIterator[Transactions]:
    """Transactions on a database; a SQLite file is made or brought up to date on the way.

    Args:
        address: where it is.
        faults: what is wrong with what is asked, rather than with the database.
        when_away: told of a server that does not answer, which is then looked at when it first does; without
            it that is an error.
        away: what the server said when it was asked a moment ago; with `when_away` it is not asked again, as
            one that is silent would be waited for once more.

    Raises:
        RegistryError: a server's tables are not those of this gradewise.
        UnavailableError: the database does not answer.
    """
    async with open_engine(address) as engine:
        schema = SqlSchema(engine, address)
        transactions = Transactions(engine, address, faults)
        if address.kind == "sqlite":
            await schema.upgrade()
        else:
            try:
                if away is not None and when_away is not None:
                    raise away
                await schema.require_newest()
            except UnavailableError as error:
                if when_away is None:
                    raise
                when_away(error)
                transactions = Transactions(engine, address, faults, first=_Checked(schema))
        yield transactions


@dataclass(slots=True)
class _Checked:
    """Looks once whether the tables of a server that was away are those of this gradewise."""

    schema: SqlSchema
    """Of the server."""
    passed: bool = False
    """Whether they are."""

    async def __call__(self) -> None:
        """Pass where they are.

        Raises:
            UnavailableError: they are not, or the server is still away; what is not taken now may be later.
        """
        if self.passed:
            return
        try:
            await self.schema.require_newest()
        except RegistryError as error:
            raise UnavailableError(str(error)) from error
        self.passed = True
