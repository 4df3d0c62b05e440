"""`gradewise drift`: texts of today held against what a model learnt from."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.contents import write_bundle
from gradewise.testing.graders import made_up_bundle
from trials import Command, Row, Trained, essay_rows, read_json, write_csv


def halves(rows: Sequence[Row]) -> list[Row]:
    """The same essays, cut in half, without their grades."""
    return [{**row, "text": row["text"][: len(row["text"]) // 2], "grade": ""} for row in rows]


def test_a_training_keeps_its_profile(trained: Trained) -> None:
    """The profile stands among the artifacts and in the bundle, and the report has a section on it."""
    kept = load_bundle(trained.bundle).profile.data
    assert kept is not None
    assert kept.n == read_json(trained.run / "artifacts" / "data_profile.json")["n"]
    assert kept.said is not None
    assert "data_profile" in (trained.run / "reports" / "report.json").read_text(encoding="utf-8")


def test_essays_of_the_same_kind_raise_no_alarm(command: Command, trained: Trained) -> None:
    """The very essays of the model are as before, and the command says so."""
    outcome = command("drift", trained.essays, "--model", trained.run)
    assert 0 == outcome.code
    assert "of the same kind" in outcome.out
    assert "the model was trained on texts of essays.csv" in outcome.err


def test_changed_essays_raise_the_alarm(command: Command, trained: Trained) -> None:
    """Exit code 3, a page, gauges, and the names of what has drifted."""
    write_csv(Path("today.csv"), halves(essay_rows()))
    outcome = command(
        "drift",
        "today.csv",
        "--model",
        trained.run,
        "--json",
        "--output",
        "drift.html",
        "--metrics",
        "d.prom",
    )
    assert 3 == outcome.code
    found = json.loads(outcome.out)
    assert (1, "drift", 150) == (found["schema_version"], found["verdict"], found["n_now"])
    assert {"words", "characters"} <= set(found["drifted"])
    assert "Have the texts changed?" in Path("drift.html").read_text(encoding="utf-8")
    assert 'gradewise_drift_alarm{model="trial"} 1.0' in Path("d.prom").read_text(encoding="utf-8")


def test_two_files_are_compared_without_a_model(command: Command) -> None:
    """Lengths, words and labels need no model; new labels are drift."""
    rows = essay_rows()
    write_csv(Path("then.csv"), rows)
    write_csv(
        Path("now.csv"),
        [{**row, "grade": "never seen"} for row in rows] + [{**rows[0], "text": "", "id": "x"}],
    )
    outcome = command("drift", "now.csv", "--against", "then.csv")
    assert 3 == outcome.code
    assert "label has drifted" in outcome.out
    assert "1 row left out" in outcome.err


def test_few_texts_are_too_few(command: Command, trained: Trained) -> None:
    """Nothing is said of ten essays, and that is no failure."""
    write_csv(Path("few.csv"), essay_rows()[:10])
    outcome = command("drift", "few.csv", "--model", trained.run, "--against", trained.essays, "--quiet")
    assert 0 == outcome.code
    assert "Too few to tell" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--model", "old"), "no profile of the training data"),
        (("--against", "bare.csv"), "no column of texts found among number"),
    ],
    ids=["old-bundle", "no-texts"],
)
def test_what_cannot_be_compared_is_refused(
    command: Command, arguments: tuple[str, ...], complaint: str
) -> None:
    """The message says what is missing and what to do."""
    write_bundle(made_up_bundle(), Path("old"))
    Path("bare.csv").write_text("number\n1\n", encoding="utf-8")
    write_csv(Path("texts.csv"), essay_rows()[:10])
    outcome = command("drift", "texts.csv", *arguments)
    assert 2 == outcome.code
    assert complaint in outcome.complaint
