"""`gradewise score`: one essay or many, as a table, CSV or JSON Lines."""

import csv
import io
import json
import os
import shutil
from dataclasses import astuple
from pathlib import Path

import pytest

from gradewise.models.bundles.archives import write_archive
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.storage import read_bundle_files
from retold_bundles import retold
from trials import Command, Trained, changed, essay_rows, only_run, small_plan, write_csv

GRADES = ("F", "E", "D", "D+", "C", "C+", "B", "A")


def records(text: str) -> list[dict[str, str]]:
    """Rows of CSV text."""
    return list(csv.DictReader(io.StringIO(text)))


def test_an_essay_as_option_file_or_standard_input_is_the_same(command: Command, trained: Trained) -> None:
    """However the text comes, byte order mark or not, grade and probabilities are equal."""
    text = essay_rows(1)[0]["text"]
    Path("essay.txt").write_text(text, encoding="utf-8-sig")
    asked = [
        command("score", "--text", text, "-m", trained.run, "-f", "csv"),
        command("score", "essay.txt", "-m", trained.bundle, "-f", "csv"),
        command("score", "-", "-m", trained.run, "-f", "csv", stdin=text.encode()),
    ]
    assert [0, 0, 0] == [outcome.code for outcome in asked]
    rows = [records(outcome.out)[0] for outcome in asked]
    assert ["text", "essay.txt", "standard input"] == [row.pop("id") for row in rows]
    assert rows[0] == rows[1] == rows[2]


def test_a_model_may_be_an_archive_or_lie_where_it_is_deployed(command: Command, trained: Trained) -> None:
    """It grades as the bundle does; a file of another kind is refused."""
    write_archive(read_bundle_files(trained.bundle), Path("model.zip"))
    Path("models/essays").mkdir(parents=True)
    Path("models/essays/production").symlink_to(trained.bundle)
    essay = ["score", "--text", essay_rows(1)[0]["text"], "-f", "csv", "-m"]
    expected = command(*essay, trained.bundle).out
    assert [expected] * 2 == [command(*essay, model).out for model in ("model.zip", "models/essays")]
    Path("model.txt").write_text("no model", encoding="utf-8")
    refused = command(*essay, "model.txt")
    assert (2, True) == (refused.code, "model.txt holds no model" in refused.complaint)


def test_a_panel_shows_grade_probabilities_and_reasons(command: Command, trained: Trained) -> None:
    """One essay is shown so that a teacher can check it; brackets in its name are letters."""
    Path("my [b]essay.txt").write_text(essay_rows(1)[0]["text"], encoding="utf-8")
    outcome = command("score", "my [b]essay.txt", "-m", trained.run, "--reasons", "3")
    assert 0 == outcome.code
    assert "my [b]essay.txt" in outcome.out
    assert "Strongest reasons" in outcome.out
    assert outcome.err.startswith("model trial ")


@pytest.mark.parametrize("form", ["table", "csv", "jsonl"])
def test_a_file_of_essays_is_graded_in_order(command: Command, trained: Trained, form: str) -> None:
    """Each form names every essay in the order of the file."""
    rows = essay_rows(5)
    write_csv(Path("five.csv"), rows)
    outcome = command("score", "five.csv", "-m", trained.run, "-f", form)
    assert 0 == outcome.code
    found = [outcome.out.find(row["id"]) for row in rows]
    assert found == sorted(found)
    assert -1 not in found


def test_csv_and_json_lines_say_the_same(command: Command, trained: Trained) -> None:
    """Probabilities sum to one, confidence is that of the grade, and both forms agree."""
    write_csv(Path("five.csv"), essay_rows(5))
    flat = records(command("score", "five.csv", "-m", trained.run, "-f", "csv").out)
    lines = command("score", "five.csv", "-m", trained.run, "-f", "jsonl").out.splitlines()
    assert 5 == len(flat)
    for row, full in zip(flat, map(json.loads, lines), strict=True):
        assert 1 == pytest.approx(sum(float(row[f"p_{grade}"]) for grade in GRADES), abs=1e-5)
        assert float(row["confidence"]) == float(row[f"p_{row['grade']}"])
        assert list(GRADES) == list(full["probabilities"])
        assert float(row[f"p_{row['likeliest']}"]) == max(float(row[f"p_{grade}"]) for grade in GRADES)
        assert row["likeliest"] == full.get("likeliest", full["grade"])
        assert (row["id"], row["grade"]) == (full["essay_id"], full["grade"])
        assert float(row["score"]) == pytest.approx(full["score"], abs=1e-5)
        assert 6 == len(full["reasons"])


def test_a_spreadsheet_opens_what_is_written_for_it(command: Command, trained: Trained) -> None:
    """Semicolons, decimal commas, the mark of UTF-8, no formula; and what there is to do is summed up."""
    write_csv(Path("five.csv"), [{**row, "pupil": f"=1+{n}"} for n, row in enumerate(essay_rows(5))])
    outcome = command(
        "score", "five.csv", "-m", trained.run, "--id-column", "pupil", "-f", "excel", "-o", "out.csv"
    )
    assert "5 graded essays (" in outcome.err
    assert " of them for a teacher to look at; written to out.csv" in outcome.err
    assert "this model lets no grade out without a look: its essays did not show that 95% of" in outcome.err
    text = Path("out.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert text.startswith("\ufeff")
    assert [f"'=1+{n}" for n in range(5)] == [row["id"] for row in rows]
    assert all(0 < float(row["confidence"].replace(",", ".")) <= 1 for row in rows)
    assert not any("." in row["confidence"] for row in rows)


def test_output_is_written_whole_or_not_at_all(
    command: Command, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suffix tells the form; when the disk is full the old file stays and nothing is left beside it."""
    write_csv(Path("five.csv"), essay_rows(5))
    for name in ("out.csv", "out.jsonl", "out.json", "out.ndjson"):
        assert 0 == command("score", "five.csv", "-m", trained.run, "-o", f"deep/{name}").code
    assert 5 == len(records(Path("deep/out.csv").read_text(encoding="utf-8")))
    before = {path: path.read_bytes() for path in Path("deep").iterdir()}

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        outcome = command("score", "five.csv", "-m", trained.run, "-o", "deep/out.csv")
    assert 1 == outcome.code
    assert "No space left on device; make room" in outcome.complaint
    assert before == {path: path.read_bytes() for path in Path("deep").iterdir()}


def test_a_place_that_is_no_directory_is_named(command: Command, trained: Trained) -> None:
    """A file where a directory should be is said."""
    Path("file").touch()
    outcome = command("score", "--text", "Dogs are good.", "-m", trained.run, "-o", "file/out.csv")
    assert 1 == outcome.code
    assert "file: " in outcome.complaint


def test_unusable_rows_can_be_left_out(command: Command, trained: Trained) -> None:
    """With --set-aside the rest is graded, and each row left out is said."""
    write_csv(Path("five.csv"), changed(changed(essay_rows(6), 2, text=" "), 4, text="😀"))
    outcome = command("score", "five.csv", "-m", trained.run, "-f", "csv", "--set-aside")
    assert "note: row 5 (essay 'essay-00005') is not graded: the text of 1 characters" in outcome.err
    assert (0, 4) == (outcome.code, len(records(outcome.out)))
    assert "note: row 3 (essay 'essay-00003') is not graded: the text is empty" in outcome.err


def test_columns_can_be_named(command: Command, trained: Trained) -> None:
    """Where names are unusual they are given."""
    rows = [{"who": row["id"], "what": row["text"]} for row in essay_rows(2)]
    write_csv(Path("odd.csv"), rows)
    outcome = command(
        "score", "odd.csv", "-m", trained.run, "--text-column", "what", "--id-column", "who",
        "-f", "csv", "--reasons", "0",
    )  # fmt: skip
    assert [row["who"] for row in rows] == [row["id"] for row in records(outcome.out)]
    assert {""} == {row["reasons"] for row in records(outcome.out)}
    shown = command("score", "odd.csv", "-m", trained.run, "--text-column", "what", "--reasons", "0")
    assert "row-000002" in shown.out


def test_columns_are_remembered_from_training(command: Command, trained: Trained) -> None:
    """A file that calls its columns as the training did is read so, in each command; a given option wins."""
    columns = {"text": "what", "label": "mark", "id": "who", "prompt": "grade"}
    kept = load_bundle(trained.bundle).metadata.data.columns
    assert ("text", "grade", "id", "prompt", "prompt_text") == astuple(kept)
    model = retold(trained.bundle, Path("model"), columns=columns)
    rows = [
        {"who": row["id"], "what": row["text"], "text": "Something else.", "mark": row["grade"], "grade": "9"}
        for row in essay_rows(5)
    ]
    write_csv(Path("odd.csv"), rows)
    graded = command("score", "odd.csv", "-m", model, "-f", "csv")
    assert [row["who"] for row in rows] == [row["id"] for row in records(graded.out)]
    assert "note: columns as in the model's training: text 'what', id 'who', prompt 'grade'\n" in graded.err
    write_csv(Path("plain.csv"), [{"id": row["who"], "text": row["what"]} for row in rows])
    plain = command("score", "plain.csv", "-m", model, "-f", "csv")
    assert (graded.out, False) == (plain.out, "training" in plain.err)
    won = command("score", "odd.csv", "-m", model, "-f", "csv", "--text-column", "text")
    assert 1 == len({row["grade"] for row in records(won.out)})
    assert "note: columns as in the model's training: id 'who', prompt 'grade'\n" in won.err
    explained = command("explain", "odd.csv", "--essay", rows[1]["who"], "-m", model, "--no-page")
    assert (0, True) == (explained.code, "training: text 'what', id 'who', prompt 'grade'" in explained.err)
    evaluated = command("evaluate", "odd.csv", "-m", model, "-o", "output")
    assert "training: text 'what', label 'mark', id 'who', prompt 'grade'\n" in evaluated.err


def test_rows_without_names_are_told_of(command: Command, trained: Trained) -> None:
    """Columns that could name them are not guessed at, as they may hold people's names; they are listed."""
    write_csv(Path("class.csv"), [{"pupil": "anna", "text": essay_rows(1)[0]["text"]}])
    graded = command("score", "class.csv", "-m", trained.run)
    assert 0 == graded.code
    assert "--id-column says what names them: pupil" in graded.err


def test_files_with_windows_letters_are_read_and_said(command: Command, trained: Trained) -> None:
    """An Excel file is graded, and how it was read is told."""
    rows = [{**row, "id": f"{row['id']}-å"} for row in essay_rows(2)]
    write_csv(Path("excel.csv"), rows, encoding="cp1252", comma=";")
    outcome = command("score", "excel.csv", "-m", trained.run, "-f", "csv")
    assert [row["id"] for row in rows] == [row["id"] for row in records(outcome.out)]
    assert "1252" in outcome.err


def test_the_newest_model_is_used_when_none_is_named(command: Command, trained: Trained) -> None:
    """Of the models under ./output the last one written grades."""
    for number, run in enumerate(("old/20260101_000000", "new/20250101_000000")):
        copy = Path("output") / run / "artifacts" / "bundle"
        shutil.copytree(trained.bundle, copy)
        os.utime(copy, (number, number))
    (Path("output/old/20260101_000000") / "artifacts/bundle/booster_00.txt").unlink()
    os.utime(Path("output/old/20260101_000000/artifacts/bundle"), (0, 0))
    assert 0 == command("score", "--text", "Dogs are good.").code


def test_a_model_that_knows_tasks_asks_for_them(command: Command) -> None:
    """Without the task the message says how to give it; with it, as option or column, the essay is graded."""
    small_plan(Path(), features={"groups": ["length", "prompt"]}, model={"booster": {"rounds": 5}})
    outcome = command("train", "plan.yaml", "-o", "output")
    assert "--prompt-text 'the task'" in outcome.out
    assert load_bundle(only_run(Path("output")) / "artifacts/bundle").metadata.data.task is None
    refused = command("score", "--text", "Dogs are good.")
    assert 2 == refused.code
    assert (
        "compares essays with their task, which is missing; give it with --prompt-text" in refused.complaint
    )
    task = ("--prompt-text", "Write about dogs.")
    assert 0 == command("score", "--text", "Dogs are good.", *task).code
    rows = essay_rows(2)
    write_csv(Path("two.csv"), rows)
    with_column = records(command("score", "two.csv", "-f", "csv").out)
    assert with_column == records(command("score", "two.csv", "-f", "csv", *task).out)
    write_csv(Path("bare.csv"), rows, columns=["id", "text"])
    assert 2 == command("score", "bare.csv").code
    assert 0 == command("score", "bare.csv", *task).code
    assert 2 == command("evaluate", "bare.csv").code
    of_one_task = retold(only_run(Path("output")) / "artifacts/bundle", Path("model"), task=task[1])
    known = command("score", "bare.csv", "-f", "csv", "-m", of_one_task)
    assert records(command("score", "bare.csv", "-f", "csv", *task).out) == records(known.out)
    assert "note: the task is not given: it is taken to be the one that all essays of the tr" in known.err
    write_csv(Path("mixed.csv"), changed(rows, 1, prompt_text=""))
    assert "the task of 1 of 2 essays is not given" in command("score", "mixed.csv", "-m", of_one_task).err
    explained = command("explain", "--text", "Dogs are good.", "-m", of_one_task, "--no-page")
    assert (0, True) == (explained.code, "the task is not given" in explained.err)


def test_the_only_task_of_the_training_is_taken(command: Command) -> None:
    """Where all essays of the training answer one task, `gradewise score essay.txt` needs no more."""
    rows = [{**row, "prompt": "one", "prompt_text": "Write about dogs."} for row in essay_rows(60)]
    plan = {"features": {"groups": ["length", "prompt"]}, "model": {"booster": {"rounds": 5}}}
    small_plan(Path(), rows, **plan)
    assert "--prompt-text" not in command("train", "plan.yaml", "-o", "output").out
    graded = command("score", "--text", "Dogs are good.", "-f", "csv")
    told = command("score", "--text", "Dogs are good.", "-f", "csv", "--prompt-text", "Write about dogs.")
    assert (0, graded.out) == (graded.code, told.out)
    assert ("the task is not given" in graded.err, "the task is not given" in told.err) == (True, False)
