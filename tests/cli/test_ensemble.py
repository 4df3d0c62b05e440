"""`gradewise ensemble make`: from trained bundles to a model that scores like any other."""

import csv
from pathlib import Path

import pytest

from gradewise.models.bundles.archives import read_bundle
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.storage import SIGNATURE, sign, write_files
from gradewise.testing.synthetic import generate_essays, to_rows
from trials import Command, Trained, write_csv


@pytest.fixture
def twin(trained: Trained, tmp_path: Path) -> Path:
    """The same model under another version: another bundle that says the same."""
    files = read_bundle(trained.bundle)
    version = load_bundle(trained.bundle).metadata.version
    del files[SIGNATURE]
    name = "model_metadata.json"
    files[name] = files[name].replace(f'"version": "{version}"'.encode(), b'"version": "20990101_000000"')
    return write_files(sign(files), tmp_path / "twin")


def essays(n: int) -> Path:
    """Graded essays that nobody has learnt from."""
    columns, rows = to_rows(generate_essays(n, seed=99))
    return write_csv(Path("new.csv"), [dict(zip(columns, row, strict=True)) for row in rows])


def grades(path: Path) -> list[tuple[str, str]]:
    """Grade and score of each essay."""
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["grade"], row["score"]) for row in csv.DictReader(file)]


def test_twins_averaged_say_what_one_says(command: Command, trained: Trained, twin: Path) -> None:
    """An ensemble is scored with, explained and registered like any bundle."""
    shown = command("ensemble", "make", "both", "-m", trained.bundle, "-m", twin)
    assert 0 == shown.code
    assert "0.500" in shown.out
    (made,) = Path("output/ensembles").iterdir()
    essays(8)
    for model, to in ((trained.bundle, "one.csv"), (made, "both.csv")):
        assert 0 == command("score", "new.csv", "--model", model, "--output", to).code
    one, both = grades(Path("one.csv")), grades(Path("both.csv"))
    assert [grade for grade, _ in one] == [grade for grade, _ in both]
    assert [float(score) for _, score in one] == pytest.approx([float(score) for _, score in both], abs=1e-5)
    assert 0 == command("explain", "new.csv", "--essay", "essay-00001", "--model", made).code
    assert 0 == command("registry", "register", made).code


def test_weights_are_learnt_on_graded_essays(command: Command, trained: Trained, twin: Path) -> None:
    """With as many as it takes the bundle says how good it is; with fewer nothing is made."""
    asked = ("ensemble", "make", "both", "-m", trained.bundle, "-m", twin, "--stack-on", "new.csv")
    essays(40)
    refused = command(*asked)
    assert 2 == refused.code
    assert "too few to stack on" in refused.err
    assert not Path("output/ensembles").exists()
    essays(80)
    shown = command(*asked)
    assert 0 == shown.code
    assert "QWK on those essays" in shown.out
    (made,) = Path("output/ensembles").iterdir()
    known = load_bundle(made).metadata
    assert ("stacked", 80) == (known.decision, known.hyperparameters["stacked_on"])
    assert "qwk" in known.metrics
    assert load_bundle(trained.bundle).metadata.data.columns == known.data.columns
