"""Readability formulas: how hard a text is to read, by word and sentence length."""

from collections import Counter
from functools import partial
from math import inf, log, sqrt

from gradewise.features.documents import Document
from gradewise.features.feature import Feature
from gradewise.features.schema import FeatureSpec
from gradewise.features.surface import length_counts

POLYSYLLABIC = 3
LIX_LONG_WORD = 6
OVIX_CAP = 200.0
ENGLISH = frozenset({"en"})
SWEDISH = frozenset({"sv"})


def syllable_counts(document: Document) -> Counter[int]:
    """How many words have so many syllables."""
    counts: Counter[int] = Counter()
    for known, n in zip(document.known_words.values(), document.word_counts.values(), strict=True):
        counts[known.syllables] += n
    return counts


def _syllables_per_word(document: Document) -> float:
    counts = document.once(syllable_counts)
    return sum(n_syllables * n for n_syllables, n in counts.items()) / document.n_words


def _words_per_sentence(document: Document) -> float:
    return document.n_words / len(document.sentences)


def _characters_per_word(document: Document) -> float:
    return sum(document.word_lengths) / document.n_words


def _polysyllabic(document: Document) -> int:
    counts = document.once(syllable_counts)
    return sum(n for n_syllables, n in counts.items() if n_syllables >= POLYSYLLABIC)


def _share_polysyllabic(document: Document) -> float:
    return _polysyllabic(document) / document.n_words


def _flesch(document: Document) -> float:
    return 206.835 - 1.015 * _words_per_sentence(document) - 84.6 * _syllables_per_word(document)


def _flesch_kincaid(document: Document) -> float:
    return 0.39 * _words_per_sentence(document) + 11.8 * _syllables_per_word(document) - 15.59


def _smog(document: Document) -> float:
    return 1.0430 * sqrt(30 * _polysyllabic(document) / len(document.sentences)) + 3.1291


def _coleman_liau(document: Document) -> float:
    letters, sentences = 100 * _characters_per_word(document), 100 / _words_per_sentence(document)
    return 0.0588 * letters - 0.296 * sentences - 15.8


def _automated_readability(document: Document) -> float:
    return 4.71 * _characters_per_word(document) + 0.5 * _words_per_sentence(document) - 21.43


def _lix(document: Document) -> float:
    lengths = document.once(length_counts)
    long_words = sum(n for length, n in lengths.items() if length > LIX_LONG_WORD)
    return _words_per_sentence(document) + 100 * (long_words / document.n_words)


def _ovix(document: Document) -> float:
    tokens, types = document.n_words, len(document.word_counts)
    if types == tokens:
        return OVIX_CAP
    return min(log(tokens) / log(2 - log(types) / log(tokens)), OVIX_CAP)


_spec = partial(FeatureSpec, group="readability")
_grade = partial(_spec, unit="US school grade", high=inf)

FEATURES = (
    Feature(
        _spec(
            "syllables_per_word",
            unit="syllables",
            low=1,
            high=inf,
            definition="Mean syllables per word, by hyphenation patterns.",
            source="pyphen",
        ),
        _syllables_per_word,
    ),
    Feature(
        _spec(
            "share_polysyllabic_words",
            unit="share",
            low=0,
            high=1,
            definition="Share of words of three syllables or more.",
            source="pyphen",
        ),
        _share_polysyllabic,
    ),
    Feature(
        _spec(
            "flesch_reading_ease",
            unit="points",
            low=-inf,
            high=121.22,
            definition="206.835 - 1.015 words per sentence - 84.6 syllables per word; high is easy.",
            source="Flesch 1948, doi:10.1037/h0057532",
        ),
        _flesch,
        languages=ENGLISH,
    ),
    Feature(
        _grade(
            "flesch_kincaid_grade",
            low=-3.4,
            definition="0.39 words per sentence + 11.8 syllables per word - 15.59.",
            source="Kincaid et al. 1975",
        ),
        _flesch_kincaid,
        languages=ENGLISH,
    ),
    Feature(
        _grade(
            "smog_grade",
            low=3.1291,
            definition="1.0430 sqrt(30 words of three syllables or more per sentence) + 3.1291.",
            source="McLaughlin 1969",
        ),
        _smog,
        languages=ENGLISH,
    ),
    Feature(
        _grade(
            "coleman_liau_grade",
            low=-39.52,
            definition="0.0588 characters per 100 words - 0.296 sentences per 100 words - 15.8.",
            source="Coleman & Liau 1975, doi:10.1037/h0076540",
        ),
        _coleman_liau,
        languages=ENGLISH,
    ),
    Feature(
        _grade(
            "automated_readability_grade",
            low=-16.22,
            definition="4.71 characters per word + 0.5 words per sentence - 21.43.",
            source="Senter & Smith 1967",
        ),
        _automated_readability,
        languages=ENGLISH,
    ),
    Feature(
        _spec(
            "lix_points",
            unit="points",
            low=1,
            high=inf,
            definition="Words per sentence plus words of more than six letters per 100 words.",
            source="Björnsson 1968",
        ),
        _lix,
    ),
    Feature(
        _spec(
            "ovix_points",
            unit="points",
            low=0,
            high=OVIX_CAP,
            definition="Word variation index log n / log(2 - log types / log n); at most 200.",
            source="Hultman & Westman 1977",
        ),
        _ovix,
        languages=SWEDISH,
    ),
)
