"""`gradewise check-data`: every row looked at, nothing learnt."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
import yaml

from gradewise.testing.malformed_rows import WIDTH, csv_table
from gradewise.workflows.plans.classifier import usual_columns
from trials import Command, changed, essay_rows, write_csv


def _plan(data: dict[str, Any], **sections: Any) -> Path:
    Path("plan.yaml").write_text(yaml.safe_dump({"data": data, **sections}), encoding="utf-8")
    return Path("plan.yaml")


def test_bad_rows_are_counted_by_reason_and_shown(command: Command) -> None:
    """With all that is expected of columns; the exit code says that a training would stop."""
    table = csv_table(1, of_each=2, n_sound=20)
    Path("rows.csv").write_bytes(table.content)
    expected = {name: each.model_dump(exclude_defaults=True) for name, each in usual_columns(WIDTH).items()}
    columns = {"id": "id", "text": "text", "label": "intent", "written_at": "timestamp"}
    plan = _plan(
        {"train": "rows.csv", "columns": columns, "expected": expected}, task="nominal",
        features={"given": ["embeddings__*", "timestamp__hour", "has_personal_info"]},
    )  # fmt: skip
    shown = command("check-data", plan, "--rows", "3")
    assert 2 == shown.code, shown.err
    assert "rows.csv: 77 rows, " in shown.out
    assert "broken quotes" in shown.out
    assert "more: --rows N, or --json for all" in shown.out
    assert "a training stops at these rows" in shown.out
    assert "a spreadsheet numbers them one higher" in shown.out

    told = command("check-data", plan, "--set-aside", "--json", "-q")
    (file,) = json.loads(told.out)["files"]
    found = {row["row"] for row in file["rows_set_aside"]}
    unknown = {
        row for row, reason in table.reasons.items() if reason == "unknown label"
    }  # no classes are named
    assert (0, set(table.reasons) - unknown) == (told.code, found)


def test_sound_essays_pass(command: Command) -> None:
    """A file needs no plan; its scale is looked for, and one that is not found is no fault of a row."""
    write_csv(Path("essays.csv"), essay_rows(30))
    sound = command("check-data", "essays.csv")
    assert 0 == sound.code
    assert "essays.csv: 30 rows, all sound\n\n30 rows can be used" in sound.out
    rows = [{**row, "grade": f"class {number % 3}"} for number, row in enumerate(essay_rows(30))]
    write_csv(Path("classes.csv"), rows)
    assert "30 rows can be used" in command("check-data", "classes.csv").out
    assert 2 == command("check-data", "classes.csv", "--scale", "class 0,class 1").code
    without = [{"id": row["id"], "text": ""} for row in essay_rows(3)]
    write_csv(Path("empty.csv"), without)
    nothing = command("check-data", "empty.csv", "--set-aside")
    assert (2, True) == (nothing.code, "no row can be used" in nothing.out)


@pytest.mark.parametrize(
    ("stray", "known"), [("G", [*"FEDCBA"]), ("n/a", [*"123456"])], ids=["letters", "numbers"]
)
def test_a_label_that_stops_a_training_is_a_bad_row(command: Command, stray: str, known: list[str]) -> None:
    """Where nearly all labels are of one scale a training stops at the others, so they are no sound rows."""
    rows = [{**row, "grade": known[place % 6]} for place, row in enumerate(essay_rows(30))]
    write_csv(Path("essays.csv"), changed(rows, 3, grade=stray))
    found = command("check-data", "essays.csv")
    assert 2 == found.code
    assert "30 rows, 1 of them bad" in found.out
    assert f"row 4 (essay-00004): {stray!r} is not" in found.out
    assert "as nearly all labels suggest" in found.err


def test_a_pickle_is_read_where_it_is_allowed(command: Command) -> None:
    """Never unasked."""
    Path("essays.pkl").write_bytes(pickle.dumps(essay_rows(3)))
    refused = command("check-data", "essays.pkl")
    assert (2, True) == (refused.code, "--allow-pickle" in refused.complaint)
    assert 0 == command("check-data", "essays.pkl", "--allow-pickle").code


def test_rows_that_are_left_out_are_told(command: Command) -> None:
    """So is a locked test file; what is missing to begin with is named."""
    write_csv(Path("essays.csv"), [*essay_rows(20), {**essay_rows(1)[0], "id": "empty", "text": " "}])
    write_csv(Path("held.csv"), essay_rows(3))
    aside = command("check-data", "essays.csv", "--set-aside", "--test", "held.csv")
    assert 0 == aside.code
    assert "row 21 (empty): the text is empty" in aside.out
    assert "held.csv: 3 rows, all sound" in aside.out
    assert "leaves these rows out and uses 23 rows" in aside.out
    assert 2 == command("check-data").code
