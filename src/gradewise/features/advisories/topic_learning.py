"""Topics learnt from essays: directions of prompts, and how alike ordinary essays are."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.features.advisories.signs import Words
from gradewise.features.advisories.topics import Floats, TopicProfile, halves_of, key_counts, unit, weigh

MOST_TERMS = 2_000
"""Content words that a profile knows; the commonest are kept."""

FEWEST_ESSAYS = 5
"""Essays that must share a word: rarer ones say little, and may be names."""

FEWEST_ON_PROMPT = 20
"""Essays from which on a prompt has a direction of its own; as many must be on other prompts."""

FEWEST_PROMPTS = 5
"""Prompts from which on essays of one prompt can stand for what is asked next."""

Rows = NDArray[np.intp]
Vectors = NDArray[np.float32]
"""Essays as vectors of length 1, one a row: shape ``(n, n_terms)``."""


@dataclass(frozen=True, slots=True, eq=False)
class TopicLikeness:
    """How like the others each training essay is, itself taken out: what is ordinary."""

    to_prompt: Floats
    """To others on its prompt, of the essays whose prompt has a direction: shape ``(n_with,)``."""
    half_to_prompt: Floats
    """The same of that half of the essay which is less like them: shape ``(n_with,)``."""
    to_all: Floats
    """To essays on other prompts where there are enough of these, or to all others: shape ``(n,)``."""


@dataclass(frozen=True, slots=True, eq=False)
class _Vocabulary:
    """Which words count, and how much."""

    terms: tuple[str, ...]
    idf: NDArray[np.float32]
    places: Mapping[str, int]
    language: str

    def vectors(self, texts: Iterable[Words]) -> Vectors:
        """A vector for each text."""
        found = [weigh(key_counts(words, self.language), self.places, self.idf) for words in texts]
        return np.array(found, dtype=np.float32)


def learn_topics(
    texts: Sequence[Words], prompts: Sequence[str | None], *, language: str
) -> tuple[TopicProfile, TopicLikeness]:
    """Learn what essays are about, and how alike they are; at least two of them.

    The direction of a prompt is that of Rocchio (1971) with all essays as the counterweight.
    """
    vocabulary = _choose_words(texts, language)
    vectors = vocabulary.vectors(texts)
    groups = _groups(prompts)
    chosen = {
        prompt: rows
        for prompt, rows in sorted(groups.items())
        if min(len(rows), len(texts) - len(rows)) >= FEWEST_ON_PROMPT
    }
    mean = vectors.mean(axis=0, dtype=np.float64)
    directions = [unit(vectors[rows].mean(axis=0) - mean) for rows in chosen.values()]
    profile = TopicProfile(
        terms=vocabulary.terms,
        idf=vocabulary.idf,
        mean=mean.astype(np.float32),
        prompts=tuple(chosen),
        directions=np.array(directions, dtype=np.float32).reshape(len(chosen), len(vocabulary.terms)),
    )
    on_prompt = [_likeness_on_prompt(texts, vectors, rows, vocabulary) for rows in chosen.values()]
    whole, half = np.concatenate([*on_prompt, np.zeros((2, 0))], axis=1)
    return profile, TopicLikeness(whole, half, _likeness_to_others(vectors, groups))


def _choose_words(texts: Sequence[Words], language: str) -> _Vocabulary:
    held = Counter[str]()
    for words in texts:
        held.update(key_counts(words, language).keys())
    shared = [word for word, n in held.items() if n >= FEWEST_ESSAYS]
    terms = tuple(sorted(sorted(shared, key=lambda word: (-held[word], word))[:MOST_TERMS]))
    n_holding = np.array([held[term] for term in terms], dtype=np.float64)
    idf = np.log((1 + len(texts)) / (1 + n_holding)) + 1  # smoothed as in scikit-learn
    return _Vocabulary(
        terms, idf.astype(np.float32), {term: place for place, term in enumerate(terms)}, language
    )


def _groups(prompts: Sequence[str | None]) -> dict[str, Rows]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for row, prompt in enumerate(prompts):
        if prompt is not None:
            found[prompt].append(row)
    return {prompt: np.array(rows, dtype=np.intp) for prompt, rows in found.items()}


def _likeness_on_prompt(
    texts: Sequence[Words], vectors: Vectors, rows: Rows, vocabulary: _Vocabulary
) -> Floats:
    """What `TopicProfile.likeness` would say of essays, had each not been among those learnt from.

    Returns:
        Of each whole essay on the prompt and of its worse half: shape ``(2, n_on_prompt)``.
    """
    n, size = len(vectors), len(rows)
    own, total = vectors[rows], vectors.sum(axis=0, dtype=np.float64)
    without = (own.sum(axis=0) - own) / (size - 1) - (total - own) / (n - 1)
    lengths = np.linalg.norm(without, axis=1)
    halves = [halves_of(texts[row]) for row in rows]
    parts = (own, *(vocabulary.vectors(both[half] for both in halves) for half in (0, 1)))
    whole, first, second = (
        np.einsum("ij,ij->i", without, part) / np.where(lengths > 0, lengths, 1.0) for part in parts
    )
    return np.array([whole, np.minimum(first, second)])


def _likeness_to_others(vectors: Vectors, groups: Mapping[str, Rows]) -> Floats:
    """Cosine of each essay with the mean of those on other prompts; of all others where prompts are few."""
    total = vectors.sum(axis=0, dtype=np.float64)
    squares = (vectors**2).sum(axis=1, dtype=np.float64)
    products = vectors @ total - squares
    lengths = np.sqrt(np.maximum(total @ total - 2 * products - squares, 0.0))
    for rows in groups.values() if len(groups) >= FEWEST_PROMPTS else ():
        others = total - vectors[rows].sum(axis=0)
        products[rows], lengths[rows] = vectors[rows] @ others, np.linalg.norm(others)
    return np.asarray(products / np.where(lengths > 0, lengths, 1.0))
