"""Answers, asked for and shown."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from gradewise.cli.scores.running import with_score_log
from gradewise.cli.scores.views import KnownAnswer, answer_page, answer_table
from gradewise.cli.terminal import err, out, printable, progress_shown
from gradewise.protocols.scoring import ScoreLog
from gradewise.reporting.wording import counted
from gradewise.scores.chain import Link, verify
from gradewise.scores.erasures import erased_places
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
        return replace(await _around(log, record), corrections=corrections)

    answer = with_score_log(_asked)
    if json:
        out.print(answer_json(score=score_to_json(answer.record, answer.last)), soft_wrap=True)
    else:
        out.print(printable(answer_page(answer)), soft_wrap=True)


async def _around(log: ScoreLog, record: ScoreRecord) -> KnownAnswer:
    """An answer with what is the matter with its place in the chain: whether it follows, and is followed."""
    before, after = record.serial - 1, record.serial + 1
    erased = erased_places(await log.erasures())
    near = [each for each in await log.records(after=before - 1, limit=3) if each.serial <= after]
    digests = erased | {each.serial: each.digest for each in near}
    begin = Link(*await log.origin())
    if before > begin.serial:  # one that is missing is told of
        begin = Link(before, digests[before]) if before in digests else Link(before - 1, "")
    breaks = verify([each for each in near if each.serial != begin.serial], begin, erased=erased)
    beside = tuple(serial for serial in (before, after) if serial in erased)
    return KnownAnswer(record, (), tuple(map(str, breaks)), erased_beside=beside)


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
