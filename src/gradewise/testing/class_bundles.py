"""Made-up bundles of models that tell texts apart by classes: small, seeded, quick to make."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from types import MappingProxyType

import numpy as np

from gradewise.essays.codes import Codes
from gradewise.essays.scales import class_scale
from gradewise.evaluation.results import Interval
from gradewise.features.given import with_given
from gradewise.features.schema import FeatureMatrix, FeatureSchema
from gradewise.models.bundles.contents import BundleContents
from gradewise.models.bundles.files import describe_reference, make_self_test
from gradewise.models.bundles.metadata import BundleMetadata
from gradewise.models.bundles.targets import TargetContents
from gradewise.models.classifiers.linear import LinearClassifier
from gradewise.models.classifiers.onnx import build_classifier_onnx
from gradewise.models.confidence import ClassConfidence
from gradewise.models.onnx.session import OnnxGrader
from gradewise.models.text.components import TextComponents, with_components
from gradewise.testing.graders import made_up_origin

CLASSES = class_scale(("greeting", "lost card", "opening hours", "refund"))
"""The classes of everything here."""

WORDS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "greeting": ("hello", "hi", "good", "morning", "evening"),
        "lost card": ("card", "lost", "stolen", "block", "wallet"),
        "opening hours": ("open", "close", "sunday", "hours", "when"),
        "refund": ("money", "back", "refund", "return", "paid"),
    }
)
"""Words of each class; a text of a class is made of some of them."""

STRENGTH = 12.0
"""How sure the classifier is of a text that has words of one class alone."""


def made_up_texts(n: int = 80, *, seed: int = 0) -> tuple[tuple[str, ...], Codes]:
    """Texts of two to six words of their class, the classes in turn; and their codes of `CLASSES`."""
    generator = np.random.default_rng(seed)
    codes = np.arange(n) % CLASSES.n_grades
    texts = tuple(
        " ".join(generator.choice(WORDS[CLASSES.grades[code]], generator.integers(2, 7)))
        for code in codes.tolist()
    )
    return texts, codes.astype(np.int64)


def made_up_components() -> TextComponents:
    """A component for each class: how much of its words a text has."""
    terms = tuple(sorted({word for words in WORDS.values() for word in words}))
    axes = np.array(
        [[float(term in WORDS[name]) for term in terms] for name in CLASSES.grades], dtype=np.float32
    )
    return TextComponents("words", terms, np.ones(len(terms), dtype=np.float32), axes)


@cache
def made_up_class_bundle(
    *,
    name: str = "intents",
    version: str = "20260131_120000",
    given: tuple[str, ...] = (),
    threshold: float = 0.6,
    out_of_scope: str | None = None,
) -> BundleContents:
    """A complete bundle of a model of `CLASSES`, ready to be written.

    It goes by `WORDS` alone; a text without any of them gets each class with probability 1/4.

    Args:
        name: of the model.
        version: when it was made.
        given: numbers that must come with each text; they change nothing.
        threshold: least probability with which a text is taken for one of the classes.
        out_of_scope: the label of texts of none of them.
    """
    texts, codes = made_up_texts()
    components = made_up_components()
    columns = with_given(FeatureSchema((), "en"), given)
    nothing = np.zeros((len(texts), len(given)), dtype=np.float32)
    empty = FeatureMatrix(nothing, columns, tuple(f"text-{row}" for row in range(len(texts))))
    matrix = with_components(empty, texts, components)
    n = CLASSES.n_grades
    weights = np.vstack([np.zeros((len(given), n)), STRENGTH * np.eye(n)])
    classifier = LinearClassifier(weights, np.zeros(n))
    model = build_classifier_onnx(classifier, scale=CLASSES, schema=matrix.schema)
    return BundleContents(
        metadata=replace(
            _metadata(matrix.schema, codes, name=name, version=version), out_of_scope=out_of_scope
        ),
        schema=matrix.schema,
        overall=TargetContents(
            model=model,
            self_test=make_self_test(matrix.values, OnnxGrader(model).predict(matrix.values)),
            confidence=ClassConfidence(coverage=0.9, least=0.1, threshold=threshold, in_scope_share=0.9),
        ),
        profile=describe_reference(matrix, codes, CLASSES),
        components=components,
    )


def _metadata(schema: FeatureSchema, codes: Codes, *, name: str, version: str) -> BundleMetadata:
    return BundleMetadata(
        name=name,
        version=version,
        scale=CLASSES,
        framework="logistic_regression",
        engines=(),
        versions={"gradewise": "0", "scikit-learn": "0"},
        git_sha=None,
        data=made_up_origin(codes, CLASSES),
        split_plan="made-up",
        metrics={"macro_f1": Interval(0.9, 0.85, 0.95), "accuracy": Interval(0.9, 0.85, 0.95)},
        hyperparameters={"learner": "logistic_regression", "c": 10.0},
        feature_fingerprint=schema.fingerprint,
        decision="most probable class",
        calibration="temperature",
        task="nominal",
    )
