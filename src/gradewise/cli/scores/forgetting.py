"""One person forgotten from the command line: what is known is shown, asked about, and taken out."""

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import typer

from gradewise.bootstrap import open_table, shared_cache
from gradewise.cli.columns import in_columns
from gradewise.cli.moments import moment
from gradewise.cli.scores.named_bundles import bundle_finder
from gradewise.cli.scores.proving import erasure_shown
from gradewise.cli.scores.running import with_score_log
from gradewise.cli.scores.views import KnownAnswer, answer_table
from gradewise.cli.terminal import err, out, printable, progress_shown, show_line
from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.reporting.wording import counted
from gradewise.scores.erasures import ErasureNote, require_sound_note
from gradewise.settings import read_settings
from gradewise.workflows.scoring.forgetting import (
    FoundAnswers,
    Sought,
    erase_answers,
    essays_of,
    find_answers,
    names_of,
    refuse_names,
)
from gradewise.workflows.scoring.forgotten_readings import forget_readings

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
    bundles: tuple[Path, ...]
    """Models that answered and are in no store."""
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
    note, wrote = _note(asked, is_kept=not dry_run), _wrote(asked)
    with progress_shown(quiet=quiet) as listener:
        found = with_score_log(partial(find_answers, sought=_sought(asked, wrote), listener=listener))
    names = {*asked.essays, *filter(None, [asked.student]), *found.essay_ids}
    refuse_names(note.reason, names)
    _show(found)
    if not dry_run:
        if not yes:
            _ask(len(found.records))
        # First, since what is there is found by what the log says.
        _clear_cache(found, asked.bundles, prompts={each.prompt for each in wrote if each.prompt})
        note = replace(note, erased_at=datetime.now(UTC))
        erasure_shown(with_score_log(lambda log: erase_answers(log, found, note, names=names)))
    _show_unreached(found)
    if dry_run:
        show_line("nothing was changed")


def _note(asked: AskedForgetting, *, is_kept: bool) -> ErasureNote:
    """What is told of the erasure, once somebody is named; looked at where it is kept."""
    _require_named(asked)
    note = ErasureNote(
        erased_at=datetime.now(UTC), erased_by=asked.by or read_settings().user, reason=asked.reason.strip()
    )
    if is_kept:
        require_sound_note(note)
    return note


def _require_named(asked: AskedForgetting) -> None:
    named = [*asked.answers, *asked.essays, *([] if asked.student is None else [asked.student])]
    if not named:
        raise InputError("who is to be forgotten? such as: gradewise scores forget --student 4711 --dry-run")
    if not all(each.strip() for each in named):
        raise InputError("an empty name is nobody's; give the student, the essay or the answer by its name")
    if asked.files and asked.student is None:
        raise InputError("--essays says which essays are whose: name the student too, --student ID")


def _sought(asked: AskedForgetting, wrote: Sequence[Essay]) -> Sought:
    """What the log may know somebody's essays by."""
    student = set() if asked.student is None else {asked.student}
    by_file = names_of(wrote)
    return Sought(
        score_ids=asked.answers,
        essay_ids=by_file.essay_ids | {*asked.essays, *student},
        texts=by_file.texts,
    )


def _wrote(asked: AskedForgetting) -> tuple[Essay, ...]:
    """What files say that the student wrote; nothing where no file is named."""
    if asked.student is None or not asked.files:
        return ()
    return essays_of(asked.student, [open_table(file) for file in asked.files], column=asked.writer_column)


def _clear_cache(found: FoundAnswers, bundles: Sequence[Path], *, prompts: Collection[str]) -> None:
    find_model, cache = bundle_finder(bundles), shared_cache(read_settings())
    try:
        n = forget_readings(cache, found.records, find_model, prompts=prompts)
    finally:
        cache.close()
    show_line(f"removed from the feature cache: {counted(n, 'reading')} of the texts")


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
        ("readings that a running service has in memory", "go with their age, or start it anew"),
        (
            "cached readings under a prompt's name, or by models in no store",
            "name both (--help), or delete it all",
        ),
        ("answers that wait on a service's disk while the log is away", "ask again once it is back"),
        ("backups; PostgreSQL's removed rows and its log of changes", "go with their age, and by VACUUM"),
    ]
    out.print(printable(f"\n{in_columns(rows)}"), soft_wrap=True)
