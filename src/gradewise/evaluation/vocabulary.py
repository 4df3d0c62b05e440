"""The words of some texts, kept so that one can ask whether a word is among them, and not which they are."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_WORDS = 16_000
"""Words that are kept: of a larger vocabulary those that the most texts share."""
BITS_A_WORD = 12
"""Of the filter; with `PLACES` of them looked at, one unknown word in 300 passes for a known one."""
PLACES = 8
"""Bits that each word sets."""
_LEAST_BITS = 1024
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A Bloom filter of the words that texts share.

    Source: Bloom (1970), doi:10.1145/362686.362692; all places from two numbers: Kirsch & Mitzenmacher
    (2008), doi:10.1002/rsa.20208.
    """

    n_words: int
    """Words in it."""
    least_texts: int
    """Texts that share each of them, at least."""
    bits: str
    """The filter, base64."""

    def knows(self, words: Iterable[str]) -> frozenset[str]:
        """Which of these words are in it."""
        asked = sorted(set(words))
        if not asked:
            return frozenset()
        bits = np.unpackbits(np.frombuffer(base64.b64decode(self.bits, validate=True), dtype=np.uint8))
        found = bits[_places(asked, len(bits))].min(axis=1)
        return frozenset(word for word, known in zip(asked, found.tolist(), strict=True) if known)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in small letters, without numbers.

    >>> words_of("It’s 2 o'clock")
    ('it', 's', 'o', 'clock')
    """
    return tuple(_WORD.findall(text.casefold()))


def learn_vocabulary(texts: Sequence[str]) -> tuple[Vocabulary, NDArray[np.float64]]:
    """The vocabulary of texts, and how much of each text the vocabulary of the *others* does not know.

    A text is held against the others alone, so that a new text of the same kind has as many unknown words.

    Returns:
        The vocabulary, and the share of unknown words of each text: shape ``(n,)``, ``nan`` where a text has
        no word.
    """
    read = [words_of(text) for text in texts]
    shared = Counter(word for words in read for word in set(words))
    least = _least_texts(shared)
    known = [word for word, n in shared.items() if n >= least]
    unknown = [_share(words, lambda word: shared[word] <= least) for words in read]
    size = max(_LEAST_BITS, BITS_A_WORD * len(known) + -BITS_A_WORD * len(known) % 8)
    bits = np.zeros(size, dtype=np.uint8)
    if known:
        bits[_places(known, size).ravel()] = 1
    packed = base64.b64encode(np.packbits(bits).tobytes()).decode()
    return Vocabulary(len(known), least, packed), np.array(unknown, dtype=np.float64)


def unknown_words(vocabulary: Vocabulary, texts: Sequence[str]) -> NDArray[np.float64]:
    """The share of the words of each new text that a vocabulary does not know: shape ``(n,)``."""
    read = [words_of(text) for text in texts]
    known = vocabulary.knows(word for words in read for word in words)
    return np.array([_share(words, lambda word: word not in known) for words in read], dtype=np.float64)


def _share(words: Sequence[str], unknown: Callable[[str], bool]) -> float:
    return sum(map(unknown, words)) / len(words) if words else float("nan")


def _least_texts(shared: Counter[str]) -> int:
    """Texts that must share a word for it to be kept: one, or as many as keep the vocabulary bounded."""
    by_texts = sorted(shared.values(), reverse=True)
    return by_texts[MOST_WORDS] + 1 if len(by_texts) > MOST_WORDS else 1


def _places(words: Sequence[str], n_bits: int) -> NDArray[np.int64]:
    """The bits of each word: shape ``(n_words, PLACES)``."""
    digests = b"".join(
        hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest() for word in words
    )
    first, second = np.frombuffer(digests, dtype="<u4").reshape(len(words), 2).astype(np.int64).T
    return (first[:, None] + np.arange(PLACES) * (second[:, None] | 1)) % n_bits
