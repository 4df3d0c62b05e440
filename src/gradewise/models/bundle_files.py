"""What stands in a bundle: the types, and how each becomes a file and back."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from math import isfinite
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gradewise.errors import BundleError, GradewiseError, ParityError
from gradewise.essays.scales import Codes, Scale, label_fault
from gradewise.essays.suggestions import quotable
from gradewise.evaluation.data_profile import DataProfile
from gradewise.evaluation.results import Interval
from gradewise.features.schema import FeatureMatrix, FeatureSchema
from gradewise.models.predictions import GradePredictions
from gradewise.models.score_models import ScoreModel, score_model_from_arrays
from gradewise.models.targets import OVERALL
from gradewise.models.text_terms import TermKind

FORMAT = 2
"""Version of the bundle format; a bundle with another number is refused."""

NATIVE: Mapping[str, str] = {"lightgbm": ".txt", "xgboost": ".json"}
"""What ends the names of files of trees in an engine's own format; gradewise never reads these files."""

LEVELS = tuple(float(level) for level in np.linspace(0, 1, 21))
"""Where quantiles of features are taken: every 5 %."""

_VERSION = re.compile(r"[0-9]{8}_[0-9]{6}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SELF_TEST_ROWS = 8
_SELF_TEST_TOLERANCE = 1e-4

Setting = bool | int | float | str | None
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FormatNumber:
    """The one field that every format of bundle has.

    Raises:
        BundleError: the format is not ours.
    """

    format: int
    """Version of the bundle format."""

    def __post_init__(self) -> None:
        if self.format != FORMAT:
            raise BundleError(
                f"format {self.format} is not the one that this gradewise reads ({FORMAT}); "
                "use a gradewise of its time"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingData:
    """Where a model's essays came from."""

    source: str
    """Name or location, for a reader."""
    sha256: str
    """Digest of the stored bytes."""
    licence: str
    """As its source states it."""
    n: int
    """Essays that the model learnt from."""
    label_counts: Mapping[str, int]
    """Essays by grade, every grade of the scale."""
    n_corrected: int = 0
    """Of the essays, those whose grade a teacher decided after a model had graded them."""
    corrections_sha256: str = ""
    """Digest of the snapshot that they came from; empty where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMetadata:
    """What is known about the model of one target."""

    name: str
    """``overall``, or the trait."""
    scale: Scale
    """The grades that it gives."""
    engines: tuple[str, ...]
    """The engine of each file of trees in an engine's own format, in their order."""
    decision: str
    """How a score becomes a grade."""
    metrics: Mapping[str, Interval]
    """How it did on essays that it had not seen, with uncertainty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuxiliaryData:
    """Other essays that a model learnt from too."""

    name: str
    """Of the set."""
    targets: tuple[str, ...]
    """What they were marked for."""
    source: str
    """Name or location, for a reader."""
    sha256: str
    """Digest of the stored bytes."""
    licence: str
    """As its source states it."""
    n: int
    """Essays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleMetadata:
    """What is known about a model: how it came to be, and how good it is.

    Raises:
        BundleError: name or version is not fit for a directory, the format is not ours, or the task or the
            out-of-scope label does not go with the scale.
    """

    name: str
    """Of the model: letters, digits, ``.``, ``_`` and ``-``."""
    version: str
    """When it was made: ``YYYYMMDD_HHMMSS``, UTC."""
    scale: Scale
    """The grades that it gives."""
    framework: str
    """Which engines grew the trees, joined by ``+``; of classes, what learnt them."""
    engines: tuple[str, ...]
    """The engine of each file of trees in an engine's own format, in their order."""
    versions: Mapping[str, str]
    """Of gradewise, the engine and what else matters."""
    git_sha: str | None
    """Of the code that trained it, when known."""
    data: TrainingData
    """What it learnt from."""
    split_plan: str
    """Id of the split plan."""
    metrics: Mapping[str, Interval]
    """How it did on essays that it had not seen, with uncertainty."""
    hyperparameters: Mapping[str, Setting]
    """How it was grown, number of trees included."""
    feature_fingerprint: str
    """Of the feature schema."""
    decision: str
    """How a score becomes a grade."""
    calibration: str
    """How probabilities were calibrated."""
    text_learners: tuple[TermKind, ...] = ()
    """Kinds of the text learners that it holds."""
    auxiliaries: tuple[AuxiliaryData, ...] = ()
    """What the auxiliary models that it holds learnt from."""
    traits: tuple[TargetMetadata, ...] = ()
    """The traits that it grades too."""
    task: Literal["ordinal", "nominal"] = "ordinal"
    """What kind of question it answers: a grade, or a class."""
    out_of_scope: str | None = None
    """Of classes: the label of texts that belong to none of them; ``None`` where the training knew none."""
    format: int = FORMAT
    """Version of the bundle format."""

    def __post_init__(self) -> None:
        FormatNumber(self.format)
        if not _NAME.fullmatch(self.name):
            raise BundleError(f"model name {self.name!r} must be letters, digits, '.', '_' or '-'")
        if not _VERSION.fullmatch(self.version):
            raise BundleError(f"model version {self.version!r} must look like 20260131_235959")
        if (self.task == "ordinal") != self.scale.ordered:
            raise BundleError(
                f"task {self.task} does not go with scale {self.scale.name}; grades are ordinal, classes "
                "nominal"
            )
        if self.out_of_scope is not None and not _is_no_class(self.out_of_scope, self.scale):
            raise BundleError(
                f"out-of-scope label {quotable(self.out_of_scope)!r} does not go with scale "
                f"{self.scale.name}; only models of classes have one, which is none of them"
            )

    @property
    def targets(self) -> tuple[TargetMetadata, ...]:
        """Everything that it grades, the overall grade first."""
        overall = TargetMetadata(
            name=OVERALL,
            scale=self.scale,
            engines=self.engines,
            decision=self.decision,
            metrics=self.metrics,
        )
        return (overall, *self.traits)


def _is_no_class(label: str, scale: Scale) -> bool:
    known = {each.casefold() for each in scale.grades}
    fit = bool(label.strip()) and label == label.strip() and label_fault(label) is None
    return fit and not scale.ordered and label.casefold() not in known


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


def check_schema(schema: FeatureSchema, metadata: BundleMetadata) -> None:
    """Refuse a schema that is not the one that the model was trained on.

    Raises:
        BundleError: the fingerprints differ.
    """
    if schema.fingerprint != metadata.feature_fingerprint:
        raise BundleError(
            f"the feature schema has fingerprint {schema.fingerprint[:12]}…, the model was trained on "
            f"{metadata.feature_fingerprint[:12]}…; use the bundle as it was written"
        )
