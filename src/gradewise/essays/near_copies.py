"""Texts that are nearly the same: drafts of one essay, or an essay with some words changed."""

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.texts import copy_hash, normalise

FEWEST_WORDS = 40
"""Below, as in a question to an assistant, a few other words make another text."""
SHARED = 0.6
"""Share of the runs of words of the shorter of two texts which the other must have too."""

_WORD = re.compile(r"\w+")
_RUN = 3
_MULTIPLIERS = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB], dtype=np.uint64)
_SKETCH = 32
_COMMON = 4
_MOST_HOLDERS = 50


def near_copies(texts: Sequence[str]) -> tuple[str, ...]:
    """For each text a key that it shares with its copies and near copies, also those at several removes.

    Copies have the same letters and digits (`copy_hash`, which is the key of a text that stands alone). Near
    copies of `FEWEST_WORDS` words or more share most of their runs of three words. Pairs are looked for among
    texts that agree in some of the 32 smallest hashes of their runs; runs that very many texts have, as
    those of a quoted task, tell nothing. So a near copy may be missed, mostly one that is barely near.

    Source: Broder (1997), On the resemblance and containment of documents, doi:10.1109/SEQUEN.1997.666900.

    >>> words = " ".join(str(number) for number in range(60))
    >>> first, second, other = near_copies([words, words.replace("30", "thirty"), "Some words."])
    >>> first == second, first == other
    (True, False)
    """
    copies = [copy_hash(text) for text in texts]
    first = dict(zip(reversed(copies), reversed(texts), strict=True))
    distinct = list(dict.fromkeys(copies))
    runs = [_runs(first[copy]) for copy in distinct]
    head = _heads(runs)
    key_of = {copy: distinct[head[place]] for place, copy in enumerate(distinct)}
    return tuple(key_of[copy] for copy in copies)


def _runs(text: str) -> NDArray[np.uint64]:
    """Hashes of all runs of words of a text, rising; none of a short text."""
    words = _WORD.findall(normalise(text).casefold())
    if len(words) < FEWEST_WORDS:
        return np.zeros(0, dtype=np.uint64)
    hashes = np.array([zlib.crc32(word.encode()) for word in words], dtype=np.uint64)
    n = len(words) - _RUN + 1
    mixed = np.zeros(n, dtype=np.uint64)
    for place, multiplier in enumerate(_MULTIPLIERS):
        mixed = (mixed ^ hashes[place : place + n]) * multiplier
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


def _heads(runs: Sequence[NDArray[np.uint64]]) -> list[int]:
    """For each text the position of the first that it is tied to."""
    heads = list(range(len(runs)))
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for text, own in enumerate(runs):
        sketch = own[:_SKETCH].tolist()
        known = [holders[run] for run in sketch if len(holders[run]) < _MOST_HOLDERS]
        met = Counter(other for each in known for other in each)
        for other, n in met.items():
            if n >= _COMMON and _near(own, runs[other]):
                low, high = sorted((_head(heads, text), _head(heads, other)))
                heads[high] = low
        for each in known:
            each.append(text)
    return [_head(heads, text) for text in range(len(runs))]


def _head(heads: list[int], text: int) -> int:
    while heads[text] != text:
        heads[text] = heads[heads[text]]
        text = heads[text]
    return text


def _near(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> bool:
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared >= SHARED * min(len(one), len(other))
