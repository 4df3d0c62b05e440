"""Texts as a table of weighted terms: what is counted once, and what is fitted on training rows alone."""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gradewise.models.piecewise import Floats
from gradewise.models.text.runs import count_runs
from gradewise.models.text.terms import FEWEST_ESSAYS, RUN_SIZES, TermKind, counted_text, list_terms

MOST_TERMS = {"words": 20_000, "characters": 40_000, "runs": 100_000}
"""Terms that a learner may know; the commonest are kept."""

Rows = NDArray[np.int64]
"""Positions of texts."""

# Beyond this many texts their likenesses are worked out anew for each product, which needs less memory.
_MOST_ALL_TO_ALL = 5_000
# Terms in more than this share of the texts are multiplied as dense columns, which is faster.
_COMMON = 0.05
# So many of them at a time.
_COLUMNS = 2**14
# A run that is part of one longer run in this share of its texts says nothing that the longer does not.
_MOSTLY = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class TermTable:
    """How often each text uses each term: nothing here is fitted."""

    kind: TermKind
    """What was counted."""
    terms: tuple[str, ...]
    """Every term that at least `FEWEST_ESSAYS` texts share, in the order of the alphabet."""
    damped: Any
    """``1 + ln(count)`` where a text uses a term: sparse rows, ``(n_texts, n_terms)``."""
    inner: Rows | None = None
    """For kind ``runs`` the two runs that each holds, one character shorter, as positions in `terms`, -1 for
    none: shape ``(n_terms, 2)``."""


@dataclass(frozen=True, slots=True, eq=False)
class WeighedTexts:
    """Every text as a vector of length 1, weighed as the training texts have it."""

    columns: Rows
    """Which terms of the table are used: shape ``(n_used,)``, rising."""
    idf: Floats
    """``ln((1 + n) / (1 + df)) + 1``, n and df counted among the training texts: shape ``(n_used,)``."""
    vectors: Any
    """TF-IDF, rows of length 1, or 0 where a text has no known term: sparse, ``(n_texts, n_used)``."""
    likeness: Floats | None
    """Inner product of any two texts, ``(n_texts, n_texts)``; ``None`` when there are too many texts."""

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether a text uses any of the terms: shape ``(n_texts,)``."""
        return np.asarray(np.diff(self.vectors.indptr) > 0)

    def times(self, rows: Rows, others: Rows) -> "Likeness":
        """The likeness of `rows` to `others`, to multiply with."""
        if self.likeness is not None:
            return Likeness((self.likeness[np.ix_(rows, others)],))
        return Likeness((self.vectors[rows], self.vectors[others].T.tocsr()))


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """A matrix of inner products, kept as the product of its factors."""

    factors: tuple[Any, ...]
    """One dense, or two sparse."""

    def __matmul__(self, vector: Floats) -> Floats:
        for factor in reversed(self.factors):
            vector = factor @ vector
        return vector


def tabulate(kind: TermKind, texts: Sequence[str]) -> TermTable:
    """Count the terms of every text."""
    return _tabulate_words(texts) if kind == "words" else _tabulate_runs(kind, texts)


def _tabulate_words(texts: Sequence[str]) -> TermTable:
    ids: dict[str, int] = {}
    positions, counts = array("i"), array("i")  # lists of as many numbers take five times the memory
    ends = [0]
    for text in texts:
        found = Counter(list_terms("words", text))
        positions.extend(ids.setdefault(term, len(ids)) for term in found)
        counts.extend(found.values())
        ends.append(len(positions))
    damped = 1 + np.log(np.frombuffer(counts, dtype=np.intc))
    table = sparse.csr_matrix(
        (damped, np.frombuffer(positions, dtype=np.intc), ends), shape=(len(texts), len(ids))
    )
    shared = np.bincount(table.indices, minlength=len(ids)) >= FEWEST_ESSAYS
    kept = sorted((term, position) for term, position in ids.items() if shared[position])
    return TermTable("words", tuple(term for term, _ in kept), table[:, [position for _, position in kept]])


def _tabulate_runs(kind: TermKind, texts: Sequence[str]) -> TermTable:
    found = count_runs([counted_text(kind, text) for text in texts], RUN_SIZES[kind], fewest=FEWEST_ESSAYS)
    order = np.array(sorted(range(len(found.runs)), key=found.runs.__getitem__), dtype=np.int64)
    place = np.full(len(order) + 1, -1)  # the last one is for -1: no run
    place[order] = np.arange(len(order))
    present = kind == "runs"
    damped = np.ones(len(found.counts)) if present else 1 + np.log(found.counts)
    return TermTable(
        kind,
        tuple(found.runs[position] for position in order),
        sparse.csr_matrix((damped, (found.texts, place[found.columns])), shape=(len(texts), len(order))),
        place[found.inner[order]] if present else None,
    )


def weigh_texts(table: TermTable, train: Rows) -> WeighedTexts:
    """Choose terms and weigh them by what the training texts (positions of shape ``(n_train,)``) hold.

    Source: Salton & Buckley (1988), doi:10.1016/0306-4573(88)90021-0; smoothed as in scikit-learn.
    """
    frequency = np.bincount(table.damped[train].indices, minlength=len(table.terms))
    columns = _chosen(_worth_counting(frequency, table.inner), most=MOST_TERMS[table.kind])
    idf = np.log((1 + len(train)) / (1 + frequency[columns])) + 1
    weighed = sparse.csr_matrix(table.damped[:, columns] @ sparse.diags_array(idf))
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    vectors = sparse.csr_matrix(sparse.diags_array(1 / np.where(lengths > 0, lengths, 1.0)) @ weighed)
    few = vectors.shape[0] <= _MOST_ALL_TO_ALL
    return WeighedTexts(columns, idf, vectors, _all_to_all(vectors) if few else None)


def _worth_counting(frequency: NDArray[np.int64], inner: Rows | None) -> NDArray[np.int64]:
    """How many texts hold each term, 0 for one that `_MOSTLY` stands within one and the same longer run."""
    if inner is None:
        return frequency
    longer = np.zeros_like(frequency)
    for held in inner.T:
        known = (held >= 0) & (frequency >= FEWEST_ESSAYS)
        np.maximum.at(longer, held[known], frequency[known])
    return np.where(longer < _MOSTLY * frequency, frequency, 0)


def _chosen(frequency: NDArray[np.int64], *, most: int) -> Rows:
    """Terms that enough texts share, the commonest when there are too many, in the table's order."""
    order = np.argsort(-frequency, kind="stable")[:most]
    return np.sort(order[frequency[order] >= FEWEST_ESSAYS])


def _all_to_all(vectors: Any) -> Floats:
    common = np.bincount(vectors.indices, minlength=vectors.shape[1]) > _COMMON * vectors.shape[0]
    dense, rare = vectors[:, common].astype(np.float32).tocsc(), vectors[:, ~common]
    found = np.zeros((vectors.shape[0],) * 2, dtype=np.float32)
    for start in range(0, dense.shape[1], _COLUMNS):
        block = dense[:, start : start + _COLUMNS].toarray()
        found += block @ block.T
    return np.asarray(found + (rare @ rare.T).toarray(), dtype=np.float64)
