"""How much a text is about its task: TF-IDF against the prompt, with frequencies of the language at large.

Inverse frequencies come from word lists, not from the essays, so nothing is fitted and nothing can leak.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from math import log, sqrt

from gradewise.errors import InputError
from gradewise.features.documents import Document
from gradewise.features.feature import Feature, mean, share
from gradewise.features.schema import FeatureSpec
from gradewise.features.words import zipf

MOST_COMMON = 8.0
# A word that no list knows is mostly misspelled: it weighs as a rare word, not as the rarest.
RAREST = 2.0
# Greetings, titles and signatures are no paragraphs to judge.
FULL_PARAGRAPH = 20

Weights = Mapping[str, float]
"""TF-IDF weight of each lemma, above 0."""


def _prompt(document: Document) -> Document:
    if document.prompt is None:
        raise InputError("essay has no prompt text; give one, or leave the feature group prompt out")
    return document.prompt


def key_lemmas(document: Document) -> tuple[str, ...]:
    """The content lemmas, or all lemmas when no word carries content."""
    return document.content_lemmas or document.lemmas


def weigh(lemmas: Iterable[str], language: str) -> Weights:
    """TF-IDF: ``(1 + ln count) * (8 - zipf)``, unknown words at Zipf 2.

    >>> weights = weigh(["school", "uniform", "uniform"], "en")
    >>> weights["uniform"] > weights["school"] > 0
    True
    """
    return {
        lemma: (1 + log(count)) * (MOST_COMMON - max(zipf(lemma, language), RAREST))
        for lemma, count in Counter(lemmas).items()
    }


def key_weights(document: Document) -> Weights:
    """TF-IDF weights of the whole text."""
    return weigh(document.once(key_lemmas), document.language)


def cosine(left: Weights, right: Weights) -> float:
    """Cosine of two weightings, in ``[0, 1]``; 0 when one is empty.

    >>> cosine({"a": 3.0}, {"a": 3.0, "b": 4.0})
    0.6
    """
    shared = sum(weight * right[lemma] for lemma, weight in left.items() if lemma in right)
    norms = sqrt(sum(weight**2 for weight in left.values()) * sum(weight**2 for weight in right.values()))
    return min(shared / norms, 1.0) if norms else 0.0


def paragraph_similarities(document: Document) -> tuple[float, ...]:
    """Similarity to the prompt, in ``[0, 1]``, of each paragraph of 20 words or more; of all when none is."""
    asked = _prompt(document).once(key_weights)
    ranges = document.paragraph_ranges
    full = [words for words in ranges if words[1] - words[0] >= FULL_PARAGRAPH] or ranges
    lemmas, is_content = document.lemmas, document.is_content
    return tuple(
        cosine(weigh((lemmas[at] for at in range(*words) if is_content[at]), document.language), asked)
        for words in full
    )


def _similarity(document: Document) -> float:
    return cosine(document.once(key_weights), _prompt(document).once(key_weights))


def _first_similarity(document: Document) -> float:
    return document.once(paragraph_similarities)[0]


def _last_similarity(document: Document) -> float:
    return document.once(paragraph_similarities)[-1]


def _least_similarity(document: Document) -> float:
    return min(document.once(paragraph_similarities))


def _mean_similarity(document: Document) -> float:
    return mean(document.once(paragraph_similarities))


def _coverage(document: Document) -> float:
    asked = _prompt(document).once(key_weights)
    answered = set(document.lemmas)
    total = sum(asked.values())
    return sum(weight for lemma, weight in asked.items() if lemma in answered) / total


def _share_of_prompt_words(document: Document) -> float:
    asked = _prompt(document).once(key_weights)
    lemmas = document.once(key_lemmas)
    return share((lemma in asked for lemma in lemmas), len(lemmas))


def trigrams(document: Document) -> frozenset[tuple[str, str, str]]:
    """Every run of three lowered words."""
    words = document.lowered
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def _copied_trigrams(document: Document) -> float:
    own = document.once(trigrams)
    return len(own & _prompt(document).once(trigrams)) / len(own) if own else 0.0


_spec = partial(FeatureSpec, group="prompt", low=0, high=1)
_cosine = partial(_spec, unit="cosine")
_share = partial(_spec, unit="share")

FEATURES = (
    Feature(
        _cosine("prompt_similarity", definition="TF-IDF cosine between the text and the prompt."), _similarity
    ),
    Feature(
        _cosine(
            "first_paragraph_prompt_similarity",
            definition="TF-IDF cosine between the first full paragraph and the prompt.",
        ),
        _first_similarity,
    ),
    Feature(
        _cosine(
            "last_paragraph_prompt_similarity",
            definition="TF-IDF cosine between the last full paragraph and the prompt.",
        ),
        _last_similarity,
    ),
    Feature(
        _cosine(
            "least_paragraph_prompt_similarity",
            definition="Lowest TF-IDF cosine between a full paragraph and the prompt.",
        ),
        _least_similarity,
    ),
    Feature(
        _cosine(
            "mean_paragraph_prompt_similarity",
            definition="Mean TF-IDF cosine between full paragraphs and the prompt.",
        ),
        _mean_similarity,
    ),
    Feature(
        _share(
            "prompt_keyword_coverage",
            definition="Share of the prompt's content lemmas, by weight, that the text uses.",
        ),
        _coverage,
    ),
    Feature(
        _share("share_prompt_words", definition="Share of the text's content lemmas that the prompt uses."),
        _share_of_prompt_words,
    ),
    Feature(
        _share(
            "share_copied_prompt_trigrams",
            definition="Share of the text's different word triples that stand in the prompt.",
        ),
        _copied_trigrams,
    ),
)
