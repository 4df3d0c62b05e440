"""The chain of answers: whatever is done to it is found, and told where it is."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.scores.chain import FORM_1, START, Break, Link, chained, digest_of, is_sound, verify
from gradewise.scores.records import ScoreDraft, ScoreRecord
from gradewise.testing.score_logs import NOON, made_up_draft

N = 8
DRAFTS = tuple(made_up_draft(number, route="review", urgency=number / 3) for number in range(N))
CHAIN = tuple(chained(DRAFTS, START))
HEAD = Link(N, CHAIN[-1].digest)
places = st.integers(0, N - 1)
changed_values = {
    str: st.text(max_size=20),
    bytes: st.binary(max_size=20),
    float: st.floats(0, 1e9),
    datetime: st.datetimes(timezones=st.just(UTC)),
}


def found(records: Sequence[ScoreRecord], head: Link | None = HEAD) -> list[str]:
    """What is the matter, in words."""
    return [str(each) for each in verify(records, START, head=head)]


def test_a_chain_holds() -> None:
    """Whole, empty, in parts that begin after one another, and after a beginning that was forgotten."""
    assert [] == found(CHAIN)
    assert [] == found((), START)
    third = Link(3, CHAIN[2].digest)
    assert () == verify(CHAIN[3:], third, head=HEAD)
    assert () == verify((), third, head=third)
    assert START.digest == CHAIN[0].previous


def test_the_form_is_what_it_always_was() -> None:
    """Digests of the first form never change, and cover every field."""
    assert {field.name for field in fields(ScoreDraft)} == set(FORM_1)
    expected = "d03aec29de8e44cc67c30403721535be1065ee0562a58449bf2fac7569b24aed"
    assert expected == digest_of(7, "ab" * 32, made_up_draft(1, urgency=0.5))


def test_what_means_the_same_hashes_the_same() -> None:
    """A moment in another zone, and a zero that a database lost the sign of."""
    draft = made_up_draft(1)
    elsewhere = replace(draft, made_at=draft.made_at.astimezone(timezone(timedelta(hours=-7))), urgency=-0.0)
    assert digest_of(1, START.digest, draft) == digest_of(1, START.digest, elsewhere)


def test_fields_do_not_run_into_each_other() -> None:
    """A letter that moves from the end of a field to the beginning of the next changes the digest."""
    one, other = (
        made_up_draft(1, model_name="ab", model_version="c"),
        made_up_draft(1, model_name="a", model_version="bc"),
    )
    assert digest_of(1, START.digest, one) != digest_of(1, START.digest, other)


@given(place=places, name=st.sampled_from(FORM_1), data=st.data())
def test_any_change_of_a_field_is_found(place: int, name: str, data: st.DataObject) -> None:
    """Wherever and whatever: the record is named."""
    draft = DRAFTS[place]
    before = getattr(draft, name)
    value: Any = data.draw(changed_values[type(before)].filter(lambda each: each != before))
    harmed = replace(CHAIN[place], draft=replace(draft, **{name: value}))
    assert [f"record {place + 1} was changed after it was written"] == found(_with(place, harmed))


@given(place=places, name=st.sampled_from(["previous", "digest"]))
def test_a_changed_digest_is_found(place: int, name: str) -> None:
    """Its own, or that of the one before."""
    changes: dict[str, Any] = {name: "f" * 64}
    harmed = replace(CHAIN[place], **changes)
    assert place + 1 in {each.serial for each in verify(_with(place, harmed), START, head=HEAD)}


@given(place=places)
def test_a_record_made_anew_is_found(place: int) -> None:
    """Digest and all: the next one, or the head, follows another."""
    (forged,) = chained([replace(DRAFTS[place], grade="A")], Link(place, CHAIN[place].previous))
    assert is_sound(forged)
    assert (Break(serial=place + 1, kind="changed", until=place + 1),) == verify(
        _with(place, forged), START, head=HEAD
    )


@given(first=places, last=places)
def test_what_is_missing_is_named(first: int, last: int) -> None:
    """One or several, at the beginning, in the middle or at the end."""
    first, last = min(first, last), max(first, last)
    gone = CHAIN[:first] + CHAIN[last + 1 :]
    assert (Break(serial=first + 1, kind="missing", until=last + 1),) == verify(gone, START, head=HEAD)
    words = "record {} is missing" if first == last else "records {} to {} are missing"
    assert [words.format(first + 1, last + 1)] == found(gone)


@given(pair=st.lists(places, min_size=2, max_size=2, unique=True))
def test_swapped_records_are_named(pair: list[int]) -> None:
    """Whether they stand in each other's place or carry each other's serial."""
    one, other = sorted(pair)
    records = list(CHAIN)
    records[one], records[other] = records[other], records[one]
    assert "swapped" in {each.kind for each in verify(records, START, head=HEAD)}
    renumbered = [replace(each, serial=place + 1) for place, each in enumerate(records)]
    assert [(one + 1, "swapped"), (other + 1, "swapped")] == [
        (each.serial, each.kind) for each in verify(renumbered, START, head=HEAD)
    ]


@given(place=places)
def test_what_was_slipped_in_is_named(place: int) -> None:
    """A second record of a serial, and a record after the last."""
    (other,) = chained([made_up_draft(99)], Link(place, CHAIN[place].previous))
    assert (place + 1, "inserted") in [
        (each.serial, each.kind) for each in verify([*CHAIN[: place + 1], other, *CHAIN[place + 1 :]])
    ]
    (more,) = chained([made_up_draft(99)], HEAD)
    assert [f"record {N + 1} was slipped in: its serial is another's"] == found((*CHAIN, more))


@pytest.mark.parametrize(
    "origin",
    [
        pytest.param(Link(0, "1" * 64), id="another digest"),
        pytest.param(Link(3, CHAIN[2].digest), id="a later one"),
    ],
)
def test_a_wrong_origin_is_named(origin: Link) -> None:
    """The chain begins after something else than was said."""
    first = verify(CHAIN, origin, head=HEAD)[0]
    assert (1, "wrong origin") == (first.serial, first.kind)
    assert "record 1 does not follow what the chain begins after" == str(first)


def test_a_made_up_serial_takes_no_memory() -> None:
    """A serial far away is told of as it is, in no time."""
    far = replace(CHAIN[1], serial=10**15)
    assert ("missing", 2, 10**15 - 1) == next(
        (each.kind, each.serial, each.until) for each in verify([CHAIN[0], far])
    )


def _with(place: int, record: ScoreRecord) -> list[ScoreRecord]:
    return [*CHAIN[:place], record, *CHAIN[place + 1 :]]


def test_moments_have_one_spelling() -> None:
    """Also where the year is short."""
    early = made_up_draft(1, made_at=datetime(7, 1, 2, tzinfo=UTC))
    assert digest_of(1, START.digest, early) != digest_of(1, START.digest, made_up_draft(1, made_at=NOON))
