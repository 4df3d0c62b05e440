"""One person forgotten from the command line: what is known is shown, asked about, and taken out."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import typer

from gradewise.bootstrap import open_table
from gradewise.cli.columns import in_columns
from gradewise.cli.moments import moment
from gradewise.cli.scores.proving import erasure_shown
from gradewise.cli.scores.running import with_score_log
from gradewise.cli.scores.views import KnownAnswer, answer_table
from gradewise.cli.terminal import err, out, printable, progress_shown, show_line
from gradewise.errors import InputError
from gradewise.protocols.scoring import ScoreLog
from gradewise.reporting.wording import counted
from gradewise.scores.erasures import ErasureNote, require_sound_note
from gradewise.settings import read_settings
from gradewise.telemetry import Listener
from gradewise.workflows.scoring.forgetting import (
    FoundAnswers,
    Sought,
    erase_answers,
    essays_of,
    find_answers,
    names_of,
    refuse_names,
)

MOST_SHOWN = 50
"""Answers that are shown one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedForgetting:
    """What was typed after `gradewise scores forget`."""

    answers: tuple[str, ...]
    """Ids of answers, or how they begin."""
    essays: tuple[str, ...]
    """What essays are called."""
    student: str | None
    """Who is to be forgotten."""
    files: tuple[Path, ...]
    """Files that say which essays are whose."""
    writer_column: str | None
    """Their column of students."""
    by: str | None
    """Who takes the answers out."""
    reason: str
    """Why."""


def forget_shown(asked: AskedForgetting, *, dry_run: bool, yes: bool, quiet: bool) -> None:
    """Show what is known of somebody, ask, and take it out; or only show it.

    Raises:
        Exit: somebody thought better of it, with code 1.
        InputError: nothing is named, nothing is found, or the reason names the person.
    """
    _require_named(asked)
    note = ErasureNote(
        erased_at=datetime.now(UTC), erased_by=asked.by or read_settings().user, reason=asked.reason.strip()
    )
    if not dry_run:
        require_sound_note(note)
    with progress_shown(quiet=quiet) as listener:
        found = _found(asked, listener)
    names = {*asked.essays, *([] if asked.student is None else [asked.student])}
    refuse_names(note.reason, {*names, *found.essay_ids})
    _show(found)
    if dry_run:
        _show_unreached(found)
        show_line("nothing was changed")
        return
    if not yes:
        _ask(len(found.records))
    note = replace(note, erased_at=datetime.now(UTC))
    erasure = with_score_log(lambda log: erase_answers(log, found, note, names=names))
    erasure_shown(erasure)
    _show_unreached(found)


def _require_named(asked: AskedForgetting) -> None:
    if not (asked.answers or asked.essays or asked.student is not None):
        raise InputError("who is to be forgotten? such as: gradewise scores forget --student 4711 --dry-run")
    if asked.files and asked.student is None:
        raise InputError("--essays says which essays are whose: name the student too, --student ID")


def _found(asked: AskedForgetting, listener: Listener) -> FoundAnswers:
    """What the log holds of whatever was named."""
    essay_ids, texts = frozenset(asked.essays), frozenset[str]()
    if asked.student is not None:
        essay_ids |= {asked.student}
    if asked.student is not None and asked.files:
        wrote = _wrote(asked.student, asked.files, asked.writer_column)
        essay_ids, texts = essay_ids | wrote.essay_ids, wrote.texts
    sought = Sought(score_ids=asked.answers, essay_ids=essay_ids, texts=texts)

    async def _asked(log: ScoreLog) -> FoundAnswers:
        return await find_answers(log, sought, listener=listener)

    return with_score_log(_asked)


def _wrote(student: str, files: Sequence[Path], column: str | None) -> Sought:
    """What files say that a student wrote, as the log may know it."""
    with ExitStack() as opened:
        sources = [open_table(file) for file in files]
        for source in sources:
            close = getattr(source, "close", None)
            if close is not None:
                opened.callback(close)
        return names_of(essays_of(student, sources, column=column))


def _show(found: FoundAnswers) -> None:
    decided = {each.score_id: (each,) for each in found.corrections}
    shown = [KnownAnswer(each, decided.get(each.draft.id, ())) for each in found.records[:MOST_SHOWN]]
    out.print(printable(answer_table(shown)), soft_wrap=True)
    if (more := len(found.records) - len(shown)) > 0:
        show_line(f"and {counted(more, 'answer')} more")
    line = f"{counted(len(found.records), 'answer')} and {counted(len(found.corrections), 'decision')}"
    show_line(f"{line}, of {counted(len(found.essay_ids), 'essay')}, {_times(found)}")
    if found.n_beside:
        show_line(
            f"{counted(found.n_beside, 'further answer')} about the same stays; name the essay to take all: "
            f"--essay {found.essay_ids[0]}"
        )


def _times(found: FoundAnswers) -> str:
    times = [each.draft.made_at for each in found.records]
    return f"given {moment(min(times))} to {moment(max(times))} UTC"


def _ask(n: int) -> None:
    err.print(f"Take {counted(n, 'answer')} out for good? [y/N] ", end="")
    if sys.stdin.readline().strip().casefold() not in {"y", "yes"}:
        show_line("nothing was changed; to be asked nothing: --yes")
        raise typer.Exit(1)


def _show_unreached(found: FoundAnswers) -> None:
    """Say what is elsewhere: no command can know of all the places to which somebody copied something."""
    batches = ", ".join(found.batch_ids)
    rows = [
        ("not reached", "what to do"),
        ("your files, exports, snapshots of corrections", "take the essay's rows out, export anew"),
        ("models that learnt from the essay", "train anew without it: gradewise retrain"),
        *(
            [(f"judged batches: {batches}", "take its rows out by SQL, see the installing page")]
            * bool(batches)
        ),
        ("feature cache (numbers by the text's digest, no name)", "goes with its age, or delete the cache"),
        ("answers that wait on a service's disk while the log is away", "ask again once it is back"),
        ("backups; PostgreSQL's removed rows and its log of changes", "go with their age, and by VACUUM"),
    ]
    out.print(printable(f"\n{in_columns(rows)}"), soft_wrap=True)
