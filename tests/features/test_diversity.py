"""Measures of lexical diversity."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.features.diversity import MTLD_CAP, hdd, mattr, mtld

GOLDEN = json.loads(Path(__file__).with_name("lexical_diversity.json").read_text(encoding="utf-8"))
WORDS = st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=120)


@pytest.mark.parametrize(("part", "length"), [("whole", 136), ("first_80", 80)])
def test_values_equal_those_of_the_reference_package(part: str, length: int) -> None:
    """MTLD, HD-D and MATTR equal those of the package lexical-diversity 0.1.1."""
    words, expected = GOLDEN["text"].split()[:length], GOLDEN[part]
    assert pytest.approx(expected["mtld"], abs=1e-9) == mtld(words)
    assert pytest.approx(expected["hdd"], abs=1e-9) == hdd(Counter(words))
    assert pytest.approx(expected["mattr"], abs=1e-9) == mattr(words)


def test_texts_that_repeat_nothing_get_the_cap() -> None:
    """MTLD has no value for a text that repeats nothing: it gets the cap, not infinity."""
    assert MTLD_CAP == mtld(["a"]) == mtld([str(number) for number in range(300)])


def test_short_texts_are_their_own_sample() -> None:
    """Below 42 words HD-D, and below 50 words MATTR, is the type–token ratio, not 0."""
    words = ["a", "b", "a", "c"]
    assert hdd(Counter(words)) == pytest.approx(0.75)
    assert mattr(words) == 0.75


@given(WORDS)
def test_values_are_in_range(words: list[str]) -> None:
    """Diversity is positive and bounded for every text."""
    assert 0 < mtld(words) <= MTLD_CAP
    assert 0 < hdd(Counter(words)) <= 1
    assert 0 < mattr(words) <= 1


@given(WORDS)
def test_mtld_reads_both_ways(words: list[str]) -> None:
    """A text read backwards has the same MTLD."""
    assert pytest.approx(mtld(words)) == mtld(words[::-1])


def every_word_checked(words: list[str]) -> float:
    """MTLD one way by its definition: the ratio is looked at after every word."""
    stretches, start = 0.0, 0
    for position in range(1, len(words)):
        length = position - start
        if length >= 10 and len(set(words[start:position])) < 0.72 * length:
            stretches, start = stretches + 1, position
    ratio = len(set(words[start:])) / (len(words) - start)
    stretches += min((1 - ratio) / (1 - 0.72), 1.0)
    return min(len(words) / stretches, MTLD_CAP) if stretches else MTLD_CAP


@given(WORDS)
def test_mtld_passes_over_words_that_end_no_stretch(words: list[str]) -> None:
    """Where only some words are looked at, the value is that of looking at every one."""
    assert (every_word_checked(words) + every_word_checked(words[::-1])) / 2 == mtld(words)


@given(WORDS)
def test_sliding_windows_equal_windows_cut_one_by_one(words: list[str]) -> None:
    """The running count of types equals counting each window anew."""
    size = min(5, len(words))
    ratios = [len(set(words[at : at + size])) / size for at in range(len(words) - size + 1)]
    assert pytest.approx(sum(ratios) / len(ratios)) == mattr(words, window=5)
