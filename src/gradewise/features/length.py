"""How long a text is: kept apart from every other group, so that length cannot pass for quality."""

from math import inf, log

from gradewise.features.documents import Document
from gradewise.features.feature import Feature
from gradewise.features.schema import FeatureSpec


def _words(document: Document) -> float:
    return document.n_words


def _log_words(document: Document) -> float:
    return log(document.n_words)


def _sentences(document: Document) -> float:
    return len(document.sentences)


def _distinct_words(document: Document) -> float:
    return len(document.word_counts)


FEATURES = (
    Feature(FeatureSpec("words", "words", "length", 1, inf, "Words in the text."), _words),
    Feature(
        FeatureSpec(
            "log_words", "log words", "length", 0, inf, "Natural logarithm of the words in the text."
        ),
        _log_words,
    ),
    Feature(FeatureSpec("sentences", "sentences", "length", 1, inf, "Sentences in the text."), _sentences),
    Feature(
        FeatureSpec(
            "distinct_words", "words", "length", 1, inf, "Different words in the text, case ignored."
        ),
        _distinct_words,
    ),
)
