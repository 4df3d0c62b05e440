"""Learnt models in bundles: whole, signed, small, and read back as they were."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from safetensors.numpy import load, save

from essay_writers import trait_marks, written
from gradewise.errors import BundleError
from gradewise.models.auxiliary_fitting import fit_auxiliary
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.contents import METADATA, BundleContents, bundle_files, write_bundle
from gradewise.models.bundles.files import describe_reference, make_self_test
from gradewise.models.bundles.learnt_files import (
    auxiliaries_to_files,
    auxiliary_from_files,
    learner_from_files,
    learners_to_files,
)
from gradewise.models.bundles.metadata import AuxiliaryData
from gradewise.models.bundles.storage import SIGNATURE
from gradewise.models.grader import Grader, fit_decoding
from gradewise.models.learnt_columns import complete
from gradewise.models.lightgbm_booster import LightGBMBooster
from gradewise.models.onnx.graph import build_onnx
from gradewise.models.samples import Sample
from gradewise.models.score_models import RegressionScore
from gradewise.models.text.fitting import fit_text_learner
from gradewise.models.text.terms import TermKind
from gradewise.testing.graders import PARAMS, SCALE, made_up_bundle, made_up_matrix

TEXTS, GRADES = written(60)
KINDS: tuple[TermKind, ...] = ("words", "runs")
LEARNERS = tuple(
    fit_text_learner(kind, TEXTS, trait_marks(GRADES)[:, :2], targets=("overall", "grammar"))
    for kind in KINDS
)
MEASURED, CODES = made_up_matrix(n=60)
AUXILIARY = fit_auxiliary(
    "Six traits",
    ("style", "ton"),
    trait_marks(GRADES)[:, 1:],
    MEASURED,
    TEXTS,
    kinds=KINDS,
    seed=0,
    on_step=lambda _: None,
)
OTHERS = AuxiliaryData(
    name=AUXILIARY.name,
    targets=AUXILIARY.targets,
    source="made up",
    sha256="0" * 64,
    licence="CC0-1.0",
    n=len(TEXTS),
)
NAMES = [
    "auxiliary_six_traits.json",
    "auxiliary_six_traits.safetensors",
    "wording_runs.json",
    "wording_runs.safetensors",
    "wording_words.json",
    "wording_words.safetensors",
]


def contents() -> BundleContents:
    """A bundle whose trees read measured columns, wording, and what other essays teach."""
    matrix = complete(MEASURED, TEXTS, LEARNERS, (AUXILIARY,))
    sample = Sample(matrix.values, CODES.astype(float))
    booster = LightGBMBooster().fit(sample, params=PARAMS, seed=0, n_threads=1)
    model = RegressionScore((booster.ensemble,))
    decoding = fit_decoding(
        model.read(matrix.values), CODES, n_grades=5, calibration="none", decision="rounding"
    )
    grader = Grader(model, decoding, SCALE, matrix.schema)
    plain = made_up_bundle()
    return replace(
        plain,
        metadata=replace(
            plain.metadata,
            feature_fingerprint=matrix.schema.fingerprint,
            auxiliaries=(OTHERS,),
        ),
        schema=matrix.schema,
        overall=replace(
            plain.overall,
            model=build_onnx(grader),
            score_model=model,
            native_texts=(booster.native_text,),
            self_test=make_self_test(matrix.values, grader.predict(matrix.values)),
        ),
        profile=describe_reference(matrix, CODES, SCALE),
        learners=LEARNERS,
        auxiliaries=(AUXILIARY,),
    )


CONTENTS = contents()


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A sound bundle with learners, on disk."""
    return write_bundle(CONTENTS, tmp_path / "bundle")


def sign(directory: Path) -> None:
    """Write a signature that fits whatever is there."""
    names = sorted(path.name for path in directory.iterdir() if path.name != SIGNATURE)
    lines = [f"{hashlib.sha256((directory / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (directory / SIGNATURE).write_text("".join(lines))


def test_a_bundle_brings_its_learnt_models_back(bundle: Path) -> None:
    """Essays are completed as in training, from what is measured of them and their texts."""
    loaded = load_bundle(bundle)
    assert MEASURED.schema.fingerprint == loaded.measured.fingerprint
    expected = complete(MEASURED, TEXTS, LEARNERS, (AUXILIARY,))
    found = loaded.complete(MEASURED, TEXTS)
    assert_array_equal(found.values, expected.values)
    assert loaded.schema.fingerprint == found.schema.fingerprint
    assert KINDS == loaded.metadata.text_learners
    assert (OTHERS,) == loaded.metadata.auxiliaries
    for learner, again in zip(LEARNERS, loaded.learners, strict=True):
        assert_array_equal(learner.penalties, again.penalties)
        assert (learner.kind, learner.source, learner.targets) == (again.kind, again.source, again.targets)
    assert "models of other essays: Six traits" in (bundle / "model_card.md").read_text()


def test_a_bundle_without_learners_has_no_file_of_them(tmp_path: Path) -> None:
    """Nothing changes for models that measure only."""
    loaded = load_bundle(write_bundle(made_up_bundle(), tmp_path / "bundle"))
    assert () == loaded.learners
    assert () == loaded.auxiliaries
    assert_array_equal(loaded.complete(MEASURED, TEXTS).values, MEASURED.values)


def test_all_files_of_learnt_models_are_signed() -> None:
    """Each is listed, in plain names."""
    files = bundle_files(CONTENTS)
    assert NAMES == sorted(name for name in files if name.startswith(("wording", "auxiliary")))
    assert all(f"  {name}\n" in files[SIGNATURE].decode() for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_changed_learners_are_refused(bundle: Path, name: str) -> None:
    """A word put in place of another is noticed by the signature."""
    content = bytearray((bundle / name).read_bytes())
    content[len(content) // 2] ^= 1
    (bundle / name).write_bytes(content)
    with pytest.raises(BundleError, match=f"{name} was changed"):
        load_bundle(bundle)


@pytest.mark.parametrize("name", NAMES)
def test_missing_files_are_named(bundle: Path, name: str) -> None:
    """Also when someone signed what is left."""
    (bundle / name).unlink()
    sign(bundle)
    with pytest.raises(BundleError, match=f"{name} is missing"):
        load_bundle(bundle)


def test_learners_that_no_column_asks_for_are_refused(tmp_path: Path) -> None:
    """A bundle holds exactly what its schema names."""
    directory = write_bundle(made_up_bundle(), tmp_path / "bundle")
    for name, content in learners_to_files(LEARNERS).items():
        (directory / name).write_bytes(content)
    sign(directory)
    with pytest.raises(BundleError, match=r"wording_runs.json is not a file of this format"):
        load_bundle(directory)


@pytest.mark.parametrize(
    "changes",
    [
        {"learners": LEARNERS[::-1]},
        {"learners": LEARNERS[:1]},
        {"auxiliaries": ()},
        {"auxiliaries": (replace(AUXILIARY, features="0" * 64),)},
    ],
    ids=["another order", "one lacks", "no auxiliary model", "one of other features"],
)
def test_contents_must_have_the_models_of_their_schema(changes: dict[str, Any]) -> None:
    """Columns without models, or in another order, cannot be written."""
    with pytest.raises(BundleError, match=r"the learnt columns of the schema are not those of the learners"):
        replace(CONTENTS, **changes)


def test_a_bundle_that_lists_a_learner_twice_is_refused(bundle: Path) -> None:
    """Even when its files and signature are in order."""
    record = json.loads((bundle / METADATA).read_text())
    (bundle / METADATA).write_text(json.dumps(record | {"text_learners": ["words", "words", "runs"]}))
    sign(bundle)
    with pytest.raises(BundleError, match=r"columns would be called wording_words_grade_steps"):
        load_bundle(bundle)


def test_sets_that_would_share_files_are_refused() -> None:
    """Names that differ in signs only lead to the same files."""
    with pytest.raises(BundleError, match=r"would be stored as auxiliary_six_traits.json"):
        auxiliaries_to_files((AUXILIARY, AUXILIARY))


Files = dict[str, bytes]


def rewritten(files: Files, name: str, /, **changes: Any) -> None:
    """Change fields of a record, or arrays, ``None`` to leave one out."""
    if name.endswith(".json"):
        files[name] = json.dumps(json.loads(files[name]) | changes).encode()
        return
    arrays = load(files[name]) | changes
    files[name] = save({key: array for key, array in arrays.items() if array is not None})


def without_a_term(files: Files) -> None:
    """One term fewer than there are weights."""
    rewritten(files, "wording_words.json", terms=json.loads(files["wording_words.json"])["terms"][1:])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda files: rewritten(files, "wording_words.safetensors", weights=None), "'weights' is missing"),
        (lambda files: rewritten(files, "wording_words.safetensors", odd=np.ones(1)), "'odd' is missing or"),
        (lambda files: rewritten(files, "wording_words.json", kind="runs"), "is a learner of runs"),
        (
            lambda files: rewritten(files, "wording_words.json", source="others"),
            "is a learner of words others",
        ),
        (lambda files: rewritten(files, "wording_words.json", targets=["overall"]), "weights of type"),
        (
            lambda files: rewritten(files, "wording_words.json", terms=3),
            "terms: Input should be a valid",
        ),
        (without_a_term, "idf of type float32 and shape"),
        (lambda files: files.update({"wording_words.safetensors": b"x"}), "safetensors is not readable"),
    ],
)
def test_damaged_learners_are_refused(damage: Callable[[Files], None], message: str) -> None:
    """Even when they are signed, in one line."""
    files = learners_to_files(LEARNERS)
    damage(files)
    with pytest.raises(BundleError, match=message) as refused:
        learner_from_files("words", files)
    assert "\n" not in str(refused.value)


RECORD, ARRAYS = NAMES[:2]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda files: rewritten(files, RECORD, name="Others"), "is auxiliary model 'Others'"),
        (lambda files: rewritten(files, RECORD, targets=["style", "grammar"]), "text learners of another"),
        (lambda files: rewritten(files, RECORD, targets=["style"]), "part '1' is missing or unknown"),
        (lambda files: rewritten(files, RECORD, learners=[]), "part 'runs' is missing or unknown"),
        (lambda files: rewritten(files, ARRAYS, **{"words.idf": None}), "array 'idf' is missing"),
        (lambda files: rewritten(files, ARRAYS, **{"0.means": None}), "'means' is missing"),
        (lambda files: rewritten(files, ARRAYS, **{"0.spreads": np.zeros(8)}), "with a spread above 0"),
        (lambda files: rewritten(files, ARRAYS, **{"2.means": np.ones(8)}), "part '2' is missing or unknown"),
        (lambda files: rewritten(files, ARRAYS, **{"0.coefficients": np.full(8, np.nan)}), "finite float64"),
        (lambda files: rewritten(files, ARRAYS, **{"words.means": np.ones(3)}), "means of type float64"),
        (lambda files: files.update({ARRAYS: b"x"}), "safetensors is not readable"),
        (lambda files: files.update({RECORD: b"{}"}), "name: Field required"),
    ],
)
def test_damaged_auxiliary_models_are_refused(damage: Callable[[Files], None], message: str) -> None:
    """Even when they are signed, in one line."""
    files = auxiliaries_to_files((AUXILIARY,))
    damage(files)
    with pytest.raises(BundleError, match=message) as refused:
        auxiliary_from_files("Six traits", files)
    assert "\n" not in str(refused.value)
