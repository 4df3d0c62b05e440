"""The registry in SQL keeps every promise of the port, on SQLite and on PostgreSQL."""

from contextlib import AbstractAsyncContextManager

from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.registry import open_registry
from gradewise.protocols import ModelRegistry
from gradewise.testing.contracts.model_registry import ModelRegistryContract


class TestSqlRegistry(ModelRegistryContract):
    """The contract."""

    def opened(self, url: str) -> AbstractAsyncContextManager[ModelRegistry]:
        """The registry in a database of either kind."""
        return open_registry(read_address(url))
