"""The chain of score records: each carries a digest of itself and of the one before it.

Whoever changes, removes, swaps or slips in a record breaks the chain there, unless every later digest is made
anew; against that helps a digest of the last record that is kept elsewhere.

What is hashed, form 1: SHA-256 of pieces, each after its length in bytes (eight bytes, big-endian). The
pieces are the words ``gradewise score record 1``, the serial in decimal digits, the previous digest as 64 hex
digits, and the fields of the draft in the order of `FORM_1`. Text is UTF-8; a moment is written in UTC to
the microsecond, as ``2026-01-31T12:00:00.000000Z``; a number is eight bytes, IEEE 754, big-endian; bytes are
themselves.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import attrgetter
from types import MappingProxyType
from typing import Final, Literal

from gradewise.scores.records import ScoreDraft, ScoreRecord

HEAD: Final = b"gradewise score record 1"
"""Names the form; a later one has another number."""
FORM_1: Final = (
    "id", "made_at", "essay_id", "text_sha256", "task_sha256", "model_name", "model_version", "model_digest",
    "arm", "reading_fingerprint", "values", "prediction", "grade", "route", "urgency", "batch_id",
    "correlation_id",
)  # fmt: skip
"""Fields of a draft in the order in which they are hashed; never edited, as old digests hang on it."""
_fields = attrgetter(*FORM_1)
_length, _NUMBER = struct.Struct(">Q").pack, struct.Struct(">d")
MOST_MOVED = 64
"""Among so many records that do not fit is looked for those that changed places."""

Fault = Literal["changed", "missing", "swapped", "inserted", "wrong origin", "returned"]
"""What is the matter with a chain."""
_WORDS: Mapping[Fault, str] = {
    "changed": "was changed after it was written",
    "missing": "is missing",
    "swapped": "stands in the place of another",
    "inserted": "was slipped in: its serial is another's",
    "wrong origin": "does not follow what the chain begins after",
    "returned": "was taken out for good, and is there",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A place in a chain, after which it goes on."""

    serial: int
    """Of the record there; 0 before the first."""
    digest: str
    """Of the record there: 64 hex digits."""


START: Final = Link(0, "0" * 64)
"""Before the first record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A record that is not as it was written, or not there."""

    serial: int
    """Of the record."""
    kind: Fault
    """What is the matter."""
    until: int
    """Of several that are missing the last serial; else its own."""

    def __str__(self) -> str:
        """In words."""
        if self.until > self.serial:
            return f"records {self.serial:,} to {self.until:,} are missing"
        return f"record {self.serial:,} {_WORDS[self.kind]}"


def digest_of(serial: int, previous: str, draft: ScoreDraft) -> str:
    """The digest of a record: 64 hex digits, in form 1 (see the module)."""
    # Texts, which are most of the fields, without a call for each: this is done for every answer.
    fields = [value.encode() if type(value) is str else piece_of(value) for value in _fields(draft)]
    return digest_of_pieces([HEAD, b"%d" % serial, previous.encode(), *fields])


def digest_of_pieces(pieces: Iterable[bytes]) -> str:
    """SHA-256 of pieces, each after its length in bytes, so that none runs into the next: 64 hex digits."""
    hashed: list[bytes] = []
    for piece in pieces:
        hashed += (_length(len(piece)), piece)
    return hashlib.sha256(b"".join(hashed)).hexdigest()


def piece_of(value: str | bytes | float | datetime) -> bytes:
    """A value as it is hashed (see the module)."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return value
    if isinstance(value, datetime):
        written = value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
        return f"{written}Z".encode()
    return _NUMBER.pack(value + 0.0)  # databases make -0.0 to 0.0


def chained(drafts: Iterable[ScoreDraft], after: Link) -> Iterator[ScoreRecord]:
    """Drafts as the next links of a chain."""
    for draft in drafts:
        serial = after.serial + 1
        digest = digest_of(serial, after.digest, draft)
        yield ScoreRecord(serial=serial, draft=draft, previous=after.digest, digest=digest)
        after = Link(serial, digest)


def verify(
    records: Sequence[ScoreRecord],
    origin: Link = START,
    *,
    head: Link | None = None,
    erased: Mapping[int, str] = MappingProxyType({}),
) -> tuple[Break, ...]:
    """What is the matter with a chain, or with a part of it.

    A record that does not fit is told of once, and those after it are held against it as it stands, so that
    a break is told of where it is.

    Args:
        records: in the order of the chain.
        origin: what they begin after.
        head: where they must end; anywhere when ``None``.
        erased: digests of those that were taken out for good, by serial: such are not missing.

    Returns:
        Breaks by serial; none when every record is as it was written and where it was written.
    """
    digests = {serial: digest for serial, digest in erased.items() if serial > origin.serial}
    digests |= {record.serial: record.digest for record in reversed(records)}
    harmed = [record for record in records if not is_sound(record)]
    faults = {id(record): _moved(record, harmed) for record in harmed}
    found = [*_out_of_order(records, origin, digests), *_unlinked(records, origin, digests, faults)]
    found += [_break(record, faults[id(record)]) for record in harmed]
    found += [_break(record, "returned") for record in records if record.serial in erased]
    if head is not None:
        told = {each.serial for each in found}
        last = max((record.serial for record in records), default=origin.serial)
        found += [each for each in _at_the_end(last, origin, digests, head) if each.serial not in told]
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.serial, each.kind)))


def is_sound(record: ScoreRecord) -> bool:
    """Whether a record is what its digest says."""
    return digest_of(record.serial, record.previous, record.draft) == record.digest


def _moved(record: ScoreRecord, harmed: Sequence[ScoreRecord]) -> Fault:
    """Whether a record that does not fit would fit in the place of another that does not."""
    places = [other.serial for other in harmed[:MOST_MOVED] if other.serial != record.serial]
    fits = any(is_sound(replace(record, serial=place)) for place in places)
    return "swapped" if fits else "changed"


def _out_of_order(
    records: Sequence[ScoreRecord], origin: Link, digests: Mapping[int, str]
) -> Iterator[Break]:
    expected, seen = origin.serial + 1, set[int]()
    for record in records:
        if record.serial <= origin.serial:
            yield _break(record, "wrong origin")
        elif record.serial in seen:
            yield _break(record, "inserted")
        elif record.serial < expected:
            yield _break(record, "swapped")
        elif gap := _gap(expected, record.serial, digests):
            yield gap
        seen.add(record.serial)
        expected = max(expected, record.serial + 1)


def _gap(expected: int, serial: int, digests: Mapping[int, str]) -> Break | None:
    """What is missing before a serial; serials that stand elsewhere, or were taken out, are not.

    The serial may be as far away as somebody made it up: only what is there is gone through.
    """
    first, last = expected, serial - 1
    while first < serial and first in digests:
        first += 1
    while last > first and last in digests:
        last -= 1
    return Break(serial=first, kind="missing", until=last) if first < serial else None


def _unlinked(
    records: Sequence[ScoreRecord], origin: Link, digests: Mapping[int, str], faults: Mapping[int, Fault]
) -> Iterator[Break]:
    """Sound records that follow another than the one before them: that one was replaced, digest and all."""
    harmed = {record.serial for record in records if id(record) in faults}
    for record in records:
        before = record.serial - 1
        if id(record) in faults or before in harmed:
            continue
        if before == origin.serial and record.previous != origin.digest:
            yield _break(record, "wrong origin")
        elif before > origin.serial and digests.get(before, record.previous) != record.previous:
            yield Break(serial=before, kind="changed", until=before)


def _at_the_end(last: int, origin: Link, digests: Mapping[int, str], head: Link) -> Iterator[Break]:
    """What is the matter after the last record that is there; what was taken out may follow it."""
    end = max(digests, default=origin.serial)
    if gap := _gap(last + 1, head.serial + 1, digests):
        yield gap
    elif end > head.serial:
        yield Break(serial=head.serial + 1, kind="inserted", until=head.serial + 1)
    elif digests.get(end, origin.digest) != head.digest:
        yield Break(serial=end, kind="changed", until=end)


def _break(record: ScoreRecord, kind: Fault) -> Break:
    return Break(serial=record.serial, kind=kind, until=record.serial)
