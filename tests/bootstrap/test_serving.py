"""A service as it is wired: what somebody asks for reaches what does it."""

import asyncio
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gradewise.bootstrap import serving as wired
from gradewise.bootstrap.databases import batches_from
from gradewise.bootstrap.serving import serving_from
from gradewise.bootstrap.serving_options import JudgedOptions, ServingOptions
from gradewise.errors import UnavailableError
from gradewise.judgement.batch_tables import BatchTables, EssayColumns
from gradewise.service_events import ModelReloaded
from gradewise.settings import Settings
from gradewise.telemetry import Event, Notice
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


def test_a_challenger_that_is_not_ready_takes_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service is up without it, which is told; what is wrong with it is told when that is known."""
    settings = Settings(
        cache_directory=tmp_path / "cache", workers=1, models_directory=tmp_path / "models",
        state_directory=tmp_path / "state",
    )  # fmt: skip
    (tmp_path / "damaged").mkdir()
    options = ServingOptions(name="essays", challenger=str(tmp_path / "damaged"), shadow=True, poll_s=0)
    monkeypatch.setattr(wired, "TRIAL_START_S", 0.0)
    heard: list[Event] = []

    async def _work() -> tuple[bool, str]:
        async with serving_from(settings, options, listener=heard.append) as service:
            assert service.challenger is not None
            told = await service.challenger.reload(asked_by="request")
            return service.challenger.status.stale, told.outcome

    assert (True, "refused") == asyncio.run(_work())
    assert any(
        "goes on starting, and the champion answers alone" in each.message
        for each in heard
        if isinstance(each, Notice)
    )
    assert any(each.slot == "challenger" and each.reason for each in heard if isinstance(each, ModelReloaded))


def test_a_challenger_whose_registry_is_away_is_waited_for(tmp_path: Path) -> None:
    """A service that needs the registry for nothing else starts without it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://me:geheim@127.0.0.1:{silent.getsockname()[1]}/models?connect_timeout=0.2"
        settings = Settings(
            cache_directory=tmp_path / "cache", workers=1, models_directory=tmp_path / "models",
            state_directory=tmp_path / "state", database_url=url,
        )  # fmt: skip
        options = ServingOptions(name="essays", challenger="essays@staging", share=0.1, poll_s=0)

        async def _started() -> tuple[str, str]:
            async with serving_from(settings, options) as service:
                assert service.challenger is not None
                status = service.challenger.status
                assert status.refusal is not None
                return status.place, status.refusal.reason

        assert ("essays@staging", "unavailable") == asyncio.run(_started())


def _connections(server: socket.socket) -> Iterator[None]:
    with suppress(BlockingIOError):
        while True:
            server.accept()[0].close()
            yield
