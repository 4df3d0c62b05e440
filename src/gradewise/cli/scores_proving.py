"""The score log proven, and kept in order: replayed, verified, pruned."""

import asyncio
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import typer

from gradewise.bootstrap import reading_tools, stores_from
from gradewise.cli.registry_doing import show_line
from gradewise.cli.scores_running import with_score_log
from gradewise.cli.scores_views import replay_lines
from gradewise.cli.terminal import progress_shown
from gradewise.errors import BundleError, InputError, PlanError
from gradewise.essays.records import Essay
from gradewise.protocols import ScoreLog
from gradewise.reporting.wording import counted
from gradewise.scores.chain import Link
from gradewise.scores.records import ScoreRecord
from gradewise.settings import read_settings
from gradewise.telemetry import stage
from gradewise.workflows.plan_reading import read_plan
from gradewise.workflows.scoring.log_pages import count_before, pages
from gradewise.workflows.scoring.replay import FindModel, Replayed, as_graded, model_finder, replay, reread
from gradewise.workflows.scoring.reviewing import find_answer
from gradewise.workflows.scoring.verify_corrections import VerifiedCorrections, verify_corrections
from gradewise.workflows.scoring.verify_log import MOST_TOLD, Verified, verify_log

MOST_SHOWN = 20
"""Answers that did not come out the same and are shown one by one."""
_KNOWN = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


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


def verify_log_shown(*, known: str | None, known_correction: str | None, quiet: bool) -> None:
    """Say whether both chains hold, and the first breaks where one does not.

    Raises:
        Exit: one does not, with code 1.
    """
    link = None if known is None else _link(known, "--known")
    last = None if known_correction is None else _link(known_correction, "--known-correction")

    async def _asked(log: ScoreLog) -> tuple[Verified, VerifiedCorrections]:
        return await verify_log(log, known=link, listener=listener), await verify_corrections(log, known=last)

    with progress_shown(quiet=quiet) as listener:
        answers, corrections = with_score_log(_asked)
    sound = [answers_shown(answers), corrections_shown(corrections)]
    if not all(sound):
        raise typer.Exit(1)


def answers_shown(found: Verified) -> bool:
    """Say what became of the chain of answers; whether it holds."""
    for each in found.breaks[:MOST_SHOWN]:
        show_line(str(each))
    if found.breaks:
        more = "or more" if len(found.breaks) >= MOST_TOLD else "in all"
        first = f"{found.breaks[0].serial:,}"
        show_line(
            f"the chain is broken: {counted(len(found.breaks), 'break')} {more}, first at record {first}"
        )
        return False
    begins = "" if not found.origin.serial else f" (those up to {found.origin.serial:,} were forgotten)"
    show_line(f"{counted(found.n, 'answer')} unchanged and in place{begins}")
    if found.head.serial:
        show_line(f"keep this elsewhere, for --known: {found.head.serial}:{found.head.digest}")
    return True


def corrections_shown(found: VerifiedCorrections) -> bool:
    """Say what became of the chain of corrections, if there ever were any; whether it holds."""
    for each in found.breaks[:MOST_SHOWN]:
        show_line(str(each))
    if found.breaks:
        show_line(f"the chain of corrections is broken: {counted(len(found.breaks), 'break')}")
        return False
    if found.head.serial:
        gone = f" ({found.n_forgotten:,} went with forgotten answers)" if found.n_forgotten else ""
        show_line(f"{counted(found.n, 'correction')} unchanged and in place{gone}")
        show_line(f"keep this elsewhere, for --known-correction: {found.head.serial}:{found.head.digest}")
    return True


def _link(known: str, option: str) -> Link:
    read = _KNOWN.fullmatch(known)
    if read is None:
        raise InputError(
            f"{option} is {known[:90]!r}; give SERIAL:DIGEST, as gradewise scores verify says it"
        )
    return Link(int(read[1]), read[2])


def prune_log_shown(older_than: int | None, *, plan: Path | None, dry_run: bool) -> None:
    """Say how many answers were, or would be, forgotten.

    Raises:
        PlanError: nothing says how old they must be.
    """
    days = older_than
    if days is None and plan is not None:
        days = read_plan(plan).retention.scores_days
    if days is None:
        where = "" if plan is None else f"{plan} has no retention.scores_days; "
        raise PlanError(f"{where}how old? such as: gradewise scores prune --older-than 365 --dry-run")
    before = datetime.now(UTC) - timedelta(days=days)
    count = with_score_log(lambda log: count_before(log, before) if dry_run else log.forget(before))
    said = "would be forgotten" if dry_run else "forgotten, with what was decided about them"
    show_line(f"{counted(count, 'answer')} given before {before:%Y-%m-%d %H:%M} UTC {said}")
