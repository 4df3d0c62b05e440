"""Sameness, repair and length of texts."""

import hashlib
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.essays.texts import REPAIRS, copy_hash, count_words, normalise, repair_text, text_hash


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("a\r\nb", "a b"),
        ("  a \t b\n", "a b"),
        ("a\u200bb\ufeff", "ab"),
        ("e\u0301", "é"),
        ("ﬁn", "fin"),
        ("a\u00a0b", "a b"),
    ],
)
def test_texts_that_read_the_same_are_the_same(text: str, same_as: str) -> None:
    """White space, invisible characters and Unicode form do not make a text another."""
    assert text_hash(text) == text_hash(same_as)


def test_case_makes_a_text_another() -> None:
    """Capitals are among what is marked, so they count."""
    assert text_hash("i am") != text_hash("I am")


def test_copies_have_one_hash_whatever_their_capitals_and_signs() -> None:
    """Other letters make another; a text of signs alone is itself."""
    assert copy_hash("We had 3 cats.") == copy_hash("«we  had» 3 CATS!\n")
    assert copy_hash("We had 3 cats.") != copy_hash("We had 4 cats.")
    assert text_hash("?!") == copy_hash("?!") != copy_hash("!?")


def test_the_hash_is_sha256_of_the_normalised_text() -> None:
    """Anybody can compute it."""
    assert text_hash("En  resa\n") == hashlib.sha256(b"En resa").hexdigest()


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    """The normal form is its own."""
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("text", "repaired", "repairs"),
    [
        ("\ufeffHej", "Hej", ("byte_order_mark",)),
        ("ï»¿Hej", "Hej", ("mojibake", "byte_order_mark")),
        ("dÃ¶rren Ã¤r Ã¶ppen", "dörren är öppen", ("mojibake",)),
        ("dÃ\x01¶rren Ã¤r", "dörren är", ("mojibake", "control_characters")),
        ("itâ€™s", "it’s", ("mojibake",)),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd", ("line_endings",)),
        ("a\x00b\x1fc\x7f", "abc", ("control_characters",)),
        ("a\ud800b", "a\ufffdb", ("surrogates",)),
        ("", "", ()),
    ],
)
def test_damage_is_repaired_and_named(text: str, repaired: str, repairs: tuple[str, ...]) -> None:
    """Each kind of damage is undone, and said."""
    assert (repaired, repairs) == (repair_text(text).text, repair_text(text).repairs)
    assert set(repairs) <= set(REPAIRS)


@pytest.mark.parametrize(
    "text",
    [
        "På sjön ÅÄÖ – ”citat” … €5\n\n\tNytt stycke",
        "HÅLL “x” SMÅ–STAD BLÅ’S",
        "REÇU À L’ÉTÉ ; Él dijo «sí»",
        "naïve café &amp; ﬁne 😀 ½ ×",
        "Ελληνικά, русский, 日本語, עברית\u200f",
    ],
)
def test_sound_text_is_left_alone(text: str) -> None:
    """Legitimate letters, quotes and symbols of many languages stay as they are."""
    assert (text, ()) == (repair_text(text).text, repair_text(text).repairs)


@given(st.text())
def test_repaired_text_is_clean(text: str) -> None:
    """Whatever comes in, what comes out can be stored, with newlines as the only control but tabs."""
    repaired = repair_text(text).text
    repaired.encode()
    assert not {"\r", "\x00", "\x85", "\u2028"} & set(repaired)


DAMAGE = st.text(st.sampled_from("Ã¥¤â€™œ\x80\x99\x9d\x01\r\n \x85\u2028aÂ\ufeff\ud800\xa0"), max_size=12)


@given(DAMAGE)
def test_what_was_repaired_needs_no_repair(text: str) -> None:
    """A text that is saved and read again is the same text, also where one damage hid another."""
    repaired = repair_text(text).text
    assert (repaired, ()) == (repair_text(repaired).text, repair_text(repaired).repairs)


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("", 0),
        (" -- ! ", 0),
        ("Don't re-read it", 3),
        ("it’s a well-known e\u0301tude", 4),
        ("3.5 x_y", 4),
        ("'quoted' -dash-", 2),
        ("sjön är blå", 3),
    ],
)
def test_words_are_runs_of_letters_and_digits(text: str, n: int) -> None:
    """Apostrophes and hyphens join only inside a word."""
    assert count_words(text) == n


def test_blanks_at_line_ends_go_unsaid() -> None:
    """No reader sees them, so neither measurements nor the list of repairs do."""
    found = repair_text("Two words. \nMore\t \n\n  indented \u00a0")
    assert ("Two words.\nMore\n\n  indented", ()) == (found.text, found.repairs)


@given(st.text(st.sampled_from("ab .\n\t\r\x0b"), max_size=30))
def test_plain_texts_are_repaired_as_any_text_is(text: str) -> None:
    """What nothing but blanks can be amiss with takes a shorter way, to the same end."""
    marked = repair_text(f"{text}\né").text  # a letter outside ASCII takes the long way
    assert marked.removesuffix("\né") == repair_text(f"{text}\n").text.removesuffix("\n")


@given(st.text(st.sampled_from("ab .\n\t\u00a0\u3000\u1680\x1f\u2028é"), max_size=30))
def test_what_goes_at_line_ends_is_white_space(text: str) -> None:
    """All of it that is no newline, and nothing else."""
    repaired = repair_text(f"{text}é").text
    assert re.sub(r"[^\S\n]+$", "", repaired, flags=re.MULTILINE) == repaired
    assert repaired.split() == repair_text(f"{text}é".replace("\x1f", "")).text.split()


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0"], ids=["blanks", "tabs", "hard_blanks"])
def test_a_text_of_blanks_takes_no_longer_than_others(blank: str) -> None:
    """Milliseconds of processor time, where trying each blank of the run anew would take minutes."""
    text, began = f"é{blank * 150_000}é", time.process_time()
    assert text == repair_text(text).text
    assert 5 > time.process_time() - began
