"""Batches, asked for and shown."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from gradewise.bootstrap import batches_from, event_file, open_table
from gradewise.cli.asking import parse_scale
from gradewise.cli.batch_views import batch_facts, batch_table, result_summary, result_table
from gradewise.cli.columns import listed
from gradewise.cli.opened import with_opened
from gradewise.cli.terminal import out, printable, progress_shown
from gradewise.errors import InputError, PlanError, UnavailableError
from gradewise.essays.scales import find_scale
from gradewise.judgement.batch_tables import BatchTables, batch_tables
from gradewise.judgement.batches import BatchResult, JudgedBatch
from gradewise.protocols.scoring import FillableBatches
from gradewise.reporting.wording import counted
from gradewise.workflows.import_batch import read_import
from gradewise.workflows.judge.reading import BatchFiles
from gradewise.workflows.outbox import relay_once
from gradewise.workflows.registry.export import answer_json
from gradewise.workflows.strict_yaml import parse_yaml

T = TypeVar("T")
NOTHING = (
    "there is no batch; bring one in: gradewise batches import NAME --essays … --comparisons … --anchors …"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBatch:
    """What was typed after `gradewise batches import`."""

    batch: str
    """How it is called."""
    files: BatchFiles
    """Where it is."""
    scale: str | None
    """Of the anchors' grades."""
    task: str | None
    """What the essays answer."""


def with_batches(work: Callable[[FillableBatches], Awaitable[T]], tables: Path | None = None) -> T:
    """What the work comes to, once the batches of the settings are open for it."""
    return with_opened(partial(batches_from, tables=read_tables(tables)), work)


def read_tables(path: Path | None) -> BatchTables | None:
    """What judged tables are called, as a file says.

    Raises:
        InputError: it cannot be read, or says what cannot be.
    """
    if path is None:
        return None
    try:
        said = parse_yaml(path.read_text(encoding="utf-8"), location=str(path))
    except (OSError, UnicodeDecodeError, PlanError) as error:
        raise InputError(f"{path} cannot be read as YAML; write such as `preset: judgement_seed`") from error
    if not isinstance(said, dict):
        raise InputError(f"{path} holds no keys; write such as `preset: judgement_seed`")
    return batch_tables(said)


def import_shown(asked: AskedBatch) -> None:
    """Read files, put the batch into the database, and say what became of it."""
    batch = _read(asked)
    changed = with_batches(lambda batches: batches.add(batch, made_at=datetime.now(UTC)))
    anchors = sum(essay.is_anchor for essay in batch.essays)
    what = (
        f"{counted(len(batch.essays) - anchors, 'essay')}, {counted(anchors, 'anchor')}, "
        f"{counted(len(batch.comparisons), 'comparison')}"
    )
    done = "is in the database" if changed else "was there already, just so"
    out.print(printable(f"batch {batch.id}: {what}; {done}"), soft_wrap=True)


def _read(asked: AskedBatch) -> JudgedBatch:
    scale = parse_scale(asked.scale)
    with progress_shown() as listener:
        return read_import(
            asked.batch,
            asked.files,
            open_table,
            scale=None if scale is None else find_scale(scale),
            task=asked.task,
            listener=listener,
        )


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


def publish_shown(path: Path) -> None:
    """Hand over what waits; everything or an error."""
    publisher = event_file(path)

    async def _publish(batches: FillableBatches) -> int:
        published = 0
        while (done := await relay_once(batches, publisher)).published:
            published += done.published
        if done.failed:
            raise UnavailableError(
                f"{counted(done.failed, 'event')} could not be handed over to {publisher.location}, and "
                f"{done.held_back} behind them; they wait: put it right and publish again"
            )
        return published

    published = with_batches(_publish)
    out.print(f"{counted(published, 'event')} handed over to {publisher.location}", soft_wrap=True)
