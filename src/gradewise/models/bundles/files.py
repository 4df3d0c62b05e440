"""What stands in a bundle beside its metadata, and how each becomes a file and back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from math import isfinite
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gradewise.errors import BundleError, GradewiseError, ParityError
from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.evaluation.data_profile import DataProfile
from gradewise.features.schema import FeatureMatrix
from gradewise.models.predictions import GradePredictions
from gradewise.models.score_models import ScoreModel, score_model_from_arrays

NATIVE: Mapping[str, str] = {"lightgbm": ".txt", "xgboost": ".json"}
"""What ends the names of files of trees in an engine's own format; gradewise never reads these files."""

LEVELS = tuple(float(level) for level in np.linspace(0, 1, 21))
"""Where quantiles of features are taken: every 5 %."""

_SELF_TEST_ROWS = 8
_SELF_TEST_TOLERANCE = 1e-4

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReferenceProfile:
    """What the training essays looked like, for telling later whether new ones have drifted."""

    n: int
    """Training essays."""
    levels: tuple[float, ...]
    """Shares at which quantiles were taken, from 0 to 1."""
    quantiles: Mapping[str, tuple[float, ...]]
    """Values of each feature at those levels."""
    grade_shares: Mapping[str, float]
    """Share of each grade among the teacher's."""
    data: DataProfile | None = None
    """What the texts and their columns looked like; ``None`` in bundles of before it was kept."""


@dataclass(frozen=True, slots=True)
class SelfTest:
    """A few feature rows with the predictions that the model must give for them."""

    values: tuple[tuple[float, ...], ...]
    """Features: ``n`` rows."""
    codes: tuple[int, ...]
    """Grades that must come out."""
    probabilities: tuple[tuple[float, ...], ...]
    """Probabilities that must come out, to 1e-4."""

    def rows(self, *, n_features: int) -> NDArray[np.float32]:
        """The features as an array: shape ``(n, n_features)``.

        Raises:
            BundleError: there is no row, or one has another width.
        """
        widths = {len(row) for row in self.values}
        if widths != {n_features}:
            raise BundleError(f"test rows have widths {sorted(widths)}, the schema has {n_features} features")
        return np.array(self.values, dtype=np.float32)

    def check(self, found: GradePredictions) -> None:
        """Compare with what came out.

        Raises:
            ParityError: a grade or a probability differs.
        """
        expected = np.array(self.probabilities)
        same_shape = found.probabilities.shape == expected.shape
        close = same_shape and np.allclose(found.probabilities, expected, rtol=0, atol=_SELF_TEST_TOLERANCE)
        if not close or found.codes.tolist() != list(self.codes):
            raise ParityError("the model no longer grades its test rows as when it was made; do not serve it")


def describe_reference(matrix: FeatureMatrix, codes: Codes, scale: Scale) -> ReferenceProfile:
    """What training essays (features of all, grades of shape ``(n,)``) look like."""
    quantiles = np.quantile(matrix.values.astype(np.float64), LEVELS, axis=0).T
    counts = np.bincount(codes, minlength=scale.n_grades)
    return ReferenceProfile(
        n=len(codes),
        levels=LEVELS,
        quantiles={
            name: tuple(row) for name, row in zip(matrix.schema.names, quantiles.tolist(), strict=True)
        },
        grade_shares=dict(zip(scale.grades, (counts / len(codes)).tolist(), strict=True)),
    )


def make_self_test(values: NDArray[np.float32], predictions: GradePredictions) -> SelfTest:
    """Keep the first rows of features, shape ``(n, n_features)``, with what was predicted for them."""
    n = _SELF_TEST_ROWS
    return SelfTest(
        tuple(tuple(row) for row in values[:n].tolist()),
        tuple(predictions.codes[:n].tolist()),
        tuple(tuple(row) for row in predictions.probabilities[:n].tolist()),
    )


def to_json(value: object) -> bytes:
    """A value as UTF-8 JSON, keys in their order; what JSON lacks is ``"nan"``, ``"inf"`` and ``"-inf"``."""
    text = json.dumps(_plain(value), indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def from_json(kind: type[T], content: bytes, *, name: str) -> T:
    """The value that `to_json` wrote.

    Raises:
        BundleError: a field is missing, of another type or out of range; the message names file and field.
    """
    try:
        value: T = TypeAdapter(kind).validate_json(content)
    except GradewiseError as error:
        raise BundleError(f"{name}: {error}") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise BundleError(f"{name} is not readable: {place}: {first['msg']}") from None
    return value


def trees_to_bytes(model: ScoreModel) -> bytes:
    """Trees, and whatever else makes scores of features, as a safetensors file."""
    return bytes(save({name: np.ascontiguousarray(array) for name, array in model.to_arrays().items()}))


def trees_from_bytes(content: bytes, *, name: str) -> ScoreModel:
    """The score model that `trees_to_bytes` wrote.

    Raises:
        BundleError: they do not make a score model.
    """
    try:
        arrays = load(content)
    except SafetensorError as error:
        raise BundleError(f"{name} is not readable: {error}") from None
    return score_model_from_arrays(arrays)


def _plain(value: object) -> Any:
    """Dataclasses and mappings as dicts, sequences as lists, special floats as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    return value
