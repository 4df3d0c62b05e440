"""Single words: frequency, syllables, dictionary form, role."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.features.words import (
    is_content_word,
    lemma,
    resource_versions,
    supported_languages,
    syllables,
    zipf,
)


def test_common_words_are_commoner_than_rare_ones() -> None:
    """Zipf frequency orders words as use does, in both languages; unknown words have 0."""
    assert zipf("the", "en") > zipf("house", "en") > zipf("lighthouse", "en") > zipf("xqzzkj", "en") == 0
    assert zipf("och", "sv") > zipf("hus", "sv") > zipf("fyrtorn", "sv") > zipf("xqzzkj", "sv") == 0


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("the", "en", 1),
        ("people", "en", 2),
        ("beautiful", "en", 3),
        ("opportunity", "en", 5),
        ("skola", "sv", 2),
        ("betydelsefull", "sv", 5),
    ],
)
def test_syllables(word: str, language: str, expected: int) -> None:
    """Syllables of everyday words are counted right."""
    assert expected == syllables(word, language)


def test_function_words_carry_no_content() -> None:
    """Grammar words and numbers carry no content; other words do."""
    assert [is_content_word(word, "sv") for word in ("och", "inte", "12-14", "skolan")] == [
        False,
        False,
        False,
        True,
    ]


@settings(deadline=None)  # the first example loads the word lists
@given(st.text(min_size=1), st.sampled_from(sorted(supported_languages)))
def test_any_string_is_looked_up(word: str, language: str) -> None:
    """Whatever a writer typed has a frequency in range, a syllable and a lemma."""
    assert 0 <= zipf(word, language) <= 8
    assert syllables(word, language) >= 1
    assert isinstance(lemma(word, language), str)


def test_endless_words_cost_no_more_than_long_ones() -> None:
    """Only the beginning of a key held down is looked up."""
    word = "aaa" * 100_000
    assert (zipf(word, "en"), lemma(word, "en")) == (0, word[:40])
    assert syllables(word, "en") <= 40


@pytest.mark.parametrize("look_up", [zipf, syllables, lemma, is_content_word])
def test_languages_without_word_lists_are_refused(look_up: object) -> None:
    """No lookup guesses in a language that it does not know."""
    assert callable(look_up)
    with pytest.raises(InputError, match="no word lists for language 'fi'"):
        look_up("talo", "fi")


def test_versions_of_word_lists_are_known() -> None:
    """Whatever shapes the values has a version; a language without word lists has none."""
    assert set(resource_versions("sv")) == {"pyphen", "simplemma", "wordfreq"}
    assert resource_versions("de") == {}
