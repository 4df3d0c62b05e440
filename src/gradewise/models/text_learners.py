"""Text learners: what an essay's wording suggests, from a list of terms and nothing but NumPy."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.models.piecewise import Floats
from gradewise.models.predictions import Scores
from gradewise.models.text_terms import TermKind, list_terms

LEARNERS_VERSION = "1"
"""Raised by hand whenever the same learner would say something else of the same text."""

DECIMALS = 3
"""Suggestions are rounded to thousandths of a grade, so that they do not depend on the order of a sum."""


@dataclass(frozen=True, eq=False)
class FittedTextLearner:
    """A ridge regression over TF-IDF weights, ready to read texts.

    A term that occurs ``c`` times weighs ``(1 + ln c) * idf``; a text's weights are scaled to length 1, and
    the suggestion is their weighted sum. Safe for use by several threads.

    Raises:
        InputError: the arrays do not fit the terms, or hold something that is not a finite number.
    """

    kind: TermKind
    """What it counts."""
    terms: tuple[str, ...]
    """What it knows, unique."""
    idf: NDArray[np.float32]
    """Rarity of each term, above 0: shape ``(n_terms,)``."""
    weights: NDArray[np.float32]
    """Rarity times coefficient: shape ``(n_terms,)``, in grade steps."""
    intercept: float
    """What is added to the weighted sum, in grade steps."""
    mean: float
    """The mean grade code of its training essays: what it says of a text without a known term."""
    penalty: float
    """How strongly coefficients were drawn to 0."""
    _index: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shape = (len(self.terms),)
        if self.idf.shape != shape or self.weights.shape != shape:
            raise InputError(
                f"a text learner of {self.kind} knows {len(self.terms)} terms, its arrays have shapes "
                f"{self.idf.shape} and {self.weights.shape}"
            )
        numbers = np.concatenate([self.idf, self.weights, [self.intercept, self.mean]])
        if not np.isfinite(numbers).all() or (self.idf <= 0).any():
            raise InputError(
                f"a text learner of {self.kind} holds a number that is not finite, or a rarity of 0"
            )
        object.__setattr__(self, "_index", {term: index for index, term in enumerate(self.terms)})
        if len(self._index) != len(self.terms):
            raise InputError(f"a text learner of {self.kind} knows a term twice")

    def predict(self, texts: Sequence[str]) -> Scores:
        """The grade code that each text suggests, also beyond the scale: shape ``(n_texts,)``."""
        return rounded(np.array([self._suggest(text) for text in texts], dtype=np.float64))

    def _suggest(self, text: str) -> float:
        counts = Counter(map(self._index.get, list_terms(self.kind, text)))
        known = {position: count for position, count in counts.items() if position is not None}
        if not known:
            return self.mean
        positions = np.fromiter(known, dtype=np.int64)
        damped = 1 + np.log(np.fromiter(known.values(), dtype=np.float64))
        idf, weights = self._wide
        length = np.linalg.norm(damped * idf[positions])
        return float(damped @ weights[positions] / length + self.intercept)

    @cached_property
    def _wide(self) -> tuple[Floats, Floats]:
        """Rarities and weights in double precision, in which sums are made."""
        return self.idf.astype(np.float64), self.weights.astype(np.float64)


def rounded(suggestions: Floats) -> Scores:
    """Suggestions as they enter a feature matrix: shape kept."""
    return np.asarray(np.round(suggestions, DECIMALS), dtype=np.float32)
