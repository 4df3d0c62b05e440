"""`gradewise evaluate` with a model of classes."""

from pathlib import Path

import pytest

from gradewise.models.bundles.contents import write_bundle
from gradewise.testing.class_bundles import CLASSES, made_up_class_bundle, made_up_texts
from trials import Command, only_run, read_json, write_csv


@pytest.fixture
def texts(command: Command) -> Path:
    """Texts of every class, and some of none, beside a model."""
    del command  # it goes where nothing is yet
    write_bundle(made_up_class_bundle(), Path("bundle"))
    words, codes = made_up_texts(60, seed=9)
    rows = [
        {"text": text, "intent": CLASSES.grades[code]}
        for text, code in zip(words, codes.tolist(), strict=True)
    ]
    rows += [{"text": f"what about number {n}", "intent": "other"} for n in range(10)]
    return write_csv(Path("new.csv"), rows)


def test_texts_of_no_class_are_counted_apart(command: Command, texts: Path) -> None:
    """Figures are of texts with a class; the others show what is held back."""
    asked = ("--label-column", "intent", "--out-of-scope", "other", "-o", "out")
    outcome = command("evaluate", texts, "-m", "bundle", *asked)
    assert (0, "") == (outcome.code, "" if "macro F1" in outcome.out else outcome.out)
    assert "new texts (n=60)" in outcome.out
    assert "Of texts that belong to no class, 100.0" in outcome.out
    record = read_json(only_run(Path("out")) / "reports" / "report.json")
    assert 60 == record["evaluations"][0]["evaluation"]["n"]
    assert 10 == record["sections"]["out_of_scope"]["n_out"]
    assert 70 == record["data"]["n_essays"]
    assert record["scale"]["ordered"] is False


def test_the_label_that_the_model_knows_need_not_be_named(command: Command, texts: Path) -> None:
    """It stands in the bundle of a model that was trained with texts of no class."""
    write_bundle(made_up_class_bundle(out_of_scope="other"), Path("knowing"))
    outcome = command("evaluate", texts, "-m", "knowing", "--label-column", "intent", "-o", "out")
    assert "Of texts that belong to no class, 100.0" in outcome.out


def test_a_label_that_is_no_class_stops(command: Command, texts: Path) -> None:
    """Unless it is named, or such rows are left out."""
    asked = ("evaluate", texts, "-m", "bundle", "--label-column", "intent", "-o", "out", "-q")
    outcome = command(*asked)
    assert 0 != outcome.code
    assert "'other' is not one of the classes (greeting" in outcome.err
    assert 0 == command(*asked, "--set-aside").code
    named = command(*asked, "--out-of-scope", "Refund")
    assert "out-of-scope label 'Refund' is a class of model intents" in named.err


def test_texts_without_any_class_are_refused(command: Command, texts: Path) -> None:
    """Where every text is of no class there is nothing to hold the model against."""
    write_csv(texts, [{"text": "hello there", "intent": "other"}])
    outcome = command(
        "evaluate", texts, "-m", "bundle", "--label-column", "intent", "--out-of-scope", "other"
    )
    assert "no text has a class of model intents (greeting" in outcome.err
