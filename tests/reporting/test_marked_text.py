"""A text with what was found in it: whole, cut at the right places, told in words."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.features.findings import CATEGORIES, Finding
from gradewise.reporting.marked_text import (
    CATEGORY_WORDS,
    LETTERS,
    Note,
    cut_at_findings,
    notes,
    remarks,
)


def finding(start: int, end: int, category: str = "spelling", suggestion: str | None = None) -> Finding:
    """A finding without much to say."""
    return Finding(start, end, category, "rule", "wrong", suggestion)


def shown(text: str, *spans: tuple[int, int]) -> list[tuple[str, tuple[int, ...]]]:
    """Pieces of a text and which findings lie over them."""
    return [
        (piece.text, piece.findings) for piece in cut_at_findings(text, [finding(*span) for span in spans])
    ]


@st.composite
def texts_with_findings(draw: st.DrawFn) -> tuple[str, list[Finding]]:
    """Any text, with findings anywhere in it."""
    alphabet = st.one_of(st.characters(), st.sampled_from("ab \r\n\u0301\u200d👩🏽🇸🇪é\ufe0f"))
    text = draw(st.text(alphabet, min_size=1, max_size=30))
    starts = draw(st.lists(st.integers(0, len(text) - 1), max_size=8))
    return text, [
        finding(start, draw(st.integers(start + 1, len(text))), draw(st.sampled_from(CATEGORIES)))
        for start in sorted(starts)
    ]


@given(texts_with_findings())
def test_pieces_are_the_whole_text(given_text: tuple[str, list[Finding]]) -> None:
    """Nothing is lost, doubled or empty, and every finding is marked and ends once."""
    text, findings = given_text
    pieces = cut_at_findings(text, findings)
    assert text == "".join(piece.text for piece in pieces)
    assert all(piece.text for piece in pieces)
    assert set(range(len(findings))) == {place for piece in pieces for place in piece.findings}
    assert list(range(len(findings))) == sorted(place for piece in pieces for place in piece.ending)
    assert all(set(piece.ending) <= set(piece.findings) for piece in pieces)


@given(texts_with_findings())
def test_pieces_hold_what_was_found(given_text: tuple[str, list[Finding]]) -> None:
    """A finding's pieces hold its span; more only where a cut would have torn something."""
    text, findings = given_text
    pieces = cut_at_findings(text, findings)
    for place, each in enumerate(findings):
        found = "".join(piece.text for piece in pieces if place in piece.findings)
        assert text[each.start : each.end] in found
        if text.isascii() and "\r" not in text:
            assert text[each.start : each.end] == found


@given(texts_with_findings())
def test_cuts_never_tear(given_text: tuple[str, list[Finding]]) -> None:
    """No piece begins with an accent or within a line end."""
    for before, after in pairwise(cut_at_findings(*given_text)):
        assert (before.text[-1], after.text[0]) != ("\r", "\n")
        assert after.text[0] not in "\u0301\u200d\ufe0f🏽"
        assert before.text[-1] != "\u200d"


def test_findings_at_both_ends() -> None:
    """The first and the last character may be marked."""
    assert [("teh", (0,)), (" cat ", ()), ("runned", (1,))] == shown("teh cat runned", (0, 3), (8, 14))


def test_overlapping_findings_are_parted() -> None:
    """Where two overlap the shorter comes last, which is the one that colours the piece."""
    assert [("a ", (0,)), ("bb", (0, 1)), (" c", (0,)), (" d", (2,))] == shown(
        "a bb c d", (0, 6), (2, 4), (6, 8)
    )


def test_findings_of_the_same_place_are_both_there() -> None:
    """Two remarks on one word do not hide each other."""
    assert [("x", (0, 1))] == shown("x", (0, 1), (0, 1))


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("one\r\ntwo", (0, 4), ["one\r\n", "two"]),
        ("one\r\ntwo", (4, 8), ["one", "\r\ntwo"]),
        ("cafe\u0301 bar", (0, 4), ["cafe\u0301", " bar"]),
        ("👩🏽\u200d🎓 hej", (0, 1), ["👩🏽\u200d🎓", " hej"]),
        ("👍 teh", (2, 5), ["👍 ", "teh"]),
    ],
)
def test_what_is_seen_as_one_stays_one(text: str, span: tuple[int, int], expected: list[str]) -> None:
    """Line ends, accents and emoji are taken whole; an emoji before a word moves nothing."""
    assert expected == [piece.text for piece in cut_at_findings(text, [finding(*span)])]


def test_spans_outside_the_text_are_kept_within() -> None:
    """A checker that counts wrong does not break the page."""
    assert [("ab", (0,))] == shown("ab", (-3, 9))


def test_a_text_without_findings_or_letters() -> None:
    """One piece, or none."""
    assert [("ab", ())] == shown("ab")
    assert [] == shown("")


def test_categories_have_words_and_letters_of_their_own() -> None:
    """Without colour a mark still says what it is."""
    assert set(CATEGORIES) == set(CATEGORY_WORDS) == set(LETTERS)
    assert len(CATEGORIES) == len(set(LETTERS.values()))


@pytest.mark.parametrize(
    ("text", "suggestion", "quote", "correction"),
    [
        ("becouse", "because", "becouse", "because"),
        ("becouse", None, "becouse", ""),
        ("  ", " ", "2 spaces", "one space"),
        (" ", "", "1 space", "leave out"),
        (" \n", "", "line end", "leave out"),
        (",", ", ", ",", ""),
        ("word " * 40, None, f"{'word ' * 11}word…", ""),
    ],
)
def test_notes_say_what_and_what_instead(
    text: str, suggestion: str | None, quote: str, correction: str
) -> None:
    """Spaces are named, long quotes are cut, and a correction that looks the same is left to the message."""
    (note,) = notes(text, [finding(0, len(text), suggestion=suggestion)])
    assert (quote, correction) == (note.quote, note.correction)


def test_notes_are_numbered_in_order_with_their_letter() -> None:
    """Marks such as S1 and G2; code in messages is quoted."""
    found = [Finding(0, 1, "spelling", "r", "Is `a` right?"), Finding(2, 3, "grammar", "r", "No.")]
    assert (
        Note("S1", "spelling", "a", "Is “a” right?", ""),
        Note("G2", "grammar", "b", "No.", ""),
    ) == notes("a b", found)


def test_the_same_remark_is_made_once() -> None:
    """A small "i" in five places is one remark with five marks."""
    told = notes("i i x i", [finding(0, 1), finding(2, 3), finding(4, 5), finding(6, 7)])
    assert [["S1", "S2", "S4"], ["S3"]] == [[note.mark for note in remark.notes] for remark in remarks(told)]
    assert ["i", "x"] == [remark.first.quote for remark in remarks(told)]
