"""Batches, looked at."""

from pathlib import Path

from gradewise.cli.columns import listed
from gradewise.cli.judge.batch_views import batch_facts, batch_table, result_summary, result_table
from gradewise.cli.judge.batches_running import with_batches
from gradewise.cli.terminal import out, printable
from gradewise.judgement.batches import BatchResult, JudgedBatch
from gradewise.protocols.scoring import FillableBatches
from gradewise.workflows.registry.export import answer_json

NOTHING = (
    "there is no batch; bring one in: gradewise batches import NAME --essays … --comparisons … --anchors …"
)
"""What stands where there is nothing to show."""


def list_shown(tables: Path | None, *, limit: int, json: bool) -> None:
    """List batches, newest first."""

    async def _asked(batches: FillableBatches) -> list[tuple[JudgedBatch, BatchResult | None]]:
        ids = await batches.batch_ids(limit=limit)
        return [(await batches.batch(name), await batches.result(name)) for name in ids]

    found = with_batches(_asked, tables)
    if json:
        facts = [batch_facts(batch, result) for batch, result in found]
        out.print(answer_json(batches=facts), soft_wrap=True)
    else:
        out.print(printable(batch_table(found)) if found else NOTHING, soft_wrap=True)


def batch_shown(batch_id: str, tables: Path | None, *, json: bool) -> None:
    """Show a batch, and what it came to."""

    async def _asked(batches: FillableBatches) -> tuple[JudgedBatch, BatchResult | None]:
        return await batches.batch(batch_id), await batches.result(batch_id)

    batch, result = with_batches(_asked, tables)
    facts = batch_facts(batch, result)
    if json:
        out.print(answer_json(**facts), soft_wrap=True)
        return
    past = () if result is None else ("status",)  # the batch's own tables tell how judging went, not the end
    shown = {
        name: _shown(value)
        for name, value in facts.items()
        if value not in (None, {}, "") and name not in past
    }
    out.print(printable(listed(shown)), soft_wrap=True)
    if result is None:
        out.print(printable(f"\nmake it final: gradewise finalize {batch.id}"), soft_wrap=True)
    else:
        show_result(result)


def _shown(value: object) -> object:
    return ", ".join(f"{key} {each}" for key, each in value.items()) if isinstance(value, dict) else value


def show_result(result: BatchResult) -> None:
    """What a batch came to, as a table and in a line."""
    out.print("\n" + printable(result_table(result)), soft_wrap=True)
    out.print("\n" + printable(result_summary(result)), soft_wrap=True)
