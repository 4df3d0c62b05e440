"""One target of a bundle: the model of the overall grade or of a trait, as values and as files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import BundleError
from gradewise.essays.scales import Scale
from gradewise.models.bundles.files import (
    NATIVE,
    SelfTest,
    from_json,
    to_json,
    trees_from_bytes,
    trees_to_bytes,
)
from gradewise.models.bundles.metadata import TargetMetadata
from gradewise.models.confidence import ClassConfidence, Confidence, Promise
from gradewise.models.onnx.session import OnnxGrader
from gradewise.models.predictions import GradePredictions
from gradewise.models.score_models import ScoreModel
from gradewise.models.shapley import Explainer

MODEL = "model.onnx"
"""Features to grades; all that scoring needs."""
TREES = "trees.safetensors"
"""The trees, linear part and link as arrays; all that explaining needs."""
SELF_TEST = "parity.json"
"""A few rows with what must come out."""
CONFIDENCE = "confidence.json"
"""What is promised beside a grade, or a class."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TargetContents:
    """The model of one target, as it goes into a bundle; of classes, without `score_model` and trees."""

    model: bytes
    """The ONNX model, its parity checked."""
    score_model: ScoreModel | None = None
    """What it makes scores of: trees, perhaps a linear part or a link; ``None`` of classes."""
    native_texts: tuple[str, ...] = ()
    """Its trees in the engines' own formats, one text for each of the metadata's engines."""
    self_test: SelfTest
    """A few rows with what must come out."""
    confidence: Promise
    """What is promised beside what it says."""


@dataclass(frozen=True, eq=False)
class TargetModel:
    """The verified model of one target."""

    name: str
    """Which target."""
    scale: Scale
    """The grades that it gives."""
    grader: OnnxGrader
    """Grades rows of features."""
    self_test: SelfTest
    """A few rows with what must come out; passed when the bundle was loaded."""
    confidence: Promise
    """What is promised beside what it says."""
    trees: bytes = field(default=b"", repr=False)
    """The trees as they were read and verified; `score_model` makes them from this. Of classes, nothing."""

    def say(self, values: NDArray[np.float32]) -> GradePredictions:
        """What it says of rows of features, shape ``(n, n_features)``, whatever their company, bit for bit.

        Raises:
            BundleError: the rows have another width, or a feature is not finite.
        """
        return self.grader.predict_each(values)

    @property
    def grade_confidence(self) -> Confidence:
        """What is promised beside a grade.

        Raises:
            BundleError: it gives classes.
        """
        if not isinstance(self.confidence, Confidence):
            raise BundleError(
                f"the model of {self.name} gives classes; only grades have cuts, neighbours and a review "
                "policy"
            )
        return self.confidence

    @cached_property
    def score_model(self) -> ScoreModel:
        """What it makes scores of, made on first use.

        Raises:
            BundleError: the arrays do not make a score model, or it tells classes apart and has no score.
        """
        if not self.scale.ordered:
            raise BundleError(
                "this model tells classes apart, which have no score to take apart; "
                "explain it by leaving words out: gradewise explain"
            )
        return trees_from_bytes(self.trees, name=TREES)

    @cached_property
    def explainer(self) -> Explainer:
        """Says what each feature added to a score; made on first use.

        Raises:
            BundleError: the arrays do not make a score model.
        """
        return Explainer(self.score_model)

    def check_arrays(self) -> None:
        """See that the arrays make a score model.

        Raises:
            BundleError: they do not.
        """
        if self.scale.ordered:
            _ = self.score_model


def target_prefixes(n_traits: int) -> tuple[str, ...]:
    """What file names begin with: nothing for the overall grade, then a number for each trait.

    >>> target_prefixes(2)
    ('', 'trait_01_', 'trait_02_')
    """
    return ("", *(f"trait_{number:02d}_" for number in range(1, n_traits + 1)))


def target_file_names(target: TargetMetadata, prefix: str) -> tuple[str, ...]:
    """Every file of a target, those of engines last: ``booster_00.txt`` and so on.

    Raises:
        BundleError: there is no engine, an unknown one, or one in a model of classes.
    """
    engines = target.engines
    odd = sorted(set(engines) - set(NATIVE))
    if odd or (target.scale.ordered and not engines):
        raise BundleError(f"engines {', '.join(odd) or 'none'} are unknown; use {' or '.join(NATIVE)}")
    if engines and not target.scale.ordered:
        raise BundleError(f"engines {', '.join(engines)} grow trees of grades, not of classes; name none")
    own = (MODEL, TREES, SELF_TEST, CONFIDENCE) if target.scale.ordered else (MODEL, SELF_TEST, CONFIDENCE)
    native = (f"booster_{number:02d}{NATIVE[engine]}" for number, engine in enumerate(engines))
    return tuple(f"{prefix}{name}" for name in (*own, *native))


def check_target(contents: TargetContents, metadata: TargetMetadata, *, n_features: int) -> None:
    """Refuse a model that is not what the metadata says.

    Raises:
        BundleError: it reads rows of another width, an engine is unknown, trees of one are missing, or what
            it promises is not about its scale.
    """
    target_file_names(metadata, "")
    if (contents.score_model is not None) != metadata.scale.ordered:
        raise BundleError(
            f"{metadata.name} gives {_kind(metadata)}; give trees to models of grades, none to those of "
            "classes"
        )
    if contents.score_model is not None and contents.score_model.n_features != n_features:
        raise BundleError(
            f"the trees of {metadata.name} read {contents.score_model.n_features} features, the schema has "
            f"{n_features}; give those of one model"
        )
    if len(contents.native_texts) != len(metadata.engines):
        raise BundleError(
            f"{len(contents.native_texts)} native models of {metadata.name} for {len(metadata.engines)} "
            "engines; give one for each"
        )
    contents.self_test.rows(n_features=n_features)
    _check_promise(contents.confidence, metadata.scale, name=CONFIDENCE)


def target_to_files(contents: TargetContents, metadata: TargetMetadata, prefix: str) -> dict[str, bytes]:
    """The files of a target by name."""
    names = target_file_names(metadata, prefix)
    trees = [] if contents.score_model is None else [trees_to_bytes(contents.score_model)]
    parts = (
        contents.model,
        *trees,
        to_json(contents.self_test),
        to_json(contents.confidence),
        *(text.encode() for text in contents.native_texts),
    )
    return dict(zip(names, parts, strict=True))


def target_from_files(
    files: Mapping[str, bytes], metadata: TargetMetadata, prefix: str, *, n_features: int
) -> TargetModel:
    """The model that `target_to_files` wrote; it must grade its own test rows as it did when it was made.

    Raises:
        BundleError: anything does not fit together.
    """
    grader = OnnxGrader(files[prefix + MODEL])
    if grader.grades != metadata.scale.grades or grader.n_features != n_features:
        raise BundleError(f"{prefix}{MODEL} does not belong to the scale or the features of this bundle")
    self_test = from_json(SelfTest, files[prefix + SELF_TEST], name=prefix + SELF_TEST)
    rows = self_test.rows(n_features=n_features)
    self_test.check(grader.predict(rows))
    grader.hold_to_even(rows)
    return TargetModel(
        name=metadata.name,
        scale=metadata.scale,
        grader=grader,
        self_test=self_test,
        confidence=promise_from_files(files, metadata.scale, prefix),
        trees=files.get(prefix + TREES, b""),
    )


def promise_from_files(files: Mapping[str, bytes], scale: Scale, prefix: str) -> Promise:
    """What is promised beside a grade or a class of this scale.

    Raises:
        BundleError: it is not readable, or about another scale.
    """
    name = prefix + CONFIDENCE
    kind: type[Confidence | ClassConfidence] = Confidence if scale.ordered else ClassConfidence
    promise: Promise = from_json(kind, files[name], name=name)
    _check_promise(promise, scale, name=name)
    return promise


def _check_promise(promise: Promise, scale: Scale, *, name: str) -> None:
    if not promise.fits(scale):
        raise BundleError(f"{name} does not belong to scale {scale.name}")


def _kind(target: TargetMetadata) -> str:
    return "grades" if target.scale.ordered else "classes"
