"""The shape of words and sentences, without knowing the words."""

from collections import Counter
from functools import partial
from math import inf
from statistics import median

from gradewise.features.documents import Document
from gradewise.features.feature import Feature, listed, mean, per_100_words, share, spread
from gradewise.features.schema import FeatureSpec
from gradewise.features.word_lists import SUBORDINATORS
from gradewise.features.words import supported_languages

LONG_WORD = 6
SHORT_WORD = 3
LONG_SENTENCE = 30
RUN_ON = 50
SHORT_SENTENCE = 8


def sentence_lengths(document: Document) -> tuple[int, ...]:
    """Words of each sentence; none is 0."""
    return tuple([last - first for first, last in document.sentence_ranges])


def length_counts(document: Document) -> Counter[int]:
    """How many words have so many letters and digits."""
    return Counter(document.word_lengths)


def _mean_word_length(document: Document) -> float:
    return mean(document.word_lengths)


def _word_length_spread(document: Document) -> float:
    return spread(document.word_lengths)


def _long_words(document: Document) -> float:
    lengths = document.once(length_counts)
    return per_100_words(sum(n for length, n in lengths.items() if length > LONG_WORD), document)


def _short_words(document: Document) -> float:
    lengths = document.once(length_counts)
    return per_100_words(sum(n for length, n in lengths.items() if length <= SHORT_WORD), document)


def _mean_sentence_length(document: Document) -> float:
    return document.n_words / len(document.sentences)


def _median_sentence_length(document: Document) -> float:
    return float(median(document.once(sentence_lengths)))


def _sentence_length_spread(document: Document) -> float:
    return spread(document.once(sentence_lengths))


def _relative_sentence_length_spread(document: Document) -> float:
    return _sentence_length_spread(document) / _mean_sentence_length(document)


def _longest_sentence(document: Document) -> float:
    return max(document.once(sentence_lengths))


def _share_of_sentences_over(document: Document, *, words: int) -> float:
    lengths = document.once(sentence_lengths)
    return share((length > words for length in lengths), len(lengths))


def _share_of_short_sentences(document: Document) -> float:
    return 1 - _share_of_sentences_over(document, words=SHORT_SENTENCE)


def _words_in_long_sentences(document: Document) -> float:
    return (
        sum(length for length in document.once(sentence_lengths) if length > LONG_SENTENCE) / document.n_words
    )


def _subordinators(document: Document) -> float:
    return per_100_words(listed(document, SUBORDINATORS[document.language]), document)


FEATURES = (
    Feature(
        FeatureSpec(
            "mean_word_length_characters",
            "characters",
            "surface",
            1,
            inf,
            "Mean letters and digits per word.",
        ),
        _mean_word_length,
    ),
    Feature(
        FeatureSpec(
            "word_length_sd_characters",
            "characters",
            "surface",
            0,
            inf,
            "Standard deviation of letters per word.",
        ),
        _word_length_spread,
    ),
    Feature(
        FeatureSpec(
            "long_words_per_100_words",
            "words per 100 words",
            "surface",
            0,
            100,
            "Words of more than 6 letters.",
        ),
        _long_words,
    ),
    Feature(
        FeatureSpec(
            "short_words_per_100_words",
            "words per 100 words",
            "surface",
            0,
            100,
            "Words of at most 3 letters.",
        ),
        _short_words,
    ),
    Feature(
        FeatureSpec("mean_sentence_length_words", "words", "surface", 1, inf, "Mean words per sentence."),
        _mean_sentence_length,
    ),
    Feature(
        FeatureSpec("median_sentence_length_words", "words", "surface", 1, inf, "Median words per sentence."),
        _median_sentence_length,
    ),
    Feature(
        FeatureSpec(
            "sentence_length_sd_words",
            "words",
            "surface",
            0,
            inf,
            "Standard deviation of words per sentence.",
        ),
        _sentence_length_spread,
    ),
    Feature(
        FeatureSpec(
            "sentence_length_cv",
            "ratio",
            "surface",
            0,
            inf,
            "Standard deviation of words per sentence over their mean.",
        ),
        _relative_sentence_length_spread,
    ),
    Feature(
        FeatureSpec("longest_sentence_words", "words", "surface", 1, inf, "Words of the longest sentence."),
        _longest_sentence,
    ),
    Feature(
        FeatureSpec(
            "share_long_sentences", "share", "surface", 0, 1, "Share of sentences of more than 30 words."
        ),
        partial(_share_of_sentences_over, words=LONG_SENTENCE),
    ),
    Feature(
        FeatureSpec(
            "share_run_on_sentences", "share", "surface", 0, 1, "Share of sentences of more than 50 words."
        ),
        partial(_share_of_sentences_over, words=RUN_ON),
    ),
    Feature(
        FeatureSpec(
            "share_short_sentences", "share", "surface", 0, 1, "Share of sentences of at most 8 words."
        ),
        _share_of_short_sentences,
    ),
    Feature(
        FeatureSpec(
            "share_words_in_long_sentences",
            "share",
            "surface",
            0,
            1,
            "Share of all words that stand in sentences of more than 30 words.",
        ),
        _words_in_long_sentences,
    ),
    Feature(
        FeatureSpec(
            "subordinators_per_100_words",
            "words per 100 words",
            "surface",
            0,
            100,
            "Words that open subordinate clauses (because, which, if …), from a closed list.",
        ),
        _subordinators,
        languages=supported_languages,
    ),
)
