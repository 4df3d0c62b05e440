"""The chain of corrections: whatever is done to one is found, and what is forgotten is not missed."""

from dataclasses import fields, replace
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.scores.chain import START, Link
from gradewise.scores.correction_chain import (
    FORM_1,
    CorrectionLink,
    content_of,
    link_correction,
    verify_contents,
    verify_links,
)
from gradewise.scores.corrections import Correction
from gradewise.testing.score_logs import made_up_correction, made_up_draft

N = 6
CORRECTIONS = tuple(made_up_correction(number, made_up_draft(number % 4)) for number in range(N))
SCORE_SERIALS = tuple(1 + number % 4 for number in range(N))


def _chain() -> tuple[CorrectionLink, ...]:
    links, place = list[CorrectionLink](), START
    for correction, serial in zip(CORRECTIONS, SCORE_SERIALS, strict=True):
        links.append(link_correction(correction, serial, place))
        place = Link(links[-1].serial, links[-1].digest)
    return tuple(links)


LINKS = _chain()
EXPECTED = ("cdd86055e233f1a2", "0d8417bfbec92328")
"""Digests of the first correction and of the last link, as they were first made."""
places = st.integers(0, N - 1)


def found(
    links: tuple[CorrectionLink, ...] = LINKS,
    corrections: tuple[Correction, ...] = CORRECTIONS,
    *,
    forgotten: int = 0,
    known: Link | None = None,
) -> list[str]:
    """What is the matter, in words."""
    breaks = (*verify_links(links, known), *verify_contents(links, corrections, forgotten=forgotten))
    return [str(each) for each in breaks]


def test_a_chain_of_corrections_holds() -> None:
    """Whole, empty, and held against a link that was kept elsewhere."""
    assert [] == found()
    assert [] == found((), ())
    assert [] == found(known=Link(N, LINKS[-1].digest))


def test_the_form_of_a_correction_is_what_it_always_was() -> None:
    """Digests of the first form never change, and cover every field."""
    assert {field.name for field in fields(Correction)} == set(FORM_1)
    assert EXPECTED == (LINKS[0].content[:16], LINKS[-1].digest[:16])


def test_a_moment_in_another_zone_hashes_the_same() -> None:
    """As databases bring it back."""
    moment = CORRECTIONS[0].corrected_at.astimezone(timezone(timedelta(hours=9)))
    assert content_of(CORRECTIONS[0]) == content_of(replace(CORRECTIONS[0], corrected_at=moment))


@given(place=places, name=st.sampled_from([name for name in FORM_1 if name not in {"id", "corrected_at"}]))
def test_any_change_of_a_correction_is_found(place: int, name: str) -> None:
    """Wherever and whatever: it is named by its place and its id."""
    harmed = list(CORRECTIONS)
    harmed[place] = replace(harmed[place], **{name: getattr(harmed[place], name) + "x"})
    name_of_it = CORRECTIONS[place].id[:8]
    expected = f"correction {place + 1} ({name_of_it}) was changed after it was told"
    assert [expected] == found(corrections=tuple(harmed))


@given(place=places, name=st.sampled_from(["correction_id", "content", "previous", "digest", "score_serial"]))
def test_a_changed_link_is_found(place: int, name: str) -> None:
    """Also where it is made to say that its answer was forgotten."""
    changes: dict[str, Any] = {name: 0 if name == "score_serial" else "f" * 64}
    harmed = (*LINKS[:place], replace(LINKS[place], **changes), *LINKS[place + 1 :])
    assert any(f"correction {place + 1} " in each and "another link" in each for each in found(harmed))


@given(place=places)
def test_what_is_removed_is_found_and_what_is_forgotten_is_not_missed(place: int) -> None:
    """A correction goes with its answer, and with no other."""
    rest = (*CORRECTIONS[:place], *CORRECTIONS[place + 1 :])
    said = "is missing, and the answer that it is about is not forgotten"
    expected = f"correction {place + 1} ({CORRECTIONS[place].id[:8]}) {said}"
    assert [expected] == found(corrections=rest)
    assert [] == found(corrections=rest, forgotten=SCORE_SERIALS[place])


@given(order=st.permutations(CORRECTIONS))
def test_another_order_is_found(order: list[Correction]) -> None:
    """The last decision about an answer counts, so that whoever changes the order changes its grade."""
    moved = [each for each in found(corrections=tuple(order)) if "stands in another place" in each]
    assert (tuple(order) == CORRECTIONS) == (not moved)


@given(place=places)
def test_a_removed_link_is_found(place: int) -> None:
    """Its correction is a stranger then; the last one's is missed by who kept its digest elsewhere."""
    without = (*LINKS[:place], *LINKS[place + 1 :])
    stranger = f"correction ({CORRECTIONS[place].id[:8]}) was slipped in past the chain"
    missing = f"correction {place + 1} is missing, and its link too"
    assert [missing, stranger] == found(without, known=Link(place + 1, LINKS[place].digest))


def test_a_chain_that_was_made_anew_is_another() -> None:
    """It holds by itself, and not against a digest that was kept elsewhere."""
    other = (link_correction(replace(CORRECTIONS[0], grade="F"), 1, START),)
    changed = f"correction 1 ({CORRECTIONS[0].id[:8]}) has another link than when it was told"
    assert [] == [str(each) for each in verify_links(other)]
    assert [changed] == [str(each) for each in verify_links(other, Link(1, LINKS[0].digest))]


@pytest.mark.parametrize("repeated", [0, 3], ids=["first", "middle"])
def test_a_link_that_stands_twice_is_found(repeated: int) -> None:
    """Serials only grow."""
    again = (*LINKS, LINKS[repeated])
    assert any("another link" in each for each in found(again))
