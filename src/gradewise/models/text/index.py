"""Which of the terms that a learner knows a text uses, and how often."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.models.text.runs import Keys, run_keys, text_keys
from gradewise.models.text.terms import RUN_SIZES, TermKind, counted_text, list_terms

Found = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Positions of known terms, each once, and how often each counts: shape ``(n_known,)`` both."""


class TermIndex(Protocol):
    """Finds known terms. Safe for use by several threads."""

    def count(self, text: str) -> Found:
        """The known ones among `list_terms` of a text."""
        ...


def index_terms(kind: TermKind, terms: Sequence[str]) -> TermIndex:
    """Make terms ready to be found.

    Raises:
        InputError: a term stands there twice.

    >>> index_terms("characters", ["ab ", "bab"]).count("ababab")
    (array([1]), array([2]))
    """
    index: TermIndex
    if kind == "words":
        index = _WordIndex({term: place for place, term in enumerate(terms)})
        n_unique = len(index.places)
    else:
        keys, order = np.unique(run_keys(terms), return_index=True)
        index, n_unique = _RunIndex(kind, keys, order), len(keys)
    if n_unique < len(terms):
        raise InputError(f"a text learner of {kind} knows a term twice; copy the bundle again")
    return index


@dataclass(frozen=True, slots=True)
class _WordIndex:
    """Words by a dictionary."""

    places: Mapping[str, int]

    def count(self, text: str) -> Found:
        counts = Counter(map(self.places.get, list_terms("words", text)))
        known = {place: count for place, count in counts.items() if place is not None}
        return np.fromiter(known, dtype=np.int64), np.fromiter(known.values(), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _RunIndex:
    """Runs by sorted numbers: ten times faster than a dictionary of a hundred thousand strings."""

    kind: TermKind
    keys: Keys
    order: NDArray[np.int64]

    def count(self, text: str) -> Found:
        keys, counts = np.unique(
            text_keys(counted_text(self.kind, text), RUN_SIZES[self.kind]), return_counts=True
        )
        places = np.searchsorted(self.keys, keys)
        known = np.flatnonzero(places < len(self.keys))
        known = known[self.keys[places[known]] == keys[known]]
        counts = np.ones(len(known), dtype=np.int64) if self.kind == "runs" else counts[known]
        return self.order[places[known]], counts
