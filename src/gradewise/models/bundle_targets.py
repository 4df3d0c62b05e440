"""One target of a bundle: the model of the overall grade or of a trait, as values and as files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gradewise.errors import BundleError
from gradewise.essays.scales import Scale
from gradewise.models.bundle_files import (
    NATIVE,
    SelfTest,
    TargetMetadata,
    from_json,
    to_json,
    trees_from_bytes,
    trees_to_bytes,
)
from gradewise.models.confidence import Confidence
from gradewise.models.onnx_session import OnnxGrader
from gradewise.models.score_models import ScoreModel
from gradewise.models.shapley import Explainer

MODEL = "model.onnx"
"""Features to grades; all that scoring needs."""
TREES = "trees.safetensors"
"""The trees, linear part and link as arrays; all that explaining needs."""
SELF_TEST = "parity.json"
"""A few rows with what must come out."""
CONFIDENCE = "confidence.json"
"""Grade sets and review policy."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TargetContents:
    """The model of one target, as it goes into a bundle."""

    model: bytes
    """The ONNX model, its parity checked."""
    score_model: ScoreModel
    """What it makes scores of: trees, perhaps a linear part or a link."""
    native_texts: tuple[str, ...]
    """Its trees in the engines' own formats, one text for each of the metadata's engines."""
    self_test: SelfTest
    """A few rows with what must come out."""
    confidence: Confidence
    """What is promised beside a grade."""


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
    confidence: Confidence
    """What is promised beside a grade."""
    trees: bytes = field(repr=False)
    """The trees as they were read and verified; `score_model` makes them from this."""

    @cached_property
    def score_model(self) -> ScoreModel:
        """What it makes scores of, made on first use.

        Raises:
            BundleError: the arrays do not make a score model.
        """
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
        _ = self.score_model


def target_prefixes(n_traits: int) -> tuple[str, ...]:
    """What file names begin with: nothing for the overall grade, then a number for each trait.

    >>> target_prefixes(2)
    ('', 'trait_01_', 'trait_02_')
    """
    return ("", *(f"trait_{number:02d}_" for number in range(1, n_traits + 1)))


def target_file_names(engines: Sequence[str], prefix: str) -> tuple[str, ...]:
    """Every file of a target, those of engines last: ``booster_00.txt`` and so on.

    Raises:
        BundleError: there is no engine, or an unknown one.
    """
    odd = sorted(set(engines) - set(NATIVE))
    if odd or not engines:
        raise BundleError(f"engines {', '.join(odd) or 'none'} are unknown; use {' or '.join(NATIVE)}")
    native = (f"booster_{number:02d}{NATIVE[engine]}" for number, engine in enumerate(engines))
    return tuple(f"{prefix}{name}" for name in (MODEL, TREES, SELF_TEST, CONFIDENCE, *native))


def check_target(contents: TargetContents, metadata: TargetMetadata, *, n_features: int) -> None:
    """Refuse a model that is not what the metadata says.

    Raises:
        BundleError: it reads rows of another width, an engine is unknown, or trees of one are missing.
    """
    target_file_names(metadata.engines, "")
    if contents.score_model.n_features != n_features:
        raise BundleError(
            f"the trees of {metadata.name} read {contents.score_model.n_features} features, the schema has "
            f"{n_features}; give those of one model"
        )
    if len(contents.native_texts) != len(metadata.engines):
        raise BundleError(
            f"{len(contents.native_texts)} native models of {metadata.name} for {len(metadata.engines)} "
            "engines; give one for each"
        )


def target_to_files(contents: TargetContents, metadata: TargetMetadata, prefix: str) -> dict[str, bytes]:
    """The files of a target by name."""
    names = target_file_names(metadata.engines, prefix)
    parts = (
        contents.model,
        trees_to_bytes(contents.score_model),
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
    self_test.check(grader.predict(self_test.rows(n_features=n_features)))
    confidence = from_json(Confidence, files[prefix + CONFIDENCE], name=prefix + CONFIDENCE)
    if len(confidence.grade_sets.quantiles) != metadata.scale.n_grades:
        raise BundleError(f"{prefix}{CONFIDENCE} does not belong to scale {metadata.scale.name}")
    return TargetModel(
        name=metadata.name,
        scale=metadata.scale,
        grader=grader,
        self_test=self_test,
        confidence=confidence,
        trees=files[prefix + TREES],
    )
