"""Text learners: what an essay's wording suggests, from a list of terms and nothing but NumPy."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.models.piecewise import Floats
from gradewise.models.text.index import TermIndex, index_terms
from gradewise.models.text.terms import TermKind

LEARNERS_VERSION = "1"
"""Raised by hand whenever the same learner would say something else of the same text."""

DECIMALS = 3
"""Suggestions are rounded to thousandths, so that they do not depend on the order of a sum."""

Suggestions = NDArray[np.float32]
"""What learners say of texts, a column for each target: shape ``(n_texts, n_targets)``."""


@dataclass(frozen=True, eq=False)
class FittedTextLearner:
    """Ridge regressions of several targets over the same TF-IDF weights, ready to read texts.

    A term that occurs ``c`` times weighs ``(1 + ln c) * idf``; a text's weights are scaled to length 1, and
    the suggestion is their weighted sum. Terms are counted once for all targets. Safe for use by several
    threads.

    Raises:
        InputError: the arrays do not fit the terms and targets, or hold a number that is not finite.
    """

    kind: TermKind
    """What it counts."""
    source: str
    """Whose essays it learnt from: the name of an auxiliary set, or nothing for the plan's own."""
    targets: tuple[str, ...]
    """What it suggests, unique, at least one: the overall grade or traits."""
    terms: tuple[str, ...]
    """What it knows, unique."""
    idf: NDArray[np.float32]
    """Rarity of each term, above 0: shape ``(n_terms,)``."""
    weights: NDArray[np.float32]
    """Rarity times coefficient, in grade steps or marks: shape ``(n_targets, n_terms)``."""
    intercepts: Floats
    """What is added to each weighted sum: shape ``(n_targets,)``."""
    means: Floats
    """Means of the training essays, said of a text without a known term: shape ``(n_targets,)``."""
    penalties: Floats
    """How strongly coefficients were drawn to 0: shape ``(n_targets,)``."""
    _index: TermIndex = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.targets or len(set(self.targets)) < len(self.targets):
            raise InputError(f"{self._name} has targets {self.targets}; it needs one or more, each once")
        each, every = (len(self.targets),), (len(self.terms),)
        arrays: dict[str, tuple[NDArray[Any], tuple[int, ...]]] = {
            "idf": (self.idf, every), "weights": (self.weights, each + every),
            "intercepts": (self.intercepts, each), "means": (self.means, each),
            "penalties": (self.penalties, each),
        }  # fmt: skip
        for name, (array, shape) in arrays.items():
            if array.shape != shape or array.dtype.kind != "f" or not np.isfinite(array).all():
                raise InputError(
                    f"{self._name}: {name} of type {array.dtype} and shape {array.shape}, expected finite "
                    f"numbers of shape {shape}"
                )
        if (self.idf <= 0).any():
            raise InputError(f"{self._name} holds a rarity that is not above 0")
        object.__setattr__(self, "_index", index_terms(self.kind, self.terms))

    @property
    def _name(self) -> str:
        return f"text learner of {self.kind}{f' from {self.source!r}' if self.source else ''}"

    def predict(self, texts: Sequence[str]) -> Suggestions:
        """What each text suggests for each target, also beyond the scale: shape ``(n_texts, n_targets)``."""
        said = [self._suggest(text) for text in texts]
        return rounded(np.array(said, dtype=np.float64).reshape(len(texts), len(self.targets)))

    def _suggest(self, text: str) -> Floats:
        places, counts = self._index.count(text)
        if not places.size:
            return self.means
        damped = 1 + np.log(counts)
        length = np.linalg.norm(damped * self.idf[places].astype(np.float64))
        sums = self.weights[:, places].astype(np.float64) @ damped
        return np.asarray(sums / length + self.intercepts)


def rounded(suggestions: Floats) -> Suggestions:
    """Suggestions as they enter a feature matrix: shape kept."""
    return np.asarray(np.round(suggestions, DECIMALS), dtype=np.float32)
