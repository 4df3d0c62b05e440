"""Principal components: as scikit-learn finds them, the same every time, each essay by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

from gradewise.errors import InputError
from gradewise.features.catalogue import build_schema
from gradewise.features.embeddings import with_embeddings
from gradewise.features.schema import FeatureMatrix
from gradewise.models.projection import Projection, fit_projection, learn_projection, project

NAMED = build_schema(language="en", groups=["length"], has_findings=False, has_prompt_text=False)
WIDTH = 7


def vectors(n: int, seed: int = 0) -> np.ndarray:
    """Made-up vectors whose dimensions go together."""
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(n, WIDTH)) @ rng.normal(size=(WIDTH, WIDTH)) + 3).astype(np.float32)


def matrix(n: int, seed: int = 0) -> FeatureMatrix:
    """Made-up vectors behind made-up handcrafted features."""
    values = np.concatenate([np.ones((n, len(NAMED)), dtype=np.float32), vectors(n, seed)], axis=1)
    ids = tuple(f"e{number}" for number in range(n))
    return FeatureMatrix(values, with_embeddings(NAMED, WIDTH, fingerprint="m"), ids)


def test_axes_do_not_depend_on_the_machines_cores() -> None:
    """Linear algebra in several threads adds in another order; a model's bytes must not tell of it."""
    wide = np.random.default_rng(2).normal(size=(300, 384)).astype(np.float32)
    found = []
    for n_threads in (1, 2):
        with threadpool_limits(n_threads, "blas"):
            found.append(fit_projection(wide, 8).axes)
    assert np.array_equal(found[0], found[1])


def test_components_are_those_of_scikit_learn() -> None:
    """But for the sign, which is fixed here: the same numbers, without whitening."""
    seen = vectors(40)
    found = fit_projection(seen, 3).apply(seen)
    expected = PCA(3, svd_solver="full").fit_transform(seen.astype(np.float64))
    np.testing.assert_allclose(np.abs(expected), np.abs(found), atol=1e-5)


@given(seed=st.integers(0, 1_000), n=st.integers(3, 30), data=st.data())
def test_axes_are_orthonormal_and_turned_one_way(seed: int, n: int, data: st.DataObject) -> None:
    """Components keep distances within the axes, are ordered by spread, and never come out mirrored."""
    k = data.draw(st.integers(1, min(n - 1, WIDTH)))
    seen = vectors(n, seed)
    projection = fit_projection(seen, k)
    np.testing.assert_allclose(np.eye(k), projection.axes @ projection.axes.T, atol=1e-9)
    assert (projection.axes[np.arange(k), np.abs(projection.axes).argmax(axis=1)] > 0).all()
    spreads = projection.apply(seen).std(axis=0)
    assert (np.diff(spreads) <= 1e-4).all()


def test_an_essay_is_projected_by_itself() -> None:
    """The same bytes alone and in company; no essays, no rows."""
    seen = vectors(30)
    projection = fit_projection(seen, 4)
    together = projection.apply(seen)
    assert together.tobytes() == b"".join(projection.apply(row[None]).tobytes() for row in seen)
    assert (0, 4) == projection.apply(seen[:0]).shape


def test_only_the_rows_that_teach_are_looked_at() -> None:
    """Other rows may hold anything."""
    known = matrix(20)
    values = known.values.copy()
    values[10:] = 99
    other = FeatureMatrix(values, known.schema, known.essay_ids)
    first, second = (learn_projection(each, range(10), 3) for each in (known, other))
    np.testing.assert_array_equal(first.axes, second.axes)
    np.testing.assert_array_equal(first.means, second.means)


def test_components_take_the_place_of_dimensions() -> None:
    """Handcrafted columns stay as they are; without a projection everything does."""
    measured = matrix(20)
    made = project(measured, learn_projection(measured, range(20), 2))
    assert (*NAMED.names, "embedding_pc_01", "embedding_pc_02") == made.schema.names
    np.testing.assert_array_equal(measured.values[:, : len(NAMED)], made.values[:, : len(NAMED)])
    assert measured is project(measured, None)


@pytest.mark.parametrize(("n", "k", "most"), [(4, 4, 3), (30, 8, 7), (0, 1, 0)])
def test_more_components_than_there_are_axes_are_refused(n: int, k: int, most: int) -> None:
    """The message says how many there may be."""
    with pytest.raises(InputError, match=f"at most {most} principal components, {k} were asked for"):
        fit_projection(vectors(n), k)


@pytest.mark.parametrize(
    ("means", "axes", "said"),
    [
        (np.zeros(3), np.zeros((2, 4)), "are no projection"),
        (np.zeros(3, dtype=np.float32), np.zeros((2, 3)), "are no projection"),
        (np.zeros(0), np.zeros((0, 0)), "are no projection"),
        (np.zeros(3), np.zeros(3), "are no projection"),
        (np.full(3, np.nan), np.zeros((2, 3)), "not finite"),
        (np.zeros(3), np.full((2, 3), np.inf), "not finite"),
    ],
    ids=["widths", "single precision", "nothing", "one axis", "means", "axes"],
)
def test_arrays_that_are_no_projection_are_refused(means: np.ndarray, axes: np.ndarray, said: str) -> None:
    """Whatever a file may hold."""
    with pytest.raises(InputError, match=said):
        Projection(means, axes)
