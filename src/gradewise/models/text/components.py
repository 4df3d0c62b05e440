"""Text components: which words texts have, as TF-IDF weights brought down to a few hundred columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.features.catalogue import WORDING
from gradewise.features.schema import FeatureMatrix, FeatureSchema, FeatureSpec
from gradewise.models.text.index import TermIndex, index_terms

ComponentKind = Literal["words", "characters"]
"""What is counted, in small letters: words with pairs of neighbours, or runs of three to five characters."""

COMPONENTS = "text_components"
"""Under which name a schema records the version of the components."""
COMPONENTS_VERSION = "1"
"""Raised by hand whenever the same components would say something else of the same text."""
STEM = "wording_components_"
"""How the names of their columns begin."""

_LSA = "Deerwester et al. (1990), doi:10.1002/(SICI)1097-4571(199009)41:6<391::AID-ASI1>3.0.CO;2-9"


@dataclass(frozen=True, eq=False)
class TextComponents:
    """TF-IDF of known terms, turned onto a few axes: with NumPy alone, safe for use by several threads.

    A term that occurs ``c`` times weighs ``(1 + ln c) * idf``; a text's weights are scaled to length 1 and
    multiplied by the axes. A text without a known term is all zeros.

    Raises:
        InputError: the arrays do not fit the terms, or hold a number that is not finite.
    """

    kind: ComponentKind
    """What it counts."""
    terms: tuple[str, ...]
    """What it knows, unique."""
    idf: NDArray[np.float32]
    """Rarity of each term, above 0: shape ``(n_terms,)``."""
    axes: NDArray[np.float32]
    """Main directions of the training texts: shape ``(n_components, n_terms)``, term by term in memory."""
    _index: TermIndex = field(init=False, repr=False)

    def __post_init__(self) -> None:
        every = (len(self.terms),)
        arrays: dict[str, tuple[NDArray[Any], tuple[int, ...]]] = {
            "idf": (self.idf, every), "axes": (self.axes, (*self.axes.shape[:1], *every)),
        }  # fmt: skip
        for name, (array, shape) in arrays.items():
            if array.shape != shape or array.dtype != np.float32 or not np.isfinite(array).all():
                raise InputError(
                    f"text components of {self.kind}: {name} of type {array.dtype} and shape {array.shape}, "
                    f"expected finite float32 of shape {shape}"
                )
        if (self.idf <= 0).any() or not len(self.axes):
            raise InputError(f"text components of {self.kind} hold a rarity not above 0, or no axis")
        object.__setattr__(self, "axes", np.asfortranarray(self.axes))
        object.__setattr__(self, "_index", index_terms(self.kind, self.terms))

    @property
    def n_components(self) -> int:
        """How many columns there are."""
        return len(self.axes)

    @property
    def columns(self) -> tuple[FeatureSpec, ...]:
        """What each column is."""
        return component_columns(self.n_components, kind=self.kind)

    def transform(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The components of each text: shape ``(n_texts, n_components)``.

        >>> both = np.ones(2, dtype=np.float32)
        >>> TextComponents("words", ("no", "yes"), both, np.eye(2, dtype=np.float32)).transform(["Yes, yes"])
        array([[0., 1.]], dtype=float32)
        """
        found = np.zeros((len(texts), self.n_components), dtype=np.float32)
        by_term = self.axes.T
        for row, text in enumerate(texts):
            places, counts = self._index.count(text.lower())
            if places.size:
                weights = damped(counts) * self.idf[places]
                found[row] = (weights / np.sqrt(weights @ weights)) @ by_term[places]
        return found


def damped(counts: NDArray[np.int64]) -> NDArray[np.float32]:
    """``1 + ln(count)``: shape kept."""
    return (1 + np.log(counts)).astype(np.float32)


def component_columns(n_components: int, *, kind: ComponentKind) -> tuple[FeatureSpec, ...]:
    """What the columns of so many components are."""
    counted = "words and pairs of neighbours" if kind == "words" else "runs of three to five characters"
    return tuple(
        FeatureSpec(
            name=f"{STEM}{number:03d}",
            unit="weight",
            group=WORDING,
            low=-np.inf,
            high=np.inf,
            definition=f"Main component {number} of the TF-IDF weights of {counted} in small letters.",
            source=_LSA,
        )
        for number in range(n_components)
    )


def with_components(
    measured: FeatureMatrix, texts: Sequence[str], of: TextComponents | None
) -> FeatureMatrix:
    """The matrix with the components of the same texts at its end; as it is where there are none."""
    return measured if of is None else joined(measured, of.transform(texts), of)


def joined(measured: FeatureMatrix, columns: NDArray[np.float32], of: TextComponents) -> FeatureMatrix:
    """The matrix with columns at its end that `transform` has made, shape ``(n, n_components)``."""
    values = np.concatenate([measured.values, columns], axis=1)
    return FeatureMatrix(values, component_schema(measured.schema, of), measured.essay_ids)


def component_schema(measured: FeatureSchema, of: TextComponents | None) -> FeatureSchema:
    """The schema with a column for each component at its end: `measured_schema` undoes it."""
    if of is None:
        return measured
    versions = {**measured.versions, COMPONENTS: f"{COMPONENTS_VERSION} {of.kind}"}
    return replace(measured, specs=(*measured.specs, *of.columns), versions=versions)
