"""The score log kept in order: verified, pruned; what was taken out of it told."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer

from gradewise.cli.moments import moment
from gradewise.cli.scores.running import with_score_log
from gradewise.cli.terminal import progress_shown, show_line
from gradewise.errors import InputError, PlanError
from gradewise.protocols.scoring import ScoreLog
from gradewise.reporting.wording import counted
from gradewise.scores.chain import Link
from gradewise.scores.erasures import Erasure
from gradewise.scores.queue import QueueFaults
from gradewise.scores.records import ScoreDraft, ScoreRecord
from gradewise.workflows.scoring.log_pages import count_before, first_not_before
from gradewise.workflows.scoring.verify_corrections import VerifiedCorrections, verify_corrections
from gradewise.workflows.scoring.verify_log import MOST_TOLD, Verified, verify_log

MOST_SHOWN = 20
"""Breaks of a chain that are shown one by one."""
MOST_PLACES = 10
"""Serials of an erasure that are shown."""
_KNOWN = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


def verify_log_shown(
    *, known: str | None, known_correction: str | None, known_erasure: str | None, quiet: bool
) -> None:
    """Say whether the chains hold, and the first breaks where one does not.

    Raises:
        Exit: one does not, with code 1.
    """
    link = None if known is None else _link(known, "--known")
    last = None if known_correction is None else _link(known_correction, "--known-correction")
    line = None if known_erasure is None else _link(known_erasure, "--known-erasure")

    async def _asked(log: ScoreLog) -> tuple[Verified, VerifiedCorrections, QueueFaults]:
        answers = await verify_log(log, known=link, known_erasure=line, listener=listener)
        return answers, await verify_corrections(log, known=last), await log.queue_faults()

    with progress_shown(quiet=quiet) as listener:
        answers, corrections, queue = with_score_log(_asked)
    sound = [answers_shown(answers), corrections_shown(corrections), queue_shown(queue)]
    if not all(sound):
        raise typer.Exit(1)


def answers_shown(found: Verified) -> bool:
    """Say what became of the chain of answers, and of what was taken out of it; whether both hold."""
    holds = _chain_shown(found)
    return _erasures_shown(found) and holds


def _chain_shown(found: Verified) -> bool:
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


def _erasures_shown(found: Verified) -> bool:
    """Say what was taken out for good, if anything ever was; whether the lines that say so are unchanged."""
    for fault in found.erasure_breaks[:MOST_SHOWN]:
        show_line(str(fault))
    if found.erasure_breaks:
        show_line(f"the chain of erasures is broken: {counted(len(found.erasure_breaks), 'break')}")
    elif found.erasures:
        gone = counted(sum(len(each.answers) for each in found.erasures), "answer")
        show_line(f"{gone} taken out for good, in {counted(len(found.erasures), 'erasure')}:")
        if (more := len(found.erasures) - MOST_SHOWN) > 0:
            show_line(f"  {more:,} earlier, unchanged")
        for each in found.erasures[-MOST_SHOWN:]:
            show_line(f"  {_erasure_line(each)}")
        last = found.erasures[-1]
        show_line(f"keep this elsewhere, for --known-erasure: {last.serial}:{last.digest}")
    return not found.erasure_breaks


def erasure_shown(erasure: Erasure) -> None:
    """Say what was taken out just now."""
    show_line(f"taken out for good: {_erasure_line(erasure)}")
    show_line(f"keep this elsewhere, for --known-erasure: {erasure.serial}:{erasure.digest}")


def _erasure_line(erasure: Erasure) -> str:
    note, serials = erasure.note, [f"{each.serial:,}" for each in erasure.answers[:MOST_PLACES]]
    more = len(erasure.answers) - len(serials)
    places = f"{', '.join(serials)} and {more:,} more" if more else ", ".join(serials)
    what = "record" if len(erasure.answers) == 1 else "records"
    when = f"{moment(note.erased_at)} UTC by {note.erased_by}"
    return f"erasure {erasure.serial:,}, {when}, {what} {places}: {' '.join(note.reason.split())}"


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


def queue_shown(found: QueueFaults) -> bool:
    """Say where the review queue is not as answers and decisions say; whether it is."""
    if not found:
        return True
    if found.n_missing:
        missing = counted(found.n_missing, "answer")
        show_line(f"{missing} for a teacher in no review queue, first at record {found.first_missing:,}")
    if found.n_stray:
        show_line(f"{counted(found.n_stray, 'place')} in the review queue for no answer that waits")
    show_line("no answer was lost by it; put the queue right: gradewise reviews repair")
    return False


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
        from gradewise.workflows.plans.reading import read_plan

        days = read_plan(plan).retention.scores_days
    if days is None:
        where = "" if plan is None else f"{plan} has no retention.scores_days; "
        raise PlanError(f"{where}how old? such as: gradewise scores prune --older-than 365 --dry-run")
    now = datetime.now(UTC)
    before = now - timedelta(days=days)

    async def _pruned(log: ScoreLog) -> tuple[int, ScoreRecord | None]:
        count = await (count_before(log, before) if dry_run else log.forget(before))
        return count, await first_not_before(log, before)

    count, stop = with_score_log(_pruned)
    said = "would be forgotten" if dry_run else "forgotten, with what was decided about them"
    show_line(f"{counted(count, 'answer')} given before {before:%Y-%m-%d %H:%M} UTC {said}")
    if stop is not None and stop.draft.made_at > now:
        _stop_shown(stop.draft)


def _stop_shown(answer: ScoreDraft) -> None:
    """Say which answer keeps others, as chains are forgotten from their beginning on: a clock was wrong."""
    name = answer.id[:12]
    show_line(
        f"answer {name} says that it was given on {answer.made_at:%Y-%m-%d}, which is yet to come: nothing "
        f"after it is forgotten before then; take it out: gradewise scores forget {name} --reason 'clock'"
    )
