"""Tests of the cohesion features, and of the closed lists behind them."""

import re
from collections import Counter
from itertools import chain
from math import isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.features.cohesion import FEATURES
from gradewise.features.connectives import CONNECTIVES, FUNCTIONS, PERSONS, PRONOUNS
from gradewise.features.documents import Document, build_document
from gradewise.features.used_connectives import connectives, functions

MEASURES = {feature.spec.name: feature.measure for feature in FEATURES}


def english(text: str) -> Document:
    """An English document."""
    return build_document(text, language="en")


def value(name: str, text: str, language: str = "en") -> float:
    """One feature of one text."""
    return MEASURES[name](build_document(text, language=language))


def test_connectives_are_whole_words() -> None:
    """A connective inside a longer word, or hyphenated to another, is none."""
    assert connectives(english("Enthusiasm for so-called butter; sincere afternoons.")) == {}


def test_connectives_count_each_time() -> None:
    """Five uses of one connective are five uses and one connective: the measure is no yes or no."""
    text = "It rained because it rained because it rained because, because, because of you"
    assert value("connectives_per_100_words", text) == pytest.approx(100 * 5 / 13)
    assert value("distinct_connectives_per_100_words", text) == pytest.approx(100 * 2 / 13)


def test_longer_connectives_come_first() -> None:
    """A connective of several words is one connective, not the shorter one within it."""
    assert connectives(english("First of all, even though it was late, so that was it.")) == {
        "first of all": 1,
        "even though": 1,
        "so that": 1,
    }


def test_connectives_do_not_reach_over_sentences() -> None:
    """Words of two sentences make no connective together."""
    assert connectives(english("He came in. Addition is fun.")) == {}


PARTS = sorted(
    {word for phrases in CONNECTIVES["en"].values() for phrase in phrases for word in phrase.split()}
)


@given(st.lists(st.sampled_from([*PARTS, "x.", "Y"]), min_size=1, max_size=60))
def test_connectives_are_those_of_one_pattern(words: list[str]) -> None:
    """Looked up by their first words, they are what a pattern of all of them finds, longest first."""
    document = english(" ".join(words))
    longest_first = sorted(chain.from_iterable(CONNECTIVES["en"].values()), key=len, reverse=True)
    pattern = re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, longest_first))})(?!\S)")
    sentences = "\n".join(map(" ".join, document.sentence_words))
    assert Counter(pattern.findall(sentences)) == connectives(document)


def test_typographic_apostrophes_and_capitals_do_not_matter() -> None:
    """A connective is found however it is typed."""
    assert connectives(english("THAT’S WHY we left.")) == {"that's why": 1}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Moreover it is cheap.", "addition"),
        ("en", "On the other hand it is far.", "contrast"),
        ("en", "Therefore we stayed.", "cause"),
        ("en", "Then we left.", "sequence"),
        ("en", "I like fruit, e.g. apples.", "example"),
        ("en", "In conclusion, we agree.", "conclusion"),
        ("sv", "Dessutom är det billigt.", "addition"),
        ("sv", "Å andra sidan är det långt.", "contrast"),
        ("sv", "På grund av regnet stannade vi.", "cause"),
        ("sv", "För det första är det roligt.", "sequence"),
        ("sv", "Jag gillar frukt, t.ex. äpplen.", "example"),
        ("sv", "Sammanfattningsvis är vi överens.", "conclusion"),
    ],
)
def test_each_function_is_recognised(language: str, text: str, expected: str) -> None:
    """Connectives serve their function in both languages."""
    document = build_document(text, language=language)
    assert functions(document) == {expected: 1}
    rate = f"{expected}_connectives_per_100_words"
    assert MEASURES[rate](document) == pytest.approx(100 / document.n_words)
    assert MEASURES["share_connective_functions"](document) == pytest.approx(1 / 6)


@pytest.mark.parametrize("language", CONNECTIVES)
def test_each_connective_has_one_function(language: str) -> None:
    """No connective is in two lists, all spelled as documents spell, and all functions are served."""
    phrases = list(chain.from_iterable(CONNECTIVES[language].values()))
    assert len(phrases) == len(set(phrases))
    assert tuple(CONNECTIVES[language]) == FUNCTIONS
    for phrase in phrases:
        assert " ".join(build_document(phrase, language=language).lowered) == phrase


@pytest.mark.parametrize("language", PRONOUNS)
def test_each_pronoun_has_one_person(language: str) -> None:
    """No pronoun is in two lists."""
    words = list(chain.from_iterable(PRONOUNS[language].values()))
    assert tuple(PRONOUNS[language]) == PERSONS
    assert len(words) == len(set(words))


def test_overlap_of_sentences() -> None:
    """Neighbouring sentences are linked by the content lemmas they share, whatever the endings."""
    text = "Dogs chase cats. The dog chased a ball. Music matters."
    assert value("adjacent_sentence_overlap", text) == pytest.approx((2 / 4 + 0) / 2)
    assert value("adjacent_sentence_overlap_sd", text) == pytest.approx(0.25)
    assert value("share_unlinked_sentences", text) == 0.5
    assert value("share_given_lemmas", text) == pytest.approx(2 / 8)


def test_overlap_of_paragraphs() -> None:
    """Paragraphs that follow each other share content lemmas."""
    text = "Dogs chase cats.\n\nThe dog chased a ball.\n\nMusic matters."
    assert value("adjacent_paragraph_overlap", text) == pytest.approx(0.25)


def test_openings() -> None:
    """How sentences begin: with which words, how varied, with a connective or a pronoun."""
    text = "I run. I swim. However it rains. It's cold."
    assert value("sentence_opening_variety", text) == 0.75
    assert value("share_repeated_openings", text) == pytest.approx(1 / 3)
    assert value("share_sentences_opened_by_connective", text) == 0.25
    assert value("share_sentences_opened_by_pronoun", text) == 0.75


def test_pronouns_by_person() -> None:
    """Pronouns are counted by person, contracted or not; demonstratives by themselves."""
    text = "I'm sure that you and we know them, but this dog likes me."
    per_word = 100 / 13
    assert value("first_person_singular_pronouns_per_100_words", text) == pytest.approx(2 * per_word)
    assert value("first_person_plural_pronouns_per_100_words", text) == pytest.approx(per_word)
    assert value("second_person_pronouns_per_100_words", text) == pytest.approx(per_word)
    assert value("third_person_pronouns_per_100_words", text) == pytest.approx(per_word)
    assert value("pronouns_per_100_words", text) == pytest.approx(5 * per_word)
    assert value("demonstratives_per_100_words", text) == pytest.approx(per_word)


def test_swedish_pronouns() -> None:
    """Swedish pronouns and demonstratives are known."""
    text = "Jag tror att denna bok är vår."
    assert value("first_person_singular_pronouns_per_100_words", text, "sv") == pytest.approx(100 / 7)
    assert value("first_person_plural_pronouns_per_100_words", text, "sv") == pytest.approx(100 / 7)
    assert value("demonstratives_per_100_words", text, "sv") == pytest.approx(100 / 7)


def test_one_sentence_has_no_neighbours() -> None:
    """Measures of pairs are 0 where there is no pair."""
    for name in ("adjacent_sentence_overlap", "share_unlinked_sentences", "share_repeated_openings"):
        assert value(name, "Hello") == 0


WORDS = ["because", "in", "addition", "the", "dogs", "I", "they're", "1990", "this", "so", "school"]


@settings(deadline=None)  # word lists load at first use
@given(
    st.lists(st.sampled_from(WORDS) | st.sampled_from([".", "\n\n", ","]), max_size=60),
    st.sampled_from(["en", "sv"]),
)
def test_values_stay_within_their_range(parts: list[str], language: str) -> None:
    """Each value is finite and within the range of its spec, in both languages."""
    document = build_document("word " + " ".join(parts), language=language)
    for feature in FEATURES:
        measured = feature.measure(document)
        assert isfinite(measured)
        assert feature.spec.low <= measured <= feature.spec.high


def test_names_are_unique() -> None:
    """No feature is there twice."""
    assert len(MEASURES) == len(FEATURES)
