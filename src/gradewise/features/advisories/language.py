"""What ordinary text looks like in the language of the training essays, learnt from them, in any language.

Three facts about a text need no dictionary. Everyday words: half of any essay is made of the fifty commonest
words of its language. Word order: which of these follow each other is far from chance. Spelling: few words
hold three letters in a row that no other essay has.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.features.advisories.signs import Words

EVERYDAY_WORDS = 50
"""Words that count as everyday ones: the commonest."""

FEWEST_ESSAYS = 5
"""Essays that must share three letters in a row before these count as usual."""

CACHED_WORDS = 16_384
"""Words of which a profile remembers whether they are strange."""

Places = NDArray[np.intp]
"""The place of each word among the everyday words; their number for any other word: shape ``(n_words,)``."""


@dataclass(frozen=True, slots=True, eq=False)
class LanguageProfile:
    """Everyday words, their order and the usual letters of some essays: no text, no sentence, no rare word.

    Raises:
        InputError: the parts do not belong together.
    """

    everyday: tuple[str, ...]
    """The commonest words in small letters, commonest first; at most `EVERYDAY_WORDS`."""
    affinity: NDArray[np.float32]
    """How much oftener than by chance one follows another, log2, the last row and column for all other words:
    shape ``(n_everyday + 1, n_everyday + 1)``."""
    trigrams: frozenset[str]
    """Usual three letters in a row; a space marks the edge of a word."""
    _places: Mapping[str, int] = field(init=False, repr=False)
    _is_strange: Callable[[str], bool] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        n = len(self.everyday) + 1
        if self.affinity.shape != (n, n) or not np.isfinite(self.affinity).all():
            raise InputError(
                f"a language profile of {n - 1} everyday words has affinities of shape "
                f"{self.affinity.shape}, expected finite ones of {(n, n)}"
            )
        object.__setattr__(self, "_places", {word: place for place, word in enumerate(self.everyday)})
        usual = self.trigrams.issuperset
        is_strange = lru_cache(maxsize=CACHED_WORDS)(
            lambda word: _spelled(word) and not usual(_letters(word))
        )
        object.__setattr__(self, "_is_strange", is_strange)

    def everyday_share(self, words: Words) -> float:
        """Share of the words that are everyday words, in ``[0, 1]``."""
        return sum(map(self._places.__contains__, words)) / len(words)

    def order(self, words: Words) -> float:
        """How well neighbouring words fit together: mean log2 of observed over expected; 0 is chance.

        Ordinary text is above 0; shuffled words are clearly below, and text without everyday words is a
        little below. 0 for a single word.
        """
        places = _places(words, self._places)
        if len(places) == 1:
            return 0.0
        return float(self.affinity[places[:-1], places[1:]].mean(dtype=np.float64))

    def strange_share(self, words: Words) -> float:
        """Share of the words with three letters in a row that are not usual; digits do not count."""
        return sum(map(self._is_strange, words)) / len(words)


def learn_language(texts: Sequence[Words]) -> LanguageProfile:
    """Learn what ordinary text looks like from at least one text.

    A pair seen ``o`` times where its words' counts let expect ``e`` has affinity ``log2((o + 1) / (e + 1))``:
    pointwise mutual information, drawn to 0 where little was seen (Church & Hanks 1990).
    """
    counts = Counter(word for words in texts for word in words)
    everyday = sorted(counts, key=lambda word: (-counts[word], word))[:EVERYDAY_WORDS]
    places = {word: place for place, word in enumerate(everyday)}
    return LanguageProfile(
        everyday=tuple(everyday),
        affinity=_affinity((_places(words, places) for words in texts), n=len(everyday) + 1),
        trigrams=_usual(texts),
    )


def _places(words: Words, places: Mapping[str, int]) -> Places:
    other = len(places)
    return np.fromiter(map(places.get, words, repeat(other)), dtype=np.intp, count=len(words))


def _affinity(texts: Iterable[Places], *, n: int) -> NDArray[np.float32]:
    observed = np.zeros(n * n)
    for places in texts:
        observed += np.bincount(places[:-1] * n + places[1:], minlength=n * n)
    table = observed.reshape(n, n)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / max(table.sum(), 1.0)
    return np.asarray(np.log2((table + 1) / (expected + 1)), dtype=np.float32)


def _usual(texts: Sequence[Words]) -> frozenset[str]:
    held = Counter[str]()
    for words in texts:
        held.update({letters for word in set(words) if _spelled(word) for letters in _letters(word)})
    return frozenset(letters for letters, n in held.items() if n >= min(FEWEST_ESSAYS, len(texts)))


def _spelled(word: str) -> bool:
    return word.isalpha() or not any(map(str.isdigit, word))


def _letters(word: str) -> list[str]:
    padded = f" {word} "
    return [padded[start : start + 3] for start in range(len(word))]
