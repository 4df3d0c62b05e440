"""Principal components of a text model's vectors: few columns in the place of many."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.features.embeddings import embedding_columns, with_components
from gradewise.features.schema import FeatureMatrix
from gradewise.models.one_thread import one_blas_thread
from gradewise.models.piecewise import Floats

DECIMALS = 6
"""Of components: machines that add in another order agree to so many."""


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """``axes @ (vector - means)``, without whitening: components keep the spread that they have.

    Raises:
        InputError: the arrays do not belong together, or are not finite.
    """

    means: Floats
    """Of the vectors in training: shape ``(n_dimensions,)``."""
    axes: Floats
    """Orthonormal rows, that of the widest spread first: shape ``(n_components, n_dimensions)``."""

    def __post_init__(self) -> None:
        doubles = self.means.dtype == self.axes.dtype == np.float64
        shaped = self.axes.ndim == 2 and self.means.shape == self.axes.shape[1:]  # noqa: PLR2004 - rows
        if not (doubles and shaped and self.axes.size):
            raise InputError(
                f"axes of shape {self.axes.shape} and means of shape {self.means.shape} are no projection"
            )
        if not (np.isfinite(self.means).all() and np.isfinite(self.axes).all()):
            raise InputError("a projection holds numbers that are not finite")

    @property
    def n_dimensions(self) -> int:
        """Length of the vectors that it reads."""
        return len(self.means)

    @property
    def n_components(self) -> int:
        """Numbers that it makes of each."""
        return len(self.axes)

    def apply(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Components of vectors, shape ``(n, n_dimensions)``: shape ``(n, n_components)``.

        Each vector is projected alone: in a product of matrices the last bit depends on the company.
        """
        centred = vectors.astype(np.float64) - self.means
        made = [np.round(self.axes @ vector, DECIMALS) for vector in centred]
        return np.array(made, dtype=np.float32).reshape(len(vectors), self.n_components)


def fit_projection(vectors: NDArray[np.float32], n_components: int) -> Projection:
    """Principal axes of vectors, shape ``(n, n_dimensions)``, by singular value decomposition.

    An axis may be turned round without harm; here its largest coordinate is positive, so that the same
    vectors always give the same axes.

    Raises:
        InputError: so few vectors, or so short ones, do not have as many axes.

    Source: Jolliffe & Cadima (2016), doi:10.1098/rsta.2015.0202.

    >>> line = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]], dtype=np.float32)
    >>> fit_projection(line, 1).apply(line).ravel().tolist()
    [-2.23606..., 0.0, 2.23606...]
    """
    n, width = vectors.shape
    if n_components > min(n - 1, width):
        raise InputError(
            f"{n} training essays with {width} dimensions have at most {max(min(n - 1, width), 0)} principal "
            f"components, {n_components} were asked for; ask for fewer: features.embedder.components"
        )
    wide = vectors.astype(np.float64)
    means = wide.mean(axis=0)
    with one_blas_thread():  # several round otherwise
        _, _, axes = np.linalg.svd(wide - means, full_matrices=False)
    chosen = axes[:n_components]
    largest = chosen[np.arange(n_components), np.abs(chosen).argmax(axis=1)]
    return Projection(means, chosen * np.where(largest < 0, -1.0, 1.0)[:, None])


def learn_projection(
    measured: FeatureMatrix, rows: NDArray[np.int64] | Sequence[int], n_components: int
) -> Projection:
    """The principal axes of what a text model sees of some rows of a matrix, and of no others.

    Raises:
        InputError: as `fit_projection`.
    """
    vectors = measured.values[:, embedding_columns(measured.schema)]
    return fit_projection(vectors[np.asarray(rows)], n_components)


def project(measured: FeatureMatrix, projection: Projection | None) -> FeatureMatrix:
    """The matrix with components in the place of a text model's dimensions; as it is without a projection."""
    if projection is None:
        return measured
    columns = embedding_columns(measured.schema)
    parts = (
        measured.values[:, : columns.start],
        projection.apply(measured.values[:, columns]),
        measured.values[:, columns.stop :],
    )
    return FeatureMatrix(
        np.concatenate(parts, axis=1),
        with_components(measured.schema, projection.n_components),
        measured.essay_ids,
    )
