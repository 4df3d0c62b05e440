"""Character runs: counted in many texts at once, and found in one, with arrays in place of strings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
"""Places, names, columns or counts: shape ``(n,)``."""
Keys = NDArray[np.uint64]
"""Numbers that stand for runs: shape ``(n,)``."""

# A character takes 21 bits, so that three of them fit in a whole number.
_BITS = 21
# An odd number without pattern: 2 ** 64 divided by the golden ratio.
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, eq=False)
class RunCounts:
    """Which texts use which runs, and how often: one entry for each text and run."""

    runs: tuple[str, ...]
    """Every run that enough texts share, shorter ones first."""
    inner: NDArray[np.int64]
    """Where in `runs` the first and the last of a run's characters but one stand: shape ``(n_runs, 2)``; -1
    for runs of the smallest size."""
    texts: Whole
    """Position of the text: shape ``(n_entries,)``."""
    columns: Whole
    """Position of the run in `runs`: shape ``(n_entries,)``."""
    counts: Whole
    """How often it occurs there, at least once: shape ``(n_entries,)``."""


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """All runs of one size: where each begins in the texts put end to end, ordered by run, then place."""

    starts: Whole
    """Places: shape ``(n,)``."""
    names: Whole
    """Number of the run that begins there, from 0 without gaps, never falling: shape ``(n,)``."""

    @property
    def first(self) -> NDArray[np.bool_]:
        """Whether a place is the first of its run: shape ``(n,)``."""
        return _changes(self.names)


def count_runs(texts: Sequence[str], sizes: range, *, fewest: int) -> RunCounts:
    """Count the runs of these sizes that at least `fewest` texts share.

    A run of ``k`` characters is the pair of the runs of ``k - 1`` that begin at its first and its second
    character. Runs are therefore numbered size by size, each from the numbers before it, by sorting. A run
    that too few texts share is in no longer one that enough of them do, so that it is dropped for good.

    Source: Karp, Miller & Rosenberg (1972), doi:10.1145/800152.804905.

    Args:
        texts: as they are to be counted.
        sizes: characters of a run, rising by 1 from 1, 2 or 3.
        fewest: texts that must share a run.

    >>> found = count_runs(["abab", "ab"], range(2, 4), fewest=2)
    >>> found.runs, found.texts.tolist(), found.counts.tolist()
    (('ab',), [0, 1], [2, 1])
    """
    whole = "".join(texts)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    level = _shared(*_shortest(whole, owner, sizes[0]), owner, fewest=fewest)
    runs = _spelt(level, whole, sizes[0])
    inner = [np.full((len(runs), 2), -1)]
    entries = [_entries(level, owner)]
    for size in sizes[1:]:
        names, offset = _names(level, len(whole)), len(runs) - _n_runs(level)
        level = _shared(*_longer(level, names, owner, size), owner, fewest=fewest)
        starts = level.starts[level.first]
        inner.append(offset + np.stack([names[starts], names[starts + 1]], axis=1))
        entries.append(_entries(level, owner) + np.array([[0], [len(runs)], [0]]))
        runs += _spelt(level, whole, size)
    rows, columns, counts = np.concatenate(entries, axis=1)
    return RunCounts(tuple(runs), np.concatenate(inner), rows, columns, counts)


def text_keys(text: str, sizes: range) -> Keys:
    """A number for each place of each run of a text, shorter ones first: equal for equal runs.

    Two different runs have the same number about once in ``2 ** 64`` pairs.
    """
    characters = _characters(text)
    keys = np.zeros(len(text) + 1, dtype=np.uint64)
    found = []
    for size in range(1, sizes[-1] + 1):
        keys = keys[:-1] * _FACTOR + characters[size - 1 :]
        if size in sizes:
            found.append(keys)
    return np.concatenate(found)


def run_keys(runs: Sequence[str]) -> Keys:
    """The number that `text_keys` gives each of these runs."""
    lengths = np.array([len(run) for run in runs], dtype=np.int64)
    keys = np.zeros(len(runs), dtype=np.uint64)
    for size in np.unique(lengths).tolist():
        chosen = np.flatnonzero(lengths == size)
        characters = _characters("".join(runs[place] for place in chosen.tolist())).reshape(-1, size)
        for column in characters.T:
            keys[chosen] = keys[chosen] * _FACTOR + column
    return keys


def _characters(text: str) -> Keys:
    """Code points, counted from 1, so that every character changes a key: shape ``(n,)``."""
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    return points.astype(np.uint64) + np.uint64(1)


def _shortest(whole: str, owner: Whole, size: int) -> tuple[Whole, Whole]:
    """Places, rising, of all runs of up to three characters, and these characters in one number."""
    characters = _characters(whole).astype(np.int64)
    starts = np.arange(max(0, len(whole) - size + 1))
    starts = starts[owner[starts] == owner[starts + size - 1]]
    keys = np.zeros(len(starts), dtype=np.int64)
    for offset in range(size):
        keys = (keys << _BITS) | characters[starts + offset]
    return starts, keys


def _shared(starts: Whole, keys: Whole, owner: Whole, *, fewest: int) -> _Level:
    """The places (rising) whose run, told by its key, occurs in enough texts."""
    order = np.argsort(keys, kind="stable")
    starts, keys = starts[order], keys[order]
    names = np.cumsum(_changes(keys)) - 1
    spread = np.bincount(names[_changes(names) | _changes(owner[starts])])
    kept = (spread >= fewest)[names]
    return _Level(starts[kept], (np.cumsum(spread >= fewest) - 1)[names[kept]])


def _names(level: _Level, n: int) -> Whole:
    """The run that begins at each of `n` places and one more; -1 for none."""
    names = np.full(n + 1, -1, dtype=np.int64)
    names[level.starts] = level.names
    return names


def _longer(level: _Level, names: Whole, owner: Whole, size: int) -> tuple[Whole, Whole]:
    """Places, rising, where a run of `size` may begin, and what tells such runs apart."""
    starts = np.sort(level.starts)
    starts = starts[names[starts + 1] >= 0]
    starts = starts[owner[starts] == owner[starts + size - 1]]
    return starts, names[starts] * len(names) + names[starts + 1]


def _entries(level: _Level, owner: Whole) -> Whole:
    """Texts, columns (from 0) and counts of a level: shape ``(3, n_entries)``."""
    rows = owner[level.starts]
    first = np.flatnonzero(level.first | _changes(rows))
    return np.stack([rows[first], level.names[first], np.diff(first, append=len(rows))])


def _n_runs(level: _Level) -> int:
    return int(level.first.sum())


def _spelt(level: _Level, whole: str, size: int) -> list[str]:
    """The runs of a level, by number."""
    return [whole[start : start + size] for start in level.starts[level.first].tolist()]


def _changes(values: Whole) -> NDArray[np.bool_]:
    """Where a value differs from the one before it; the first does."""
    changed = np.ones(len(values), dtype=np.bool_)
    changed[1:] = values[1:] != values[:-1]
    return changed
