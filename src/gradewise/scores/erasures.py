"""Erasures: answers about one person taken out of the middle of the log, and the chain of lines that say so.

What an erased answer was is gone. Its serial and its digest stay, so that the answers after it still follow
something, and are told by a line that says who took it out, when and why. A digest is one of all that stood
in the answer, among it an id of 128 random bits that is gone too: who knows everything else cannot tell by
trying whether it was that.

What is hashed, form 1, as in `gradewise.scores.chain`: the words ``gradewise erasure 1``, the serial of the
line in decimal digits, the digest of the line before it, when, by whom, why, and then of each answer, in the
order of the log, its serial in decimal digits and its digest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from gradewise.errors import InputError
from gradewise.scores.chain import START, Link, digest_of_pieces, piece_of
from gradewise.scores.soundness import require_plain_texts, require_zone

HEAD: Final = b"gradewise erasure 1"
"""Names the form; a later one has another number."""

ErasureFault = Literal["changed", "missing"]
"""What is the matter with a line."""
_WORDS: Final[Mapping[ErasureFault, str]] = {
    "changed": "was changed after it was written",
    "missing": "is missing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureNote:
    """What is told of an erasure; it is kept for good, so that it names nobody who is to be forgotten."""

    erased_at: datetime
    """When, with its zone."""
    erased_by: str
    """Who took the answers out."""
    reason: str
    """Why, such as the number of a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A line of the chain: some answers were taken out for good."""

    serial: int
    """Counts lines from 1, without gaps."""
    note: ErasureNote
    """When, by whom, why."""
    answers: tuple[Link, ...]
    """Places of the answers in their chain, by serial: all that is left of them."""
    previous: str
    """Digest of the line before it: 64 hex digits; zeros before the first."""
    digest: str
    """SHA-256 of all that: 64 hex digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureBreak:
    """A line that is not as it was written, or not there."""

    serial: int
    """Of the line."""
    kind: ErasureFault
    """What is the matter."""

    def __str__(self) -> str:
        """In words."""
        return f"erasure {self.serial:,} {_WORDS[self.kind]}"


def require_sound_note(note: ErasureNote) -> None:
    """Refuse a note that says nothing, or would not come back as it was told.

    Raises:
        InputError: who or why is empty, a time has no zone, or a text holds what databases do not keep.
    """
    for what, text, how in (
        ("who takes answers out", note.erased_by, "--by NAME"),
        ("why answers are taken out", note.reason, "--reason 'request 17'"),
    ):
        if not text.strip():
            raise InputError(f"{what} is not said; it is kept with the erasure, so say it: {how}")
    require_zone("erased_at", note.erased_at)
    require_plain_texts({"erased_by": note.erased_by, "reason": note.reason})


def erasure_of(answers: Sequence[Link], note: ErasureNote, after: Link) -> Erasure:
    """The next line of the chain.

    Args:
        answers: places of those that are taken out, in any order.
        note: when, by whom, why.
        after: where the chain of erasures ends.
    """
    ordered, serial = tuple(sorted(answers, key=lambda each: each.serial)), after.serial + 1
    digest = _digest(serial, after.digest, note, ordered)
    return Erasure(serial=serial, note=note, answers=ordered, previous=after.digest, digest=digest)


def erased_places(erasures: Sequence[Erasure]) -> dict[int, str]:
    """Digests of what was taken out, by serial."""
    return {answer.serial: answer.digest for erasure in erasures for answer in erasure.answers}


def verify_erasures(erasures: Sequence[Erasure], known: Link | None = None) -> tuple[ErasureBreak, ...]:
    """What is the matter with the chain of erasures; a break is told of where it is, and once.

    Args:
        erasures: all of them, by serial.
        known: a line whose digest was kept elsewhere; it must be there.
    """
    found = list(_unlike(erasures))
    digests = {each.serial: each.digest for each in erasures}
    if known is not None and digests.get(known.serial) != known.digest:
        kind: ErasureFault = "changed" if known.serial in digests else "missing"
        found.append(ErasureBreak(serial=known.serial, kind=kind))
    return tuple(dict.fromkeys(found))


def _unlike(erasures: Sequence[Erasure]) -> Iterator[ErasureBreak]:
    place = START
    for each in erasures:
        missing = each.serial > place.serial + 1
        if missing:
            yield ErasureBreak(serial=place.serial + 1, kind="missing")
        sound = each.digest == _digest(each.serial, each.previous, each.note, each.answers)
        if not sound or (each.previous != place.digest and not missing):
            yield ErasureBreak(serial=each.serial, kind="changed")
        place = Link(each.serial, each.digest)


def _digest(serial: int, previous: str, note: ErasureNote, answers: Sequence[Link]) -> str:
    said: tuple[datetime | str, ...] = (note.erased_at, note.erased_by, note.reason)
    places = (piece for each in answers for piece in (b"%d" % each.serial, each.digest.encode()))
    return digest_of_pieces([HEAD, b"%d" % serial, previous.encode(), *map(piece_of, said), *places])
