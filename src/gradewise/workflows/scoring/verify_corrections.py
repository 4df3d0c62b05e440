"""Verify corrections: every one is hashed again, and held against its link in their chain."""

from dataclasses import dataclass

from gradewise.protocols.scoring import ScoreLog
from gradewise.scores.chain import START, Link
from gradewise.scores.correction_chain import CorrectionBreak, CorrectionLink, verify_contents, verify_links
from gradewise.scores.erasures import erased_places

PAGE = 1000
"""Links that are asked for at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCorrections:
    """What was found."""

    n: int
    """Corrections that were hashed."""
    n_forgotten: int
    """Links of corrections that went with their answers."""
    head: Link
    """Where the chain ends."""
    breaks: tuple[CorrectionBreak, ...]
    """What is the matter; none when the chain holds."""


async def verify_corrections(log: ScoreLog, *, known: Link | None = None) -> VerifiedCorrections:
    """Hash every correction again; what is told or forgotten meanwhile is taken for neither slip nor loss.

    Args:
        log: what teachers decided.
        known: a link whose digest was kept elsewhere; it must be there.

    Raises:
        UnavailableError: the database does not answer.
    """
    links = await _links(log, 0)
    corrections = await log.corrections()
    told_meanwhile = await _links(log, links[-1].serial if links else 0)
    there = {each.id for each in corrections}
    seen = max((each.serial for each in told_meanwhile if each.correction_id in there), default=0)
    links += [each for each in told_meanwhile if each.serial <= seen]
    forgotten, _ = await log.origin()
    erased = erased_places(await log.erasures())
    contents = verify_contents(links, corrections, forgotten=forgotten, erased=erased)
    breaks = (*verify_links(links, known), *contents)
    return VerifiedCorrections(
        n=len(corrections),
        n_forgotten=sum(link.correction_id not in there for link in links),
        head=Link(links[-1].serial, links[-1].digest) if links else START,
        breaks=breaks,
    )


async def _links(log: ScoreLog, after: int) -> list[CorrectionLink]:
    found = list[CorrectionLink]()
    while page := await log.correction_links(after=after, limit=PAGE):
        found += page
        after = page[-1].serial
    return found
