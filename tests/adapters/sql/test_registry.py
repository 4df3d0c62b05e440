"""The registry in SQL keeps every promise of the port, on SQLite and on PostgreSQL."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.registry import open_registry
from gradewise.errors import RegistryError
from gradewise.protocols.registry import ModelRegistry
from gradewise.registry.acts import Act, NameState
from gradewise.testing.contracts.model_registry import ModelRegistryContract
from gradewise.testing.registered import made_up_id, moving, new_model, registering, run_entry

NOTHING = NameState(name="letters", serial=0, models=(), changes=())


class TestSqlRegistry(ModelRegistryContract):
    """The contract."""

    def opened(self, url: str) -> AbstractAsyncContextManager[ModelRegistry]:
        """The registry in a database of either kind."""
        return open_registry(read_address(url))


def test_a_new_file_is_made_once_by_many(tmp_path: Path) -> None:
    """Those who open a registry that is not there yet at the same time share one."""
    url = f"sqlite:///{tmp_path / 'new' / 'registry.sqlite'}"

    async def _register(number: int) -> None:
        async with open_registry(read_address(url)) as registry:
            await registry.act("essays", registering(new_model(number)))

    async def _all() -> None:
        await asyncio.gather(*(_register(number) for number in range(1, 6)))
        async with open_registry(read_address(url)) as registry:
            assert 5 == (await registry.state("essays")).serial

    asyncio.run(_all())


def test_a_registry_in_memory_is_one_for_all_who_share_it() -> None:
    """``sqlite://`` keeps everything as long as it is open."""

    async def _work() -> None:
        async with open_registry(read_address("sqlite://")) as registry:
            await registry.act("essays", registering(new_model(1)))
            assert ("essays",) == await registry.names()

    asyncio.run(_work())


def test_acts_name_models_that_are_there(tmp_path: Path) -> None:
    """A model that makes room must be of the name, a registered one too, and ids must be UUIDs."""
    url = f"sqlite:///{tmp_path / 'registry.sqlite'}"

    async def _work() -> None:
        async with open_registry(read_address(url)) as registry:
            await registry.act("essays", registering(new_model(1)))
            act = moving(made_up_id(1), "production")(await registry.state("essays"))
            assert act is not None
            for wrong, words in (
                (replace(act, replaced_id=made_up_id(9)), "has no model"),
                (replace(act, model_id="first"), "UUID in its usual form"),
                (registering(new_model(2, name="letters"))(NOTHING), "is not what is done to essays"),
            ):

                def _decide(_state: NameState, wrong: Act | None = wrong) -> Act | None:
                    return wrong

                with pytest.raises(RegistryError, match=words):
                    await registry.act("essays", _decide)
            assert 1 == (await registry.state("essays")).serial

    asyncio.run(_work())


def test_runs_of_another_version_are_refused_by_name(tmp_path: Path) -> None:
    """An entry that this gradewise cannot read is not passed over in silence."""
    url = f"sqlite:///{tmp_path / 'registry.sqlite'}"

    async def _work() -> None:
        async with open_registry(read_address(url)) as registry:
            await registry.record_run(run_entry(1))
            newer = text("UPDATE training_runs SET entry = '{\"schema_version\": 99}'")
            await registry._transactions.write(lambda connection: connection.execute(newer))
            with pytest.raises(RegistryError, match="run run-1 was recorded by another version"):
                await registry.runs()

    asyncio.run(_work())
