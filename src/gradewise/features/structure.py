"""How a text is laid out: paragraphs, their balance, an ending that is announced."""

import re
from functools import lru_cache, partial
from math import inf

from gradewise.features.documents import Document
from gradewise.features.feature import Feature, mean, share, spread
from gradewise.features.schema import FeatureSpec
from gradewise.features.word_lists import CONCLUSIONS
from gradewise.features.words import supported_languages

ENDING = 0.25
SHORT_PARAGRAPH = 25


def paragraph_lengths(document: Document) -> tuple[int, ...]:
    """Words of each paragraph; none is 0."""
    return tuple([last - first for first, last in document.paragraph_ranges])


def _paragraphs(document: Document) -> float:
    return len(document.paragraphs)


def _is_one_paragraph(document: Document) -> float:
    return float(len(document.paragraphs) == 1)


def _mean_length(document: Document) -> float:
    return mean(document.once(paragraph_lengths))


def _relative_length_spread(document: Document) -> float:
    return spread(document.once(paragraph_lengths)) / _mean_length(document)


def _first_share(document: Document) -> float:
    return document.once(paragraph_lengths)[0] / document.n_words


def _last_share(document: Document) -> float:
    return document.once(paragraph_lengths)[-1] / document.n_words


def _longest_share(document: Document) -> float:
    return max(document.once(paragraph_lengths)) / document.n_words


def _share_short(document: Document) -> float:
    lengths = document.once(paragraph_lengths)
    return share((length < SHORT_PARAGRAPH for length in lengths), len(lengths))


def _sentences_per_paragraph(document: Document) -> float:
    return len(document.sentences) / len(document.paragraphs)


def _late_sentence_length(document: Document) -> float:
    ranges = document.sentence_ranges[len(document.sentences) // 2 :]
    late = mean([last - first for first, last in ranges])
    return late / (late + document.n_words / len(document.sentences))


def _announces_end(document: Document) -> float:
    ending = document.lowered[int((1 - ENDING) * document.n_words) :]
    return float(_conclusion(document.language).search(" ".join(ending)) is not None)


@lru_cache
def _conclusion(language: str) -> re.Pattern[str]:
    longest_first = sorted(CONCLUSIONS[language], key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")


_spec = partial(FeatureSpec, group="structure", low=0)
_share = partial(_spec, unit="share", high=1)

FEATURES = (
    Feature(
        FeatureSpec(
            "paragraphs", "paragraphs", "structure", 1, inf, "Blocks between blank lines that hold words."
        ),
        _paragraphs,
    ),
    Feature(
        _spec(
            "is_one_paragraph", unit="yes or no", high=1, definition="1 when the text is one block, else 0."
        ),
        _is_one_paragraph,
    ),
    Feature(
        _spec("mean_paragraph_length_words", unit="words", high=inf, definition="Mean words per paragraph."),
        _mean_length,
    ),
    Feature(
        _spec(
            "paragraph_length_cv",
            unit="ratio",
            high=inf,
            definition="Standard deviation of words per paragraph over their mean.",
        ),
        _relative_length_spread,
    ),
    Feature(
        _share("first_paragraph_share", definition="Share of all words in the first paragraph."), _first_share
    ),
    Feature(
        _share("last_paragraph_share", definition="Share of all words in the last paragraph."), _last_share
    ),
    Feature(
        _share("longest_paragraph_share", definition="Share of all words in the longest paragraph."),
        _longest_share,
    ),
    Feature(
        _share("share_short_paragraphs", definition="Share of paragraphs of fewer than 25 words."),
        _share_short,
    ),
    Feature(
        _spec(
            "sentences_per_paragraph", unit="sentences", high=inf, definition="Mean sentences per paragraph."
        ),
        _sentences_per_paragraph,
    ),
    Feature(
        _share(
            "late_sentence_length_share",
            definition="Mean sentence length of the second half, over that plus the mean of all; .5 is even.",
        ),
        _late_sentence_length,
    ),
    Feature(
        _spec(
            "announces_conclusion",
            unit="yes or no",
            high=1,
            definition="1 when a phrase in the last quarter announces the end, from a closed list, else 0.",
        ),
        _announces_end,
        languages=supported_languages,
    ),
)
