"""Verify the score log: every answer is hashed again, and held against its place in the chain."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gradewise.errors import InputError
from gradewise.protocols.scoring import ScoreLog
from gradewise.scores.chain import Break, Link, verify
from gradewise.scores.erasures import Erasure, ErasureBreak, erased_places, verify_erasures
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
    erasures: tuple[Erasure, ...] = ()
    """What was taken out for good, line by line; of each answer its digest stands in the chain."""
    erasure_breaks: tuple[ErasureBreak, ...] = ()
    """What is the matter with those lines; none when their chain holds."""


async def verify_log(
    log: ScoreLog,
    *,
    known: Link | None = None,
    known_erasure: Link | None = None,
    listener: Listener = silent,
) -> Verified:
    """Hash every answer again, a page at a time; what is added meanwhile is not looked at.

    Where answers are forgotten meanwhile, it is begun again from where the chain begins now.

    Args:
        log: the answers.
        known: an answer whose digest was kept elsewhere; it must be in the chain, or taken out by a line.
        known_erasure: such a line whose digest was kept elsewhere; it must be there.
        listener: hears how far it is.

    Raises:
        InputError: the known answer was forgotten.
        UnavailableError: the database does not answer.
    """
    while True:
        begun = await _begun(log)
        found = await _verified(log, begun, known, listener)
        if not found.breaks or begun == await _begun(log):
            faults = verify_erasures(begun.erasures, known_erasure)
            return replace(found, erasures=begun.erasures, erasure_breaks=faults)


@dataclass(frozen=True, slots=True)
class _Begun:
    """What was forgotten when a look at the log began."""

    origin: Link
    """What the chain begins after."""
    erasures: tuple[Erasure, ...]
    """What was taken out of it."""


async def _begun(log: ScoreLog) -> _Begun:
    return _Begun(Link(*await log.origin()), await log.erasures())


async def _verified(log: ScoreLog, begun: _Begun, known: Link | None, listener: Listener) -> Verified:
    origin, erased = begun.origin, erased_places(begun.erasures)
    head, place, n = Link(*await log.head()), origin, 0
    if known is not None and known.serial < origin.serial:
        raise InputError(f"record {known.serial:,} was forgotten; the chain begins after {origin.serial:,}")
    breaks = [] if known is None else list(_unlike(erased, known))
    with stage(listener, "hashing answers", total=head.serial - origin.serial, unit="answers") as advance:
        async for page in pages(log, after=BEFORE_ALL):
            looked_at = tuple(record for record in page if record.serial <= head.serial)
            breaks += verify(looked_at, place, erased=erased)
            if known is not None:
                breaks += _unlike({record.serial: record.digest for record in looked_at}, known)
            if looked_at:
                place, n = Link(looked_at[-1].serial, looked_at[-1].digest), n + len(looked_at)
            advance(n)
            if len(looked_at) < len(page) or len(breaks) >= MOST_TOLD:
                break
    if len(breaks) < MOST_TOLD:
        breaks += verify((), place, head=head, erased=erased)
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


def _unlike(digests: Mapping[int, str], known: Link) -> Iterator[Break]:
    if digests.get(known.serial, known.digest) != known.digest:
        yield Break(serial=known.serial, kind="changed", until=known.serial)


def _missing(known: Link, head: Link) -> Break:
    return Break(serial=head.serial + 1, kind="missing", until=known.serial)
