"""Batches, brought in from files, and what they came to, handed over."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gradewise.bootstrap import event_file, open_table
from gradewise.cli.asking import parse_scale
from gradewise.cli.judge.batches_running import with_batches
from gradewise.cli.terminal import out, printable, progress_shown
from gradewise.errors import UnavailableError
from gradewise.essays.scales import find_scale
from gradewise.judgement.batches import JudgedBatch
from gradewise.protocols.scoring import FillableBatches
from gradewise.reporting.wording import counted
from gradewise.workflows.judge.import_batch import read_import
from gradewise.workflows.judge.reading import BatchFiles
from gradewise.workflows.outbox import relay_once


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
    """Which task the essays answer."""
    prompt_text: str | None = None
    """The task itself."""


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
            prompt_text=asked.prompt_text,
            listener=listener,
        )


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


def prune_shown(days: int, *, dry_run: bool) -> None:
    """Say how many published events were, or would be, forgotten."""
    before = datetime.now(UTC) - timedelta(days=days)
    count = with_batches(
        lambda batches: batches.count_published(before) if dry_run else batches.forget_published(before)
    )
    said = "would be forgotten" if dry_run else "forgotten"
    events = counted(count, "event")
    out.print(f"{events} published before {before:%Y-%m-%d %H:%M} UTC {said}", soft_wrap=True)
