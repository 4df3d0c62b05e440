"""The chain of erasures, and the chain of answers without those that were taken out of it."""

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.scores.chain import START, Link, chained, verify
from gradewise.scores.correction_chain import link_correction, verify_contents
from gradewise.scores.erasures import (
    Erasure,
    erased_places,
    erasure_of,
    require_sound_note,
    verify_erasures,
)
from gradewise.testing.score_logs import NOON, made_up_correction, made_up_draft, made_up_note

N = 8
CHAIN = tuple(chained((made_up_draft(number) for number in range(N)), START))
HEAD = Link(N, CHAIN[-1].digest)
LINES = 3
EXPECTED = "9276c8201cd1"
"""How the digest of the last line begins, as it was first made."""
places = st.integers(0, N - 1)
lines = st.integers(0, LINES - 1)


def _lines() -> tuple[Erasure, ...]:
    made, after = list[Erasure](), START
    for number in range(LINES):
        gone = [Link(CHAIN[place].serial, CHAIN[place].digest) for place in (number + 3, number)]
        made.append(erasure_of(gone, made_up_note(number), after))
        after = Link(made[-1].serial, made[-1].digest)
    return tuple(made)


ERASURES = _lines()


def found(erasures: tuple[Erasure, ...], known: Link | None = None) -> list[str]:
    """What is the matter, in words."""
    return [str(each) for each in verify_erasures(erasures, known)]


def test_a_chain_of_erasures_holds() -> None:
    """Whole, empty, and held against a line that was kept elsewhere; answers stand by serial."""
    assert [] == found(ERASURES) == found(())
    assert [] == found(ERASURES, Link(2, ERASURES[1].digest))
    assert [1, 4] == [each.serial for each in ERASURES[0].answers]
    assert {each.serial: each.digest for each in CHAIN[:6]} == erased_places(ERASURES)


def test_the_form_of_an_erasure_is_what_it_always_was() -> None:
    """Digests of the first form never change."""
    assert ERASURES[-1].digest.startswith(EXPECTED)


def test_a_moment_in_another_zone_means_the_same() -> None:
    """As databases bring it back."""
    first = ERASURES[0]
    moment = first.note.erased_at.astimezone(timezone(timedelta(hours=9)))
    assert [] == found((replace(first, note=replace(first.note, erased_at=moment)), *ERASURES[1:]))


@given(place=lines, name=st.sampled_from(["erased_at", "erased_by", "reason"]))
def test_a_changed_note_is_found(place: int, name: str) -> None:
    """When, by whom and why are what they were."""
    line = ERASURES[place]
    changes: dict[str, Any] = {name: NOON if name == "erased_at" else "somebody else"}
    harmed = replace(line, note=replace(line.note, **changes))
    expected = f"erasure {place + 1} was changed after it was written"
    assert [expected] == found((*ERASURES[:place], harmed, *ERASURES[place + 1 :]))


@given(place=lines, name=st.sampled_from(["answers", "previous", "digest"]))
def test_a_changed_line_is_found(place: int, name: str) -> None:
    """Also where it says of one more answer that it was taken out."""
    line = ERASURES[place]
    more = (*line.answers, Link(8, CHAIN[7].digest))
    changes: dict[str, Any] = {name: more if name == "answers" else "f" * 64}
    harmed = (*ERASURES[:place], replace(line, **changes), *ERASURES[place + 1 :])
    assert f"erasure {place + 1} was changed after it was written" in found(harmed)


@given(place=lines)
def test_a_missing_line_is_found(place: int) -> None:
    """In the middle by those after it; the last by who kept its digest elsewhere."""
    rest, known = (*ERASURES[:place], *ERASURES[place + 1 :]), Link(place + 1, ERASURES[place].digest)
    assert [f"erasure {place + 1} is missing"] == found(rest, known)


def test_a_chain_that_was_made_anew_is_another() -> None:
    """It holds by itself, and not against a digest that was kept elsewhere."""
    other = (erasure_of(ERASURES[0].answers, made_up_note(7), START),)
    assert [] == found(other)
    assert ["erasure 1 was changed after it was written"] == found(other, Link(1, ERASURES[0].digest))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"reason": " \n"}, "why answers are taken out is not said", id="no reason"),
        pytest.param({"erased_by": ""}, "who takes answers out is not said", id="nobody"),
        pytest.param({"reason": "a\x00"}, "reason holds NUL", id="unkeepable"),
        pytest.param({"erased_at": NOON.replace(tzinfo=None)}, "without a time zone", id="no zone"),
    ],
)
def test_a_note_that_says_nothing_is_refused(changes: dict[str, Any], words: str) -> None:
    """It is kept for good, so that it must come back as it was told."""
    with pytest.raises(InputError, match=words):
        require_sound_note(made_up_note(1, **changes))


@given(gone=st.sets(places))
def test_answers_that_were_taken_out_are_not_missing(gone: set[int]) -> None:
    """Any of them, at the beginning, in the middle, at the end, or all; those that are left hold."""
    left = [record for place, record in enumerate(CHAIN) if place not in gone]
    erased = {CHAIN[place].serial: CHAIN[place].digest for place in gone}
    assert () == verify(left, START, head=HEAD, erased=erased)


@given(gone=st.sets(places, min_size=1), data=st.data())
def test_what_was_removed_beside_them_is_missing(gone: set[int], data: st.DataObject) -> None:
    """Whoever removes an answer without a line is found, wherever others were taken out."""
    removed = data.draw(st.sampled_from(sorted(gone)))
    left = [record for place, record in enumerate(CHAIN) if place not in gone]
    erased = {CHAIN[place].serial: CHAIN[place].digest for place in gone - {removed}}
    (fault,) = verify(left, START, head=HEAD, erased=erased)
    assert ("missing", removed + 1, removed + 1) == (fault.kind, fault.serial, fault.until)


@given(place=places)
def test_an_answer_that_was_taken_out_and_is_there_is_named(place: int) -> None:
    """As it was, from a copy; and another one in its place."""
    erased = {place + 1: CHAIN[place].digest}
    expected = f"record {place + 1} was taken out for good, and is there"
    assert [expected] == [str(each) for each in verify(CHAIN, START, head=HEAD, erased=erased)]
    (other,) = chained([made_up_draft(99)], Link(place, CHAIN[place].previous))
    harmed = [*CHAIN[:place], other, *CHAIN[place + 1 :]]
    assert expected in [str(each) for each in verify(harmed, START, head=HEAD, erased=erased)]


@given(place=places)
def test_a_digest_that_is_not_the_answers_is_found(place: int) -> None:
    """What follows an answer, or the head, tells what its digest was."""
    left = [record for record in CHAIN if record.serial != place + 1]
    faults = verify(left, START, head=HEAD, erased={place + 1: "f" * 64})
    assert [f"record {place + 1} was changed after it was written"] == [str(each) for each in faults]


def test_what_was_decided_goes_with_the_answer() -> None:
    """A correction of an answer that was taken out is not missed, and one of another is."""
    correction = made_up_correction(1, CHAIN[2].draft)
    links = (link_correction(correction, 3, START),)
    assert () == verify_contents(links, (), forgotten=0, erased={3})
    assert ["missing"] == [each.kind for each in verify_contents(links, (), forgotten=0, erased={2})]
