"""Schemas and matrices: what crosses from features to models."""

from dataclasses import replace

import numpy as np
import pytest

from gradewise.errors import InputError
from gradewise.features.schema import FeatureMatrix, FeatureSchema, FeatureSpec

SCHEMA = FeatureSchema(
    (
        FeatureSpec("words", "words", "length", 1, 9, "Words."),
        FeatureSpec("commas_per_100_words", "marks per 100 words", "mechanics", 0, 9, "Commas."),
    ),
    language="en",
    versions={"extractor": "1"},
)
MATRIX = FeatureMatrix(np.array([[1, 2], [3, 4], [5, 6]], dtype=np.float32), SCHEMA, ("a", "b", "c"))


def test_fingerprints_tell_schemas_apart() -> None:
    """Whatever changes a value changes the fingerprint; what is absent does not."""
    assert len(SCHEMA.fingerprint) == 64
    assert replace(SCHEMA, absent={"prompt": "no prompt text"}).fingerprint == SCHEMA.fingerprint
    others = [
        replace(SCHEMA, specs=SCHEMA.specs[::-1]),
        replace(SCHEMA, language="sv"),
        replace(SCHEMA, versions={"extractor": "2"}),
        replace(SCHEMA, specs=(SCHEMA.specs[0], replace(SCHEMA.specs[1], definition="All commas."))),
    ]
    assert len({SCHEMA.fingerprint, *(other.fingerprint for other in others)}) == 5


def test_rows_are_found_by_essay() -> None:
    """Rows come in the order in which essays are asked for."""
    picked = MATRIX.rows(["c", "a"])
    assert picked.essay_ids == ("c", "a")
    np.testing.assert_array_equal(picked.values, [[5, 6], [1, 2]])


def test_unknown_essays_are_refused() -> None:
    """An essay without a row is named."""
    with pytest.raises(InputError, match=r"no features for essay 'x' \(and 1 more\)"):
        MATRIX.rows(["a", "x", "y"])


def test_a_matrix_fits_its_schema_and_essays() -> None:
    """Every essay has a row and every feature a column."""
    with pytest.raises(InputError, match=r"feature matrix has shape \(3, 2\), expected \(2, 2\)"):
        FeatureMatrix(MATRIX.values, SCHEMA, ("a", "b"))


def test_values_are_finite() -> None:
    """A value that is no number is refused, with the feature and the essay."""
    values = MATRIX.values.copy()
    values[1, 1] = np.nan
    with pytest.raises(InputError, match="feature commas_per_100_words of essay 'b' is nan"):
        FeatureMatrix(values, SCHEMA, MATRIX.essay_ids)
