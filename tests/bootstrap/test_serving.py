"""A service as it is wired: what somebody asks for reaches what does it."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from gradewise.bootstrap.databases import batches_from
from gradewise.bootstrap.serving import serving_from
from gradewise.bootstrap.serving_options import JudgedOptions, ServingOptions
from gradewise.judgement.batch_tables import BatchTables, EssayColumns
from gradewise.settings import Settings
from gradewise.testing.judged import made_up_batch
from gradewise.workflows.finalize import FinalizeRules


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
