"""Tests of the error features, on findings made by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.features.documents import Document, build_document
from gradewise.features.errors import FEATURES
from gradewise.features.findings import CATEGORIES, Finding
from gradewise.testing.fakes import FakeLanguageChecker

MEASURES = {feature.spec.name: feature.measure for feature in FEATURES}
# Twenty words in four sentences.
TEXT = "Teh cat sat down here. I saw teh dog run. We all like it alot. They were very happy then."


def flagged(start: int, words: str, category: str, rule: str) -> Finding:
    """A finding over the first place, from ``start``, where some words stand."""
    at = TEXT.index(words, start)
    return Finding(at, at + len(words), category, rule, "message")


FINDINGS = (
    flagged(0, "Teh", "spelling", "spelling"),
    flagged(0, "sat down", "style", "wordy"),
    flagged(20, "teh", "spelling", "spelling"),
    flagged(20, "run", "grammar", "verb"),
    flagged(40, "alot", "spelling", "split"),
)


def document(text: str = TEXT, findings: tuple[Finding, ...] | None = FINDINGS) -> Document:
    """An English document."""
    return build_document(text, language="en", findings=findings)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("spelling_errors_per_100_words", 15),
        ("grammar_errors_per_100_words", 5),
        ("punctuation_errors_per_100_words", 0),
        ("style_errors_per_100_words", 5),
        ("errors_per_100_words", 20),
        ("distinct_error_rules_per_100_words", 15),
        ("distinct_misspellings_per_100_words", 10),
        ("share_sentences_with_finding", 0.75),
        ("share_error_free_sentences", 0.25),
        ("errors_per_erroneous_sentence", 4 / 3),
        ("share_words_in_long_findings", 0),
    ],
)
def test_worked_example(name: str, expected: float) -> None:
    """Three misspellings, one slip of grammar and one of style in twenty words and four sentences."""
    assert document().n_words == 20
    assert MEASURES[name](document()) == pytest.approx(expected)


def test_style_is_no_error() -> None:
    """A sentence with a finding of style alone is flagged, yet free of errors."""
    only_style = document(findings=(FINDINGS[1],))
    assert MEASURES["share_sentences_with_finding"](only_style) == 0.25
    assert MEASURES["share_error_free_sentences"](only_style) == 1


def test_an_error_belongs_to_the_sentence_in_which_it_starts() -> None:
    """One over the end of a sentence makes that one erroneous, and not the next."""
    across = document(
        findings=(flagged(0, "here. I", "punctuation", "run-on"), flagged(0, "Teh", "spelling", "x"))
    )
    assert 0.75 == MEASURES["share_error_free_sentences"](across)
    assert 2 == MEASURES["errors_per_erroneous_sentence"](across)


def test_sentences_that_run_on_count_by_their_words() -> None:
    """Findings over twenty words or more cover a share of the words; where two overlap, words count once."""
    text = "word " * 40
    long = (
        Finding(0, 100, "style", "long", "m"),
        Finding(50, 150, "style", "long", "m"),
        Finding(150, 160, "style", "x", "m"),
    )
    assert MEASURES["share_words_in_long_findings"](document(text, long)) == 30 / 40


def test_text_without_findings() -> None:
    """A text without fault has no errors, and every sentence is free of them."""
    values = {name: measure(document(findings=())) for name, measure in MEASURES.items()}
    assert values.pop("share_error_free_sentences") == 1
    assert set(values.values()) == {0}


def test_finding_before_the_first_word_belongs_to_the_first_sentence() -> None:
    """A finding in the margin is counted in the sentence beside it."""
    early = document("  Well done. Yes.", (Finding(0, 2, "punctuation", "spaces", "m"),))
    assert MEASURES["share_error_free_sentences"](early) == 0.5


def test_unchecked_text_is_refused() -> None:
    """Without findings there is no zero errors: the message says what to do."""
    with pytest.raises(InputError, match="leave the feature group errors out"):
        MEASURES["errors_per_100_words"](document(findings=None))


def test_there_is_a_rate_for_each_category() -> None:
    """Every category of findings has its feature, and names are unique."""
    assert {f"{category}_errors_per_100_words" for category in CATEGORIES} <= set(MEASURES)
    assert len(MEASURES) == len(FEATURES)


@given(st.lists(st.sampled_from(["teh ", "i ", "the the ", " . ", "Fine. ", "alot\n\n"]), min_size=1))
def test_values_stay_within_their_range(parts: list[str]) -> None:
    """Whatever is found, each value lies within the range of its spec."""
    text = "Word " + "".join(parts)
    checked = document(text, FakeLanguageChecker().check(text))
    for feature in FEATURES:
        assert feature.spec.low <= feature.measure(checked) <= feature.spec.high
