"""Fitting text components: terms are chosen, weighed and turned onto axes by training texts alone."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gradewise.errors import InputError
from gradewise.models.text.components import ComponentKind, TextComponents, damped
from gradewise.models.text.index import index_terms
from gradewise.models.text.runs import count_runs
from gradewise.models.text.terms import RUN_SIZES, counted_text, list_terms

POWER_STEPS = 2
"""Power iterations of the randomised SVD: more move the axes that matter little, and cost as much again."""


def fit_text_components(
    texts: Sequence[str],
    *,
    kind: ComponentKind,
    n_components: int,
    most_terms: int,
    least_texts: int,
    seed: int,
) -> TextComponents:
    """Learn from texts which words tell them apart.

    Args:
        texts: the training texts.
        kind: what is counted.
        n_components: columns; fewer where texts or terms allow no more.
        most_terms: terms that are kept at the most, those of most texts.
        least_texts: texts that must share a term.
        seed: of the randomised SVD.

    Raises:
        InputError: too few texts share a term.

    Source: Halko, Martinsson & Tropp (2011), doi:10.1137/090771806.
    """
    terms = _shared_terms(texts, kind, most=most_terms, fewest=least_texts)
    if not terms:
        raise InputError(
            f"no term is shared by {least_texts} of {len(texts)} training texts; give more texts, or set "
            "features.tfidf.kind to none"
        )
    counts = _counts(texts, kind, terms)
    frequency = np.bincount(counts.indices, minlength=len(terms))
    idf = (np.log((1 + len(texts)) / (1 + frequency)) + 1).astype(np.float32)
    weighed = sparse.csr_matrix(counts @ sparse.diags_array(idf))
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    vectors = sparse.diags_array(1 / np.where(lengths > 0, lengths, 1).astype(np.float32)) @ weighed
    return TextComponents(kind, terms, idf, _axes(sparse.csr_matrix(vectors), n_components, seed))


def _shared_terms(texts: Sequence[str], kind: ComponentKind, *, most: int, fewest: int) -> tuple[str, ...]:
    """The terms of enough texts, the commonest when there are too many, in the order of the alphabet."""
    if kind == "words":
        spread = Counter(term for text in texts for term in set(list_terms(kind, text.lower())))
        shared = [(-n, term) for term, n in spread.items() if n >= fewest]
    else:
        found = count_runs(
            [counted_text(kind, text.lower()) for text in texts], RUN_SIZES[kind], fewest=fewest
        )
        n_texts = np.bincount(found.columns, minlength=len(found.runs)).tolist()
        shared = [(-n, term) for n, term in zip(n_texts, found.runs, strict=True)]
    return tuple(sorted(term for _, term in sorted(shared)[:most]))


def _counts(texts: Sequence[str], kind: ComponentKind, terms: tuple[str, ...]) -> Any:
    """``1 + ln(count)`` where a text uses a term: sparse rows, ``(n_texts, n_terms)``."""
    index = index_terms(kind, terms)
    found = [index.count(text.lower()) for text in texts]
    ends = np.cumsum([0, *(len(places) for places, _ in found)])
    places, counts = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return sparse.csr_matrix((damped(counts), places, ends), shape=(len(texts), len(terms)))


def _axes(vectors: Any, n_components: int, seed: int) -> NDArray[np.float32]:
    from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415 - a second, and never to score

    most = min(n_components, *vectors.shape)
    svd = TruncatedSVD(most, n_iter=POWER_STEPS, random_state=seed)
    svd.fit(vectors)
    # Kept in half precision: what is learnt from them must see the numbers that ship.
    return np.asarray(svd.components_, dtype=np.float16).astype(np.float32)
