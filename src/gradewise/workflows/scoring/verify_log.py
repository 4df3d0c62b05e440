"""Verify the score log: every answer is hashed again, and held against its place in the chain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradewise.errors import InputError
from gradewise.protocols.scoring import ScoreLog
from gradewise.scores.chain import Break, Link, verify
from gradewise.scores.records import ScoreRecord
from gradewise.telemetry import Listener, silent, stage
from gradewise.workflows.scoring.log_pages import pages

MOST_TOLD = 100
"""Breaks that are told; a log with more is beyond telling."""
BEFORE_ALL = -(2**63)
"""Before every serial that a database holds, also those that no chain has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found."""

    n: int
    """Answers that were hashed."""
    origin: Link
    """What the chain begins after."""
    head: Link
    """The last answer, as the log said when it was begun with."""
    breaks: tuple[Break, ...]
    """What is the matter, by serial; none when the chain holds."""


async def verify_log(log: ScoreLog, *, known: Link | None = None, listener: Listener = silent) -> Verified:
    """Hash every answer again, a page at a time; what is added meanwhile is not looked at.

    Where old answers are forgotten meanwhile, it is begun again from where the chain begins now.

    Args:
        log: the answers.
        known: an answer whose digest was kept elsewhere; it must be in the chain.
        listener: hears how far it is.

    Raises:
        InputError: the known answer was forgotten.
        UnavailableError: the database does not answer.
    """
    while True:
        origin = Link(*await log.origin())
        found = await _verified(log, origin, known, listener)
        if not found.breaks or Link(*await log.origin()) == origin:
            return found


async def _verified(log: ScoreLog, origin: Link, known: Link | None, listener: Listener) -> Verified:
    head, place, n = Link(*await log.head()), origin, 0
    if known is not None and known.serial < origin.serial:
        raise InputError(f"record {known.serial:,} was forgotten; the chain begins after {origin.serial:,}")
    breaks: list[Break] = []
    with stage(listener, "hashing answers", total=head.serial - origin.serial, unit="answers") as advance:
        async for page in pages(log, after=BEFORE_ALL):
            looked_at = tuple(record for record in page if record.serial <= head.serial)
            breaks += verify(looked_at, place)
            breaks += _unlike(looked_at, known)
            if looked_at:
                place, n = Link(looked_at[-1].serial, looked_at[-1].digest), n + len(looked_at)
            advance(n)
            if len(looked_at) < len(page) or len(breaks) >= MOST_TOLD:
                break
    if len(breaks) < MOST_TOLD:
        breaks += verify((), place, head=head)
        breaks += [] if known is None or known.serial <= head.serial else [_missing(known, head)]
        breaks += await _past_the_end(log)
    return Verified(n=n, origin=origin, head=head, breaks=tuple(dict.fromkeys(breaks))[:MOST_TOLD])


async def _past_the_end(log: ScoreLog) -> list[Break]:
    """A record after the end of the chain, which is asked for last, as others go on writing."""
    newest = await log.newest(limit=1)
    end, _ = await log.head()
    return [
        Break(serial=each.serial, kind="inserted", until=each.serial) for each in newest if each.serial > end
    ]


def _unlike(page: Sequence[ScoreRecord], known: Link | None) -> Iterator[Break]:
    for record in page:
        if known is not None and record.serial == known.serial and record.digest != known.digest:
            yield Break(serial=known.serial, kind="changed", until=known.serial)


def _missing(known: Link, head: Link) -> Break:
    return Break(serial=head.serial + 1, kind="missing", until=known.serial)
