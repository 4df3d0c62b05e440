"""A service as it is wired: what somebody asks for reaches what does it."""

import asyncio
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gradewise.bootstrap.databases import batches_from
from gradewise.bootstrap.serving import serving_from
from gradewise.bootstrap.serving_options import JudgedOptions, ServingOptions
from gradewise.errors import UnavailableError
from gradewise.judgement.batch_tables import BatchTables, EssayColumns
from gradewise.settings import Settings
from gradewise.testing.judged import made_up_batch
from gradewise.workflows.judge.finalize import FinalizeRules


def test_judged_batches_are_found_and_made_final_as_asked(tmp_path: Path) -> None:
    """Under a school's own names, and by its rules; before there is any model."""
    settings = Settings(
        cache_directory=tmp_path / "cache", workers=1, models_directory=tmp_path / "models",
        state_directory=tmp_path / "state",
    )  # fmt: skip
    judged = JudgedOptions(
        tables=BatchTables(essays=EssayColumns(table="uppsatser")), rules=FinalizeRules(use_model=False)
    )

    async def _work() -> set[str]:
        async with batches_from(settings) as batches:
            await batches.add(made_up_batch(), made_at=datetime(2026, 3, 1, tzinfo=UTC))
        with closing(sqlite3.connect(settings.models_directory / ".registry" / "registry.sqlite")) as file:
            file.execute("ALTER TABLE cj_processed_essays RENAME TO uppsatser")
        async with serving_from(settings, ServingOptions(name="essays", poll_s=0, judged=judged)) as serving:
            assert serving.finalize is not None
            result = await serving.finalize("batch-1")
        return {each.reason for each in result.essays if not each.is_anchor}

    assert {"disabled"} == asyncio.run(_work())


@pytest.mark.parametrize("named", [False, True], ids=["deployed", "registered"])
def test_a_server_that_is_silent_is_waited_for_once(tmp_path: Path, *, named: bool) -> None:
    """A service starts without its database; a model that only the registry knows is an error."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0)
        url = f"postgresql://me:geheim@127.0.0.1:{silent.getsockname()[1]}/models?connect_timeout=0.2"
        settings = Settings(
            cache_directory=tmp_path / "cache", workers=1, models_directory=tmp_path / "models",
            state_directory=tmp_path / "state", database_url=url,
        )  # fmt: skip
        named_so = ServingOptions(model="essays@staging", poll_s=0)
        options = named_so if named else ServingOptions(name="essays", poll_s=0)

        async def _started() -> str:
            async with serving_from(settings, options) as serving:
                return serving.champion.status.place

        if named:
            with pytest.raises(UnavailableError, match="essays@staging.*registry.*--name essays") as refused:
                asyncio.run(_started())
            assert "geheim" not in str(refused.value)
        else:
            assert asyncio.run(_started()).endswith("essays/production")
        assert 1 == sum(1 for _ in _connections(silent))


def _connections(server: socket.socket) -> Iterator[None]:
    with suppress(BlockingIOError):
        while True:
            server.accept()[0].close()
            yield
