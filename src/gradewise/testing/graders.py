"""Made-up graders and bundles: small, seeded, quick to make, free of essay text."""

from dataclasses import replace
from functools import cache

import numpy as np

from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.evaluation.policy import ReviewPolicy
from gradewise.evaluation.results import Interval
from gradewise.features.schema import FeatureMatrix, FeatureSchema, FeatureSpec
from gradewise.models.boosters import Booster, BoosterParams, FittedBooster
from gradewise.models.bundles.contents import BundleContents
from gradewise.models.bundles.files import describe_reference, make_self_test
from gradewise.models.bundles.metadata import BundleMetadata, TrainingData
from gradewise.models.bundles.targets import TargetContents
from gradewise.models.calibration import CalibrationKind
from gradewise.models.confidence import Confidence
from gradewise.models.decisions import DecisionKind
from gradewise.models.essay_reference import EssayReference, describe_essays
from gradewise.models.grade_sets import GradeSets
from gradewise.models.grader import Grader, fit_decoding
from gradewise.models.growing import Growing, assemble, grow_again
from gradewise.models.lightgbm_booster import LightGBMBooster
from gradewise.models.objectives import ProbabilityKind, find_objective
from gradewise.models.onnx.graph import build_onnx
from gradewise.testing.synthetic import generate_essays

SCALE = Scale("letters", ("E", "D", "C", "B", "A"))
"""The scale of everything here."""

PARAMS = BoosterParams(rounds=25, learning_rate=0.2, max_leaves=6, min_child=5, early_stopping_rounds=10)
"""Small, quick trees."""


def made_up_matrix(n: int = 300, *, n_features: int = 4, seed: int = 0) -> tuple[FeatureMatrix, Codes]:
    """Features of which the first two matter, with grades of `SCALE`; the last one is full of ties."""
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(n, n_features)).astype(np.float32)
    values[:, -1] = np.round(values[:, -1])
    latent = 2 + 0.9 * values[:, 0] + 0.5 * values[:, 1] + generator.normal(0, 0.5, n)
    codes = np.clip(np.floor(latent + 0.5), 0, SCALE.n_grades - 1).astype(np.int64)
    specs = tuple(
        FeatureSpec(f"measure_{i}", "points", "made_up", -np.inf, np.inf, f"Measure {i}.")
        for i in range(n_features)
    )
    return FeatureMatrix(values, FeatureSchema(specs, "en"), tuple(f"essay-{i}" for i in range(n))), codes


def made_up_grader(
    *,
    calibration: CalibrationKind = "sigmoid",
    decision: DecisionKind = "rescale",
    probabilities: ProbabilityKind = "residuals",
    linear_share: float = 0.0,
    n_seeds: int = 1,
    partners: tuple[Booster, ...] = (),
    seed: int = 0,
) -> tuple[Grader, tuple[FittedBooster, ...]]:
    """A grader that learnt from one half of `made_up_matrix`, to decode from the other; and its members."""
    matrix, codes = made_up_matrix(seed=seed)
    half = len(codes) // 2
    growing = Growing(
        booster=LightGBMBooster(),
        partners=partners,
        params=PARAMS,
        seed=seed,
        n_seeds=n_seeds,
        linear_share=linear_share,
        objective=find_objective(probabilities, n_grades=SCALE.n_grades),
    )
    taught = np.arange(half)
    boosters = tuple(
        grow_again(matrix, codes, taught, growing=growing, member=member, rounds=PARAMS.rounds)
        for member in range(len(growing.members))
    )
    model = assemble(boosters, matrix, codes, taught, growing=growing)
    decoding = fit_decoding(
        model.read(matrix.values[half:]),
        codes[half:],
        n_grades=SCALE.n_grades,
        calibration=calibration,
        decision=decision,
    )
    return Grader(model, decoding, SCALE, matrix.schema), boosters


def made_up_origin(codes: Codes, scale: Scale) -> TrainingData:
    """Where a made-up bundle says that its texts come from; their labels have these codes."""
    counts = np.bincount(codes, minlength=scale.n_grades).tolist()
    return TrainingData(
        source="made up",
        sha256="0" * 64,
        licence="CC0-1.0",
        n=len(codes),
        label_counts=dict(zip(scale.grades, counts, strict=True)),
    )


def made_up_bundle(
    grader: Grader | None = None,
    boosters: tuple[FittedBooster, ...] = (),
    *,
    name: str = "made-up",
    version: str = "20260131_120000",
) -> BundleContents:
    """A complete bundle of a made-up grader, by default of the plainest, ready to be written."""
    matrix, codes = made_up_matrix()
    if grader is None:
        grader, boosters = made_up_grader()
    engines = tuple(booster.engine for booster in boosters)
    return BundleContents(
        metadata=_made_up_metadata(matrix, codes, engines, name=name, version=version),
        schema=matrix.schema,
        overall=_made_up_target(grader, boosters, matrix),
        profile=describe_reference(matrix, codes, SCALE),
        reference=_made_up_reference(),
    )


def _made_up_metadata(
    matrix: FeatureMatrix, codes: Codes, engines: tuple[str, ...], *, name: str, version: str
) -> BundleMetadata:
    return BundleMetadata(
        name=name,
        version=version,
        scale=SCALE,
        framework="+".join(dict.fromkeys(engines)),
        engines=engines,
        versions={"gradewise": "0", "lightgbm": "0"},
        git_sha=None,
        data=made_up_origin(codes, SCALE),
        split_plan="made-up",
        metrics={
            "qwk": Interval(0.7, 0.6, 0.8),
            "spearman": Interval(float("nan"), float("nan"), float("nan")),
        },
        hyperparameters={"rounds": PARAMS.rounds, "learning_rate": PARAMS.learning_rate, "monotone": None},
        feature_fingerprint=matrix.schema.fingerprint,
        decision="rescale",
        calibration="sigmoid",
    )


def _made_up_target(
    grader: Grader, boosters: tuple[FittedBooster, ...], matrix: FeatureMatrix
) -> TargetContents:
    return TargetContents(
        model=build_onnx(grader),
        score_model=grader.model,
        native_texts=tuple(booster.native_text for booster in boosters),
        self_test=make_self_test(matrix.values, grader.predict(matrix.values)),
        confidence=Confidence(
            GradeSets(0.9, (1.5,) * SCALE.n_grades),
            ReviewPolicy(cuts=(1,), required=0.95, level=0.95, threshold=0.9),
        ),
    )


@cache
def _made_up_reference() -> EssayReference:
    """What essays would be like that have these features."""
    matrix, _ = made_up_matrix()
    essays = generate_essays(len(matrix.essay_ids), seed=1)
    named = [replace(essay, id=name) for essay, name in zip(essays, matrix.essay_ids, strict=True)]
    return describe_essays(named, matrix)
