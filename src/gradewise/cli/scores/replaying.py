"""Answers made again from their records, and what came of it."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import typer

from gradewise.bootstrap import reading_tools, stores_from
from gradewise.cli.scores.running import with_score_log
from gradewise.cli.scores.views import SHORT
from gradewise.cli.terminal import progress_shown, show_line
from gradewise.errors import BundleError, InputError
from gradewise.essays.records import Essay
from gradewise.protocols.scoring import ScoreLog
from gradewise.reporting.wording import counted
from gradewise.scores.records import ScoreRecord
from gradewise.settings import read_settings
from gradewise.telemetry import stage
from gradewise.workflows.scoring.log_pages import pages
from gradewise.workflows.scoring.replay import FindModel, Replayed, as_graded, model_finder, replay, reread
from gradewise.workflows.scoring.reviewing import find_answer

MOST_SHOWN = 20
"""Answers that did not come out the same and are shown one by one."""


def replay_shown(score_id: str, *, text: Path | None, prompt_text: str | None) -> None:
    """Make an answer again, and say what differs.

    Raises:
        Exit: something does, with code 1.
    """
    essay_text = None if text is None else _essay_text(text)
    finder = model_finder(stores_from(read_settings()))

    async def _asked(log: ScoreLog) -> Replayed:
        return await replay(await find_answer(log, score_id), finder)

    replayed = with_score_log(_asked)
    show_line(replay_lines(replayed))
    same = replayed.identical
    if essay_text is not None:
        same = _reread_shown(replayed.record, essay_text, prompt_text) and same
    if not same:
        raise typer.Exit(1)


def _reread_shown(record: ScoreRecord, text: str, prompt_text: str | None) -> bool:
    """Read the text again, and say which numbers differ; whether none does."""
    settings = read_settings()
    written = as_graded(text, record.draft.text_sha256)
    essay = Essay(id=record.draft.essay_id, text=written, prompt_text=prompt_text)
    tools = reading_tools(settings, readers=1)
    found = asyncio.run(reread(record, essay, stores_from(settings), tools))
    n = len(record.draft.values) // 4
    if found.identical:
        show_line(f"the text, read again: {counted(n, 'number')}, identical bit by bit")
    else:
        show_line(
            "\n".join(["the text, read again: not the same", *(f"  {each}" for each in found.differences)])
        )
    return found.identical


def _essay_text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8; save it as such") from error


def replay_all_shown(*, since: datetime | None, quiet: bool) -> None:
    """Make many answers again, and say which did not come out the same.

    Raises:
        Exit: one did not, or its model is in no store; with code 1.
    """
    begin = datetime.min.replace(tzinfo=UTC) if since is None else since.replace(tzinfo=UTC)
    finder = model_finder(stores_from(read_settings()))
    counts: Counter[str] = Counter()

    async def _asked(log: ScoreLog) -> None:
        head, _ = await log.head()
        first, _ = await log.origin()
        with stage(listener, "making answers again", total=head - first, unit="answers") as advance:
            async for page in pages(log):
                for record in page:
                    if record.draft.made_at >= begin:
                        counts[await _outcome(record, finder, shown=counts["other"] < MOST_SHOWN)] += 1
                    counts["looked at"] += 1
                advance(min(counts["looked at"], head - first))

    with progress_shown(quiet=quiet) as listener:
        with_score_log(_asked)
    said = f"{counted(counts['same'], 'answer')} came out identical, letter by letter"
    show_line(said if not counts["other"] else f"{said}; {counts['other']:,} did not")
    if counts["other"]:
        raise typer.Exit(1)


async def _outcome(record: ScoreRecord, finder: FindModel, *, shown: bool) -> Literal["same", "other"]:
    try:
        replayed = await replay(record, finder)
    except BundleError as error:
        replayed = Replayed(record=record, differences=(str(error),))
    if not replayed.identical and shown:
        show_line(replay_lines(replayed))
    return "same" if replayed.identical else "other"


def replay_lines(replayed: Replayed) -> str:
    """What came of making an answer again."""
    draft = replayed.record.draft
    name = f"answer {draft.id[:SHORT]} ({draft.essay_id}, grade {draft.grade})"
    if replayed.identical:
        return f"{name}: identical, letter by letter"
    return "\n".join([f"{name}: not the same", *(f"  {each}" for each in replayed.differences)])
