"""Which training essay a text shares its wording with: a sample of hashed word runs, no text.

Every run of five words is hashed; the runs whose hash is a multiple of eight are kept, of each essay with its
number. The share of a new text's sampled runs that one training essay has too is an unbiased estimate of the
share of all its runs: standard error about .07 at .5 for 400 words.

Source: Broder (1997), doi:10.1109/SEQUEN.1997.666900: resemblance by the hashes that are 0 modulo m.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.features.advisories.signs import RUN, Words

SAMPLED = 8
"""One run in so many is kept."""

MOST_OWNERS = 5
"""A run of more essays than these is a stock phrase or comes from the task, and is not kept."""

FEWEST_SHARED = 4
"""Sampled runs that must be shared before two texts are compared: fewer are chance."""

Hashes = NDArray[np.uint32]

_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIXER = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, slots=True)
class Shared:
    """How much of a text stands in one other."""

    share: float
    """Of its runs of five words, estimated: ``[0, 1]``."""
    number: int
    """Which training essay, from 0."""


@dataclass(frozen=True, slots=True, eq=False)
class RunIndex:
    """Sampled runs of some essays: eight bytes a run, some forty runs an essay of 400 words.

    Raises:
        InputError: the arrays have not one length, or hashes are not in order.
    """

    hashes: Hashes
    """Rising: shape ``(n_runs,)``."""
    owners: NDArray[np.uint32]
    """Which essay each run is from: shape ``(n_runs,)``."""

    def __post_init__(self) -> None:
        if (
            self.hashes.ndim != 1
            or self.hashes.shape != self.owners.shape
            or (np.diff(self.hashes.astype(np.int64)) < 0).any()
        ):
            raise InputError(
                f"an index of word runs has hashes of shape {self.hashes.shape} and owners of shape "
                f"{self.owners.shape}; both must have one length, hashes in order"
            )

    def most_shared(self, words: Words) -> Shared | None:
        """The essay that shares most with a text; ``None`` when none shares more than chance would."""
        own = sampled_runs(words)
        first = np.searchsorted(self.hashes, own, side="left")
        last = np.searchsorted(self.hashes, own, side="right")
        shared = last > first
        found = [self.owners[low:high] for low, high in zip(first[shared], last[shared], strict=True)]
        counts = np.bincount(np.concatenate(found)) if found else np.zeros(1, dtype=np.intp)
        number = int(counts.argmax())
        if counts[number] < FEWEST_SHARED:
            return None
        return Shared(float(counts[number] / len(own)), number)


def sampled_runs(words: Words) -> Hashes:
    """The hashes of a text's runs of five words that are sampled, each once, rising."""
    by_word = {word: zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in set(words)}
    hashed = np.fromiter(map(by_word.__getitem__, words), dtype=np.uint64, count=len(words))
    n = max(len(hashed) - RUN + 1, 0)
    mixed = np.zeros(n, dtype=np.uint64)
    for start in range(RUN):  # unsigned arithmetic wraps round, which is what mixes
        mixed = (mixed ^ (mixed >> np.uint64(29))) * _ODD + hashed[start : start + n]
    mixed = (mixed ^ (mixed >> np.uint64(32))) * _MIXER
    kept = mixed[(mixed >> np.uint64(20)) % np.uint64(SAMPLED) == 0]
    return np.unique((kept >> np.uint64(32)).astype(np.uint32))


def index_runs(texts: Sequence[Words]) -> RunIndex:
    """Index essays by number; copies of one text count once, under the first number."""
    sampled: dict[bytes, tuple[int, Hashes]] = {}
    for number, words in enumerate(texts):
        runs = sampled_runs(words)
        sampled.setdefault(runs.tobytes(), (number, runs))
    hashes = np.concatenate([runs for _, runs in sampled.values()])
    owners = np.concatenate([np.full(len(runs), number) for number, runs in sampled.values()])
    _, inverse, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    kept = np.flatnonzero(counts[inverse] <= MOST_OWNERS)
    order = kept[np.argsort(hashes[kept], kind="stable")]
    return RunIndex(hashes[order], owners[order].astype(np.uint32))
