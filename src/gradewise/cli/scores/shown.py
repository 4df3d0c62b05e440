"""Answers, asked for and shown."""

import sys
from pathlib import Path
from typing import BinaryIO

from gradewise.cli.scores.running import with_score_log
from gradewise.cli.scores.views import KnownAnswer, answer_page, answer_table
from gradewise.cli.terminal import err, out, printable, progress_shown
from gradewise.protocols.scoring import ScoreLog
from gradewise.reporting.wording import counted
from gradewise.scores.chain import Link, verify
from gradewise.scores.records import ScoreRecord
from gradewise.telemetry import Listener, silent, stage
from gradewise.whole_files import writing_whole
from gradewise.workflows.registry.export import answer_json
from gradewise.workflows.scoring.log_json import csv_lines, jsonl_lines, score_to_json
from gradewise.workflows.scoring.log_pages import last_corrections, pages
from gradewise.workflows.scoring.reviewing import find_answer

MOST_OF_AN_ESSAY = 10_000
"""Answers about one essay that are looked through for the newest."""
EMPTY = "no answers are in the score log yet; they come from: gradewise serve"
"""What stands where there is nothing to show."""


def show_answers(*, essay: str | None, limit: int, json: bool) -> None:
    """List answers, newest first."""

    async def _asked(log: ScoreLog) -> list[KnownAnswer]:
        if essay is None:
            found = await log.newest(limit=limit)
        else:
            found = (await log.records(essay_id=essay, limit=MOST_OF_AN_ESSAY))[::-1][:limit]
        decided = await last_corrections(log, found)
        return [KnownAnswer(each, tuple(filter(None, [decided.get(each.draft.id)]))) for each in found]

    answers = with_score_log(_asked)
    if json:
        out.print(
            answer_json(scores=[score_to_json(each.record, each.last) for each in answers]), soft_wrap=True
        )
    elif answers:
        out.print(printable(answer_table(answers)), soft_wrap=True)
    else:
        err.print(printable(EMPTY if essay is None else f"no answer about essay {essay}"), soft_wrap=True)


def show_answer(score_id: str, *, json: bool) -> None:
    """Everything about one answer."""

    async def _asked(log: ScoreLog) -> KnownAnswer:
        record = await find_answer(log, score_id)
        corrections = await log.corrections(score_ids=[record.draft.id])
        return KnownAnswer(record, corrections, await _around(log, record))

    answer = with_score_log(_asked)
    if json:
        out.print(answer_json(score=score_to_json(answer.record, answer.last)), soft_wrap=True)
    else:
        out.print(printable(answer_page(answer)), soft_wrap=True)


async def _around(log: ScoreLog, record: ScoreRecord) -> tuple[str, ...]:
    """What is the matter with an answer's place in the chain: with itself, and with those beside it."""
    origin = Link(*await log.origin())
    before = max(record.serial - 2, origin.serial)
    beside = await log.records(after=before, limit=3)
    if before > origin.serial:  # the first of three is there to be followed
        return tuple(map(str, verify(beside[1:], Link(beside[0].serial, beside[0].digest))))
    return tuple(map(str, verify(beside, origin)))


def write_answers(format_: str, *, output: Path | None, quiet: bool) -> None:
    """Write all answers as a table or as lines of JSON."""
    if output is None:
        sys.stdout.flush()
        with_score_log(lambda log: _write(log, format_, sys.stdout.buffer, silent))
        return
    with progress_shown(quiet=quiet) as listener, writing_whole(output) as file:
        n = with_score_log(lambda log: _write(log, format_, file, listener))
    err.print(f"{counted(n, 'answer')} written to {output}", soft_wrap=True)


async def _write(log: ScoreLog, format_: str, file: BinaryIO, listener: Listener) -> int:
    (begin, _), (head, _), n = await log.origin(), await log.head(), 0
    with stage(listener, "writing answers", total=head - begin, unit="answers") as advance:
        async for page in pages(log):
            decided = await last_corrections(log, page)
            lines = (
                jsonl_lines(page, decided) if format_ == "jsonl" else csv_lines(page, decided, first=not n)
            )
            file.write(lines.encode())
            n += len(page)
            advance(min(n, head - begin))
    return n
