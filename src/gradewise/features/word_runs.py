"""Runs of neighbouring words, told apart by numbers: many times cheaper than by the words themselves."""

from collections.abc import Iterable, Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray

from gradewise.features.documents import Document

Numbers = NDArray[np.int64]
"""Which different word stands at each place, numbered from 0 as they come up: shape ``(n_words,)``."""

_MOST = 2**63
"""A key of a run is smaller."""


def word_numbers(document: Document) -> Numbers:
    """The numbers of a document's lowered words."""
    return _numbered(document.lowered, document.word_counts)


def number_words(words: Sequence[str]) -> Numbers:
    """The numbers of any words.

    >>> number_words(["no", "yes", "no"])
    array([0, 1, 0])
    """
    return _numbered(words, dict.fromkeys(words))


def repeated_share(numbers: Numbers, *, size: int) -> float:
    """Share of the runs of so many words that stand earlier in the text too; 0 in a text with no such run.

    >>> repeated_share(number_words("a b a b".split()), size=2)  # ab ba ab
    0.333...
    """
    if len(numbers) < size:
        return 0.0
    keys = np.sort(_run_keys(numbers, size))
    different = 1 + int(np.count_nonzero(keys[1:] != keys[:-1]))
    return 1 - different / len(keys)


def _run_keys(numbers: Numbers, size: int) -> Numbers:
    """A number for each run, equal for equal runs: its words as digits, shape ``(n_words - size + 1,)``."""
    keys, n_words = numbers, int(numbers.max()) + 1
    n_keys = n_words
    for ahead in range(1, size):
        if n_keys * n_words > _MOST:  # only in long texts: numbered anew, there are no more than places
            keys = np.unique(keys, return_inverse=True)[1]
            n_keys = len(keys)
        keys = keys[:-1] * n_words + numbers[ahead:]
        n_keys *= n_words
    return keys


def _numbered(words: Sequence[str], different: Iterable[str]) -> Numbers:
    numbers = dict(zip(different, count(), strict=False))
    return np.fromiter(map(numbers.__getitem__, words), dtype=np.int64, count=len(words))
