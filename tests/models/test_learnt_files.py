"""Text learners in bundles: whole, signed, small, and read back as they were."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from gradewise.models.text_columns import with_wording
from gradewise.models.text_files import learner_from_files, learners_to_files
from numpy.testing import assert_array_equal
from safetensors.numpy import load, save

from essay_writers import written
from gradewise.errors import BundleError
from gradewise.models.bundle import SIGNATURE, BundleContents, bundle_files, load_bundle, write_bundle
from gradewise.models.bundle_files import describe_reference, make_self_test
from gradewise.models.grader import Grader, fit_decoding
from gradewise.models.lightgbm_booster import LightGBMBooster
from gradewise.models.onnx_graph import build_onnx
from gradewise.models.samples import Sample
from gradewise.models.score_models import RegressionScore
from gradewise.models.text_fitting import fit_text_learner
from gradewise.models.text_terms import TermKind
from gradewise.testing.graders import PARAMS, SCALE, made_up_bundle, made_up_matrix

TEXTS, GRADES = written(60)
KINDS: tuple[TermKind, ...] = ("words", "characters")
LEARNERS = tuple(fit_text_learner(kind, TEXTS, GRADES) for kind in KINDS)
MEASURED, CODES = made_up_matrix(n=60)
NAMES = [
    "wording_characters.json",
    "wording_characters.safetensors",
    "wording_words.json",
    "wording_words.safetensors",
]


def contents() -> BundleContents:
    """A bundle whose trees read measured and wording columns."""
    matrix = with_wording(MEASURED, LEARNERS, TEXTS)
    sample = Sample(matrix.values, CODES.astype(float))
    booster = LightGBMBooster().fit(sample, params=PARAMS, seed=0, n_threads=1)
    model = RegressionScore(booster.forests)
    readings = model.read(matrix.values)
    decoding = fit_decoding(readings, CODES, n_grades=5, calibration="none", decision="rounding")
    grader = Grader(model, decoding, SCALE, matrix.schema)
    plain = made_up_bundle()
    return replace(
        plain,
        metadata=replace(plain.metadata, feature_fingerprint=matrix.schema.fingerprint),
        schema=matrix.schema,
        model=build_onnx(grader),
        score_model=model,
        native_texts=(booster.native_text,),
        profile=describe_reference(matrix, CODES, SCALE),
        self_test=make_self_test(matrix.values, grader.predict(matrix.values)),
        learners=LEARNERS,
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


def test_a_bundle_brings_its_learners_back(bundle: Path) -> None:
    """Essays are completed as in training, from what is measured of them and their texts."""
    loaded = load_bundle(bundle)
    assert MEASURED.schema.fingerprint == loaded.measured.fingerprint
    expected = with_wording(MEASURED, LEARNERS, TEXTS)
    found = loaded.complete(MEASURED, TEXTS)
    assert_array_equal(found.values, expected.values)
    assert loaded.schema.fingerprint == found.schema.fingerprint
    assert [learner.penalty for learner in LEARNERS] == [learner.penalty for learner in loaded.learners]


def test_a_bundle_without_learners_has_no_file_of_them(tmp_path: Path) -> None:
    """Nothing changes for models that measure only."""
    loaded = load_bundle(write_bundle(made_up_bundle(), tmp_path / "bundle"))
    assert () == loaded.learners
    assert_array_equal(loaded.complete(MEASURED, TEXTS).values, MEASURED.values)


def test_all_files_of_learners_are_signed() -> None:
    """Each is listed, in plain names."""
    files = bundle_files(CONTENTS)
    assert NAMES == sorted(name for name in files if name.startswith("wording"))
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
    with pytest.raises(BundleError, match=r"wording_characters.json is not a file of this format"):
        load_bundle(directory)


def test_contents_must_have_the_learners_of_their_schema() -> None:
    """Columns without learners, or in another order, cannot be written."""
    with pytest.raises(BundleError, match="the schema has wording columns of words, characters"):
        replace(CONTENTS, learners=LEARNERS[::-1])


def _without_weights(files: dict[str, bytes]) -> None:
    files["wording_words.safetensors"] = save({"idf": load(files["wording_words.safetensors"])["idf"]})


def _of_other_kind(files: dict[str, bytes]) -> None:
    files["wording_words.json"] = files["wording_characters.json"]


def _term_less(files: dict[str, bytes]) -> None:
    record = json.loads(files["wording_words.json"])
    files["wording_words.json"] = json.dumps(record | {"terms": record["terms"][1:]}).encode()


def _no_arrays(files: dict[str, bytes]) -> None:
    files["wording_words.safetensors"] = b"x"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_without_weights, "are no learner of words"),
        (_of_other_kind, "are no learner of words"),
        (_term_less, "its arrays have shapes"),
        (_no_arrays, "wording_words.safetensors"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(
    damage: Callable[[dict[str, bytes]], None], message: str
) -> None:
    """Even when they are signed, in one line."""
    files = learners_to_files(LEARNERS)
    damage(files)
    with pytest.raises(BundleError, match=message) as refused:
        learner_from_files("words", files)
    assert "\n" not in str(refused.value)
