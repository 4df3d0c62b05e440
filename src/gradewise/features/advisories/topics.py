"""What essays are about: how far a vocabulary is from that of the training essays, on one prompt or on all.

An essay is a TF-IDF vector of its content words, length 1. Essays on a prompt share a direction: the mean of
their vectors less the mean of all. What all essays have in common falls out of the difference, so that an
answer to another prompt of the same kind is told apart, where a cosine with the prompt's mean alone is not
(measured on ELLIPSE, 1 % false alarms: 93 % of essays under a wrong prompt found, against 84 %).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.features.advisories.signs import Words
from gradewise.features.documents import Document
from gradewise.features.words import known_word, supported_languages

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TopicProfile:
    """What essays are about, as means over many of them.

    Raises:
        InputError: the parts do not belong together.
    """

    terms: tuple[str, ...]
    """Content words, each of several essays, in the order of the alphabet."""
    idf: NDArray[np.float32]
    """Rarity of each, above 0: shape ``(n_terms,)``."""
    mean: NDArray[np.float32]
    """Mean vector of all essays: shape ``(n_terms,)``."""
    prompts: tuple[str, ...]
    """Prompts that have a direction, in the order of the alphabet."""
    directions: NDArray[np.float32]
    """Unit vectors from the mean of all towards that of a prompt: shape ``(n_prompts, n_terms)``."""
    _places: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        n = len(self.terms)
        shapes = self.idf.shape, self.mean.shape, self.directions.shape
        if shapes != ((n,), (n,), (len(self.prompts), n)):
            raise InputError(
                f"a topic profile of {n} words and {len(self.prompts)} prompts has arrays of shapes {shapes}"
            )
        if not all(np.isfinite(array).all() for array in (self.idf, self.mean, self.directions)):
            raise InputError("a topic profile holds a number that is not finite")
        object.__setattr__(self, "_places", {term: place for place, term in enumerate(self.terms)})

    def vector(self, words: Words, language: str) -> Floats:
        """An essay, or a part of one, as a vector of length 1; 0 where it has no known word: ``(n_terms,)``.

        Args:
            words: of the essay.
            language: ISO 639-1 code.
        """
        return weigh(key_counts(words, language), self._places, self.idf)

    def vector_of(self, lemmas: Iterable[str]) -> Floats:
        """The same of a text, or part of one, whose key lemmas are known: see `key_lemmas`."""
        return weigh(Counter(lemmas), self._places, self.idf)

    def likeness(self, vector: Floats, prompt: str | None) -> float | None:
        """How much an essay is like those on its prompt; ``None`` where the prompt has no direction."""
        if prompt not in self.prompts:
            return None
        return float(self.directions[self.prompts.index(prompt)] @ vector)

    def likeness_to_all(self, vector: Floats) -> float:
        """Cosine with the mean of all essays, in ``[0, 1]``."""
        return float(self.mean @ vector / (np.linalg.norm(self.mean) or 1.0))

    def nearest_prompt(self, vector: Floats) -> tuple[str, float] | None:
        """The prompt whose essays an essay is most like, and how much; ``None`` without directions."""
        if not self.prompts:
            return None
        found = self.directions @ vector
        best = int(found.argmax())
        return self.prompts[best], float(found[best])


def halves_of(words: Words) -> tuple[Words, Words]:
    """Both halves of a text."""
    middle = len(words) // 2
    return words[:middle], words[middle:]


def key_counts(words: Words, language: str) -> Counter[str]:
    """How often each content lemma occurs.

    Where the language has no word lists, every word is its own lemma and carries content.
    """
    written = Counter(words)
    if language not in supported_languages:
        return written
    counts = Counter[str]()
    for word, n in written.items():
        known = known_word(word, language)
        if known.is_content:
            counts[known.lemma] += n
    return counts


def key_lemmas(document: Document, *, first: int = 0, last: int | None = None) -> Iterable[str]:
    """The content lemmas of some of a document's words, from `first` to before `last`; see `key_counts`."""
    if document.language not in supported_languages:
        return document.lowered[first:last]
    return compress(document.lemmas[first:last], document.is_content[first:last])


def weigh(counts: Mapping[str, int], places: Mapping[str, int], idf: NDArray[np.float32]) -> Floats:
    """TF-IDF of the known terms, ``(1 + ln count) * idf``, scaled to length 1: shape ``(n_terms,)``.

    Source: Salton & Buckley (1988), doi:10.1016/0306-4573(88)90021-0.

    Args:
        counts: how often each term occurs.
        places: where each known term stands.
        idf: rarities in that order.
    """
    known = {places[term]: n for term, n in counts.items() if term in places}
    vector = np.zeros(len(idf))
    at = list(known)
    vector[at] = (1 + np.log(np.array(list(known.values()), dtype=np.float64))) * idf[at]
    return unit(vector)


def unit(vector: Floats) -> Floats:
    """A vector scaled to length 1; 0 stays 0."""
    return np.asarray(vector / (np.linalg.norm(vector) or 1.0))
