"""Bundles: whole or absent when written, refused when anything in them is not as it was."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradewise.errors import BundleError, ParityError
from gradewise.features.schema import FeatureSchema
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.contents import BundleContents, bundle_files, write_bundle
from gradewise.models.bundles.files import NATIVE, SelfTest, from_json, to_json, trees_from_bytes
from gradewise.models.bundles.model_card import render_model_card
from gradewise.models.bundles.storage import SIGNATURE
from gradewise.models.engines import ENGINES
from gradewise.models.predictions import GradePredictions
from gradewise.models.score_models import RegressionScore
from gradewise.models.xgboost_booster import XGBoostBooster
from gradewise.testing.forests import random_forest
from gradewise.testing.graders import SCALE, made_up_bundle, made_up_grader, made_up_matrix

CONTENTS = made_up_bundle()
FILES = sorted(bundle_files(CONTENTS))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A sound bundle on disk."""
    return write_bundle(CONTENTS, tmp_path / "20260131_120000")


def sign(directory: Path) -> None:
    """Write a signature that fits whatever is there."""
    names = sorted(path.name for path in directory.iterdir() if path.name != SIGNATURE)
    lines = [f"{hashlib.sha256((directory / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (directory / SIGNATURE).write_text("".join(lines))


def rewrite(directory: Path, file: str, changes: dict[str, object]) -> None:
    """Change fields of a JSON file and sign again, as someone who knows the format would."""
    content = json.loads((directory / file).read_text())
    (directory / file).write_text(json.dumps(content | changes))
    sign(directory)


@contextmanager
def read_only(directory: Path) -> Iterator[None]:
    """Nothing can be created in the directory meanwhile."""
    directory.chmod(0o500)
    try:
        yield
    finally:
        directory.chmod(0o700)


def test_loaded_bundle_is_the_written_one(written: Path) -> None:
    """Metadata, schema, profile, grades, probabilities and explanations come back as they went in."""
    loaded = load_bundle(written)
    grader, _ = made_up_grader()
    values = made_up_matrix(seed=4)[0].values
    expected, found = grader.predict(values), loaded.grader.predict(values)
    np.testing.assert_array_equal(found.codes, expected.codes)
    np.testing.assert_allclose(found.probabilities, expected.probabilities, atol=1e-9)
    np.testing.assert_array_equal(
        loaded.overall.score_model.read(values).scores, grader.model.read(values).scores
    )
    total = loaded.explainer.contributions(values[0]).sum() + loaded.explainer.expected_value
    np.testing.assert_allclose(total, found.scores[0], atol=1e-5)
    assert loaded.scale == SCALE
    assert loaded.schema == CONTENTS.schema
    assert loaded.profile == CONTENTS.profile
    assert repr(loaded.metadata) == repr(CONTENTS.metadata)
    assert loaded.digest == hashlib.sha256((written / SIGNATURE).read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("way", "names"),
    [
        ({"probabilities": "cumulative_link"}, {"booster_00.txt"}),
        ({"probabilities": "multiclass"}, {"booster_00.txt"}),
        (
            {"linear_share": 0.5, "n_seeds": 2, "partners": (XGBoostBooster(),)},
            {"booster_00.txt", "booster_01.json", "booster_02.txt", "booster_03.json"},
        ),
    ],
    ids=["link", "softmax", "ensemble"],
)
def test_every_way_to_a_score_can_be_kept(tmp_path: Path, way: dict[str, Any], names: set[str]) -> None:
    """Links, blends and ensembles come back with the same grades and explanations; members are all there."""
    grader, boosters = made_up_grader(**way)
    loaded = load_bundle(write_bundle(made_up_bundle(grader, boosters), tmp_path / "bundle"))
    assert names == {path.name for path in (tmp_path / "bundle").glob("booster_*")}
    assert grader.model.kind == loaded.overall.score_model.kind
    values = made_up_matrix(40, seed=4)[0].values
    expected, found = grader.predict(values), loaded.grader.predict(values)
    np.testing.assert_array_equal(found.codes, expected.codes)
    sums = loaded.explainer.contributions_many(values).sum(axis=1) + loaded.explainer.expected_value
    np.testing.assert_allclose(sums, expected.scores, atol=1e-5)


def test_a_link_to_a_bundle_may_be_followed(written: Path) -> None:
    """The directory itself may be reached through a link, as ``active`` is."""
    link = written.parent / "active"
    link.symlink_to(written.name)
    assert load_bundle(link).metadata.version == "20260131_120000"


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_sha256sum_agrees_with_the_signature(written: Path) -> None:
    """The signature can be checked without gradewise."""
    subprocess.run(["sha256sum", "--strict", "--quiet", "-c", SIGNATURE], cwd=written, check=True)
    listed = {line.split("  ")[1] for line in (written / SIGNATURE).read_text().splitlines()}
    assert listed == set(FILES) - {SIGNATURE}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", [0, 0.5, 1])
def test_a_changed_byte_is_noticed(written: Path, name: str, place: float) -> None:
    """One flipped bit in any file, anywhere, and the bundle is refused in one line that names a file."""
    content = bytearray((written / name).read_bytes())
    content[round(place * (len(content) - 1))] ^= 1
    (written / name).write_bytes(content)
    with pytest.raises(BundleError) as refused:
        load_bundle(written)
    assert "\n" not in str(refused.value)
    assert any(file in str(refused.value) for file in FILES)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("keep", [0, 0.5])
def test_a_shortened_file_is_noticed(written: Path, name: str, keep: float) -> None:
    """An empty or half file is refused."""
    content = (written / name).read_bytes()
    (written / name).write_bytes(content[: int(keep * len(content))])
    with pytest.raises(BundleError):
        load_bundle(written)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(written: Path, name: str, *, signed: bool) -> None:
    """A file that is gone is named, also when the signature no longer lists it."""
    (written / name).unlink()
    if signed and name != SIGNATURE:
        sign(written)
    with pytest.raises(BundleError, match=f"{name} is missing"):
        load_bundle(written)


@pytest.mark.parametrize(("signed", "message"), [(False, "not in the signature"), (True, "not a file of")])
def test_an_added_file_is_refused(written: Path, message: str, *, signed: bool) -> None:
    """A file more is refused, also when someone signed it."""
    (written / "payload.bin").write_bytes(b"x")
    if signed:
        sign(written)
    with pytest.raises(BundleError, match=f"payload.bin is {message}"):
        load_bundle(written)


def test_another_format_is_refused_whatever_else_it_holds(written: Path) -> None:
    """A newer format is refused by its number, before its fields and files are looked at."""
    (written / "novelty.bin").write_bytes(b"x")
    (written / "model_metadata.json").write_text('{"format": 3, "surprise": []}')
    sign(written)
    with pytest.raises(BundleError, match=r"format 3 is not the one that this gradewise reads \(2\)"):
        load_bundle(written)


@pytest.mark.parametrize(
    ("file", "changes", "message"),
    [
        ("model_metadata.json", {"feature_fingerprint": "0" * 64}, "the feature schema has fingerprint"),
        ("feature_config.json", {"language": "sv"}, "the feature schema has fingerprint"),
        (
            "model_metadata.json",
            {"scale": {"name": "x", "grades": ["a", "b"]}},
            "does not belong to the scale",
        ),
        ("model_metadata.json", {"task": "regression"}, "model_metadata.json is not readable: task"),
        ("model_metadata.json", {"task": "nominal"}, "task nominal does not go with scale letters"),
        ("model_metadata.json", {"version": "new"}, "model version 'new' must look like"),
        ("model_metadata.json", {"name": "../up"}, "model name '../up' must be"),
        ("model_metadata.json", {"engines": ["other"]}, "engines other are unknown"),
        ("model_metadata.json", {"data": {}}, "not readable: data.source: Field required"),
        ("parity.json", {"codes": [0, 0, 0, 0, 0, 0, 0, 0]}, "no longer grades its test rows"),
        ("parity.json", {"probabilities": [[1.0]]}, "no longer grades its test rows"),
        ("parity.json", {"values": [[1.0]]}, "test rows have widths"),
        ("reference_profile.json", {"n": "many"}, "reference_profile.json is not readable: n"),
    ],
)
def test_parts_that_do_not_fit_are_refused_though_signed(
    written: Path, file: str, changes: dict[str, object], message: str
) -> None:
    """A signature proves nothing about sense: what does not fit together is refused, with the reason."""
    rewrite(written, file, changes)
    with pytest.raises(BundleError, match=message) as refused:
        load_bundle(written)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "line",
    ["{digest}  ../outside", "{digest}  /etc/passwd", "{digest} model.onnx", "{digest}  .hidden", "no", ""],
)
def test_signature_names_plain_files_only(written: Path, line: str) -> None:
    """A signature cannot point out of the bundle, and every line of it must be understood."""
    with (written / SIGNATURE).open("a") as file:
        file.write(line.format(digest="0" * 64) + "\n")
    with pytest.raises(BundleError, match=f"line 12 of {SIGNATURE}"):
        load_bundle(written)


def test_a_file_listed_twice_is_refused(written: Path) -> None:
    """Two digests for one file leave open which one counts."""
    lines = (written / SIGNATURE).read_text()
    (written / SIGNATURE).write_text(lines + lines.splitlines()[0] + "\n")
    with pytest.raises(BundleError, match=f"line 12 of {SIGNATURE}"):
        load_bundle(written)


def make_link(path: Path) -> None:
    """A link to a file with the right content."""
    path.rename(path.parent.parent / "outside")
    path.symlink_to(path.parent.parent / "outside")


def make_directory(path: Path) -> None:
    """A directory where a file should be."""
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "replace_file", [make_link, make_directory, lambda path: os.mkfifo(path.parent / "x")]
)
def test_links_directories_and_pipes_are_refused(written: Path, replace_file: Callable[[Path], None]) -> None:
    """A bundle holds plain files only, even where a link leads to the right content."""
    replace_file(written / "model.onnx")
    with pytest.raises(BundleError, match="is no plain file"):
        load_bundle(written)


def test_what_is_no_directory_is_refused(tmp_path: Path) -> None:
    """An absent directory and an empty one are refused."""
    with pytest.raises(BundleError, match=r"cannot read bundle .*No such file"):
        load_bundle(tmp_path / "absent")
    with pytest.raises(BundleError, match=f"{SIGNATURE} is missing"):
        load_bundle(tmp_path)


def test_a_bundle_is_never_overwritten(written: Path) -> None:
    """Writing over a bundle, or a dangling link, is refused and changes nothing."""
    before = {path.name: path.read_bytes() for path in written.iterdir()}
    with pytest.raises(BundleError, match="bundles are never overwritten"):
        write_bundle(CONTENTS, written)
    assert {path.name: path.read_bytes() for path in written.iterdir()} == before
    link = written.parent / "link"
    link.symlink_to("nowhere")
    with pytest.raises(BundleError, match="never overwritten"):
        write_bundle(CONTENTS, link)


def test_same_contents_give_the_same_bytes() -> None:
    """Writing has no clock and no chance in it."""
    assert bundle_files(made_up_bundle()) == bundle_files(CONTENTS)


@pytest.mark.parametrize("failing", ["fsync", "rename"])
def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    """A full disk, or a target that appeared meanwhile, is one clear error and leaves no trace."""

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync", fail) if failing == "fsync" else (Path, "rename", fail)))
    with pytest.raises(BundleError, match="No space left on device; nothing was left"):
        write_bundle(CONTENTS, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from gradewise.models.bundles import contents as bundle_contents

source, target, at = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
files = {path.name: path.read_bytes() for path in source.iterdir()}
bundle_contents.bundle_files = lambda contents: files
calls, real = 0, os.fsync

def fsync(handle):
    global calls
    calls += 1
    if calls == at:
        os.kill(os.getpid(), signal.SIGKILL)
    real(handle)

os.fsync = fsync
bundle_contents.write_bundle(None, target)
"""


@pytest.mark.parametrize("at", [1, 5, len(FILES), len(FILES) + 1, len(FILES) + 2])
def test_a_killed_write_leaves_a_whole_bundle_or_none(written: Path, at: int) -> None:
    """Killed at any file, before or after the move: the target is absent, or loads."""
    target = written.parent / "new"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(written), str(target), str(at)],
        env=environment,
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -9, killed.stderr
    assert target.exists() == (at == len(FILES) + 2)
    if target.exists():
        load_bundle(target)
    else:
        assert all(path.name.startswith(".") for path in target.parent.iterdir() if path != written)
        write_bundle(CONTENTS, target)
        load_bundle(target)


SCORES = """
import sys
from pathlib import Path
import numpy as np
from gradewise.models.bundles.bundle import load_bundle

bundle = load_bundle(Path(sys.argv[1]))
assert len(bundle.grader.predict(np.zeros((2, 4), dtype=np.float32))) == 2
bundle.explainer.contributions(np.zeros(4, dtype=np.float32))
heavy = {"lightgbm", "xgboost", "sklearn", "onnx", "scipy", "pandas", "joblib"} & set(sys.modules)
sys.exit(" ".join(sorted(heavy)) or 0)
"""


def test_scoring_needs_no_training_library(written: Path) -> None:
    """Loading, grading and explaining import neither an engine nor the ONNX tools nor SciPy."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", SCORES, str(written)]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_contents_of_two_models_do_not_mix() -> None:
    """Another schema, trees of another width and unknown engines are refused before anything is written."""
    with pytest.raises(BundleError, match="the feature schema has fingerprint"):
        replace(CONTENTS, schema=FeatureSchema(CONTENTS.schema.specs, "sv"))
    wider = RegressionScore((random_forest(np.random.default_rng(0), n_features=5),))
    with pytest.raises(BundleError, match="the trees of overall read 5 features, the schema has 4"):
        replace(CONTENTS, overall=replace(CONTENTS.overall, score_model=wider))
    for engines, message in (
        (("other",), "engines other are unknown; use lightgbm or xgboost"),
        ((), "engines none are unknown"),
        (("lightgbm", "xgboost"), "1 native models of overall for 2 engines"),
    ):
        with pytest.raises(BundleError, match=message):
            replace(CONTENTS, metadata=replace(CONTENTS.metadata, engines=engines))


def test_special_numbers_survive_json() -> None:
    """Unbounded ranges and undefined figures come back as they were, in JSON that any tool reads."""
    content = to_json(CONTENTS.schema)
    json.loads(content, parse_constant=pytest.fail)
    assert from_json(FeatureSchema, content, name="x").specs[0].low == -np.inf


def test_broken_json_and_trees_name_the_file() -> None:
    """Files that cannot be parsed are named; nothing of their content is shown."""
    with pytest.raises(BundleError, match=r"^a\.json is not readable: the whole: Invalid JSON"):
        from_json(FeatureSchema, b"{", name="a.json")
    with pytest.raises(BundleError, match=r"^trees is not readable"):
        trees_from_bytes(b"\x00" * 20, name="trees")


def test_model_card_is_honest() -> None:
    """The card says what for, from what, how good with intervals, and which grades to distrust."""
    card = render_model_card(CONTENTS.metadata, CONTENTS.schema)
    assert "0.700 [0.600, 0.800]" in card
    assert "| spearman | not defined on these essays |" in card
    assert "300 essays from made up (licence: CC0-1.0" in card
    assert "second opinion beside a teacher" in card
    assert "Boosted trees (lightgbm) over 4 features" in card
    mixed = replace(
        CONTENTS.metadata, engines=("lightgbm",) * 3, hyperparameters={"linear_share": 0.5, "seeds": 3}
    )
    card = render_model_card(mixed, CONTENTS.schema)
    assert "(lightgbm, the mean of 3), mixed with a ridge regression (50% of the score) over" in card
    rare = replace(CONTENTS.metadata.data, label_counts={"E": 3, "D": 99, "C": 99, "B": 99, "A": 0})
    metadata = replace(CONTENTS.metadata, data=rare, metrics={})
    schema = replace(CONTENTS.schema, absent={"spelling": "no checker for sv"})
    card = render_model_card(metadata, schema)
    assert "Fewer than 20 training essays had: E, A." in card
    assert "Not measured. Do not rely on this model." in card
    assert "- Not measured: spelling (no checker for sv)." in card


def test_contents_type_is_what_is_written() -> None:
    """Every native name is one plain file name."""
    assert isinstance(CONTENTS, BundleContents)
    assert set(NATIVE) == set(ENGINES)


def test_test_rows_may_differ_by_rounding_alone() -> None:
    """Engines add in another order: a ten-thousandth is no other model, three of them are."""
    expected = SelfTest(values=((0.0,),), codes=(1,), probabilities=((0.25, 0.75),))

    def found(share: float) -> GradePredictions:
        rest = np.array([[share, 1 - share]])
        return GradePredictions(np.array([1 - share]), rest[:, :1], rest, np.array([1]))

    expected.check(found(0.25005))
    with pytest.raises(ParityError, match="no longer grades its test rows"):
        expected.check(found(0.2503))
