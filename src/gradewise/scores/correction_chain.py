"""The chain of corrections: each has a link that carries a digest of it and of the link before.

Links outlast what they are of. When answers are forgotten, old ones or those about one person, what was
decided about them goes with them, from the middle of the chain too; a link says of which answer it is, so
that what was forgotten is told from what was removed.

What is hashed, form 1, as in `gradewise.scores.chain`: of a correction the words ``gradewise correction 1``
and its fields in the order of `FORM_1`; of a link the words ``gradewise correction link 1``, its serial in
decimal digits, the digest of the link before it, the id of the correction, the serial of the answer in
decimal digits, and the digest of the correction.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, Literal

from gradewise.scores.chain import START, Link, digest_of_pieces, piece_of
from gradewise.scores.corrections import Correction

HEAD: Final = b"gradewise correction 1"
LINK_HEAD: Final = b"gradewise correction link 1"
"""Name the form; a later one has another number."""
FORM_1: Final = (
    "id", "score_id", "essay_id", "text_sha256", "model_digest", "model_grade", "grade", "corrected_by",
    "corrected_at", "reason",
)  # fmt: skip
"""Fields of a correction in the order in which they are hashed; never edited, as old digests hang on it."""
_fields = attrgetter(*FORM_1)

CorrectionFault = Literal["changed", "missing", "slipped in", "moved", "link changed", "link missing"]
"""What is the matter with a correction or its link."""
_WORDS: Final[Mapping[CorrectionFault, str]] = {
    "changed": "was changed after it was told",
    "missing": "is missing, and the answer that it is about is not forgotten",
    "slipped in": "was slipped in past the chain",
    "moved": "stands in another place than when it was told, so that another may count as the last",
    "link changed": "has another link than when it was told",
    "link missing": "is missing, and its link too",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionLink:
    """The place of a correction in the chain."""

    serial: int
    """Counts links from 1, without gaps."""
    correction_id: str
    """Of the correction."""
    score_serial: int
    """Of the answer that it is about: forgotten with it."""
    content: str
    """Digest of the correction: 64 hex digits."""
    previous: str
    """Digest of the link before it: 64 hex digits; zeros before the first."""
    digest: str
    """SHA-256 of all that: 64 hex digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionBreak:
    """A correction that is not as it was told, or not there."""

    serial: int
    """Of its link; 0 where it has none."""
    correction_id: str
    """Of the correction; empty where nobody knows."""
    kind: CorrectionFault
    """What is the matter."""

    def __str__(self) -> str:
        """In words."""
        place = f" {self.serial:,}" if self.serial else ""
        name = f" ({self.correction_id[:8]})" if self.correction_id else ""
        return f"correction{place}{name} {_WORDS[self.kind]}"


def content_of(correction: Correction) -> str:
    """The digest of a correction: 64 hex digits, in form 1 (see the module)."""
    return digest_of_pieces([HEAD, *map(piece_of, _fields(correction))])


def link_correction(correction: Correction, score_serial: int, after: Link) -> CorrectionLink:
    """A correction as the next link of a chain.

    Args:
        correction: what a teacher decided.
        score_serial: of the answer that it is about.
        after: where the chain ends.
    """
    serial, content = after.serial + 1, content_of(correction)
    digest = _digest(serial, after.digest, correction.id, score_serial, content)
    return CorrectionLink(
        serial=serial, correction_id=correction.id, score_serial=score_serial, content=content,
        previous=after.digest, digest=digest,
    )  # fmt: skip


def verify_links(links: Sequence[CorrectionLink], known: Link | None = None) -> tuple[CorrectionBreak, ...]:
    """What is the matter with the links of a chain; a break is told of where it is, and once.

    Args:
        links: all of them, by serial.
        known: a link whose digest was kept elsewhere; it must be there.
    """
    found, place = list[CorrectionBreak](), START
    for link in links:
        missing = range(place.serial + 1, link.serial)
        found += [_unnamed(serial) for serial in missing[:1]]
        sound = link.digest == _digest_of(link) and link.serial > place.serial
        if not sound or (link.previous != place.digest and not missing):
            found.append(_fault(link, "link changed"))
        place = Link(link.serial, link.digest)
    if known is not None and all(
        (each.serial, each.digest) != (known.serial, known.digest) for each in links
    ):
        there = next((each for each in links if each.serial == known.serial), None)
        found.append(_unnamed(known.serial) if there is None else _fault(there, "link changed"))
    return tuple(dict.fromkeys(found))


def verify_contents(
    links: Sequence[CorrectionLink],
    corrections: Sequence[Correction],
    *,
    forgotten: int,
    erased: Collection[int] = (),
) -> tuple[CorrectionBreak, ...]:
    """What is the matter with corrections that are held against their links.

    Args:
        links: all of them, by serial.
        corrections: all that are there, in the order in which they count.
        forgotten: serial of the last answer that was forgotten; what was decided about such may be gone.
        erased: serials of answers that were taken out one by one; the same is so of them.
    """
    by_id = {each.id: each for each in corrections}
    linked = {link.correction_id for link in links}
    strangers = (each.id for each in corrections if each.id not in linked)
    return (
        *_unlike(links, by_id, forgotten, erased),
        *_moved(links, corrections),
        *(CorrectionBreak(serial=0, correction_id=each, kind="slipped in") for each in strangers),
    )


def _unlike(
    links: Sequence[CorrectionLink], by_id: Mapping[str, Correction], forgotten: int, erased: Collection[int]
) -> Iterator[CorrectionBreak]:
    for link in links:
        correction = by_id.get(link.correction_id)
        if correction is None:
            if link.score_serial > forgotten and link.score_serial not in erased:
                yield _fault(link, "missing")
        elif content_of(correction) != link.content:
            yield _fault(link, "changed")


def _moved(links: Sequence[CorrectionLink], corrections: Sequence[Correction]) -> Iterator[CorrectionBreak]:
    """Corrections that come after one that was told later."""
    by_id, last = {link.correction_id: link for link in links}, 0
    for link in (by_id[each.id] for each in corrections if each.id in by_id):
        if link.serial < last:
            yield _fault(link, "moved")
        last = max(last, link.serial)


def _digest_of(link: CorrectionLink) -> str:
    return _digest(link.serial, link.previous, link.correction_id, link.score_serial, link.content)


def _digest(serial: int, previous: str, correction_id: str, score_serial: int, content: str) -> str:
    numbers = b"%d" % serial, b"%d" % score_serial
    words = previous.encode(), correction_id.encode(), content.encode()
    return digest_of_pieces([LINK_HEAD, numbers[0], words[0], words[1], numbers[1], words[2]])


def _fault(link: CorrectionLink, kind: CorrectionFault) -> CorrectionBreak:
    return CorrectionBreak(serial=link.serial, correction_id=link.correction_id, kind=kind)


def _unnamed(serial: int) -> CorrectionBreak:
    return CorrectionBreak(serial=serial, correction_id="", kind="link missing")
