"""`gradewise robustness`: a model tried on changed essays."""

import shutil
from pathlib import Path

import pytest

from gradewise.evaluation.perturbations import PERTURBATIONS
from gradewise.testing.synthetic import generate_essays, to_rows
from trials import Command, Row, Trained, only_run, read_json, small_plan, visible_files, write_csv


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Essays are measured in this process: workers take longer to start."""
    monkeypatch.setenv("GRADEWISE_WORKERS", "1")


def few_rows(*columns: str) -> list[Row]:
    """Four generated essays that no model here was trained on."""
    names, rows = to_rows(generate_essays(4, seed=99))
    return [{name: dict(zip(names, row, strict=True))[name] for name in columns} for row in rows]


def test_a_run_is_tried_on_the_essays_that_it_locked_away(command: Command, trained: Trained) -> None:
    """Without a file the model's own locked essays are changed; figures, page and record agree."""
    outcome = command("robustness", "--model", trained.run, "--sample", "5", "-o", "out")
    assert 0 == outcome.code, outcome.err
    assert "locked away when the model was trained" in outcome.err
    assert "How grades answer changes to 5 essays" in outcome.out
    assert all(each.title in outcome.out for each in PERTURBATIONS.values())
    run = only_run(Path("out"))
    assert f"run     {run}\n" in outcome.out
    found = read_json(run / "artifacts" / "robustness.json")
    by_name = {each["name"]: each for each in found["responses"]}
    assert (5, list(PERTURBATIONS)) == (found["n"], list(by_name))
    assert 5 == by_name["trailing_space"]["n"] == by_name["windows_line_ends"]["n"]
    report = read_json(run / "reports" / "report.json")
    assert found == report["sections"]["robustness"]
    assert "5 of " in report["notices"][-1]
    assert "completed" == read_json(run / "status.json")["state"]
    assert 0 == by_name["windows_line_ends"]["changed"]["estimate"]
    assert by_name["many_slips"]["change"]["estimate"] < 0


def test_a_file_without_grades_will_do(command: Command, trained: Trained) -> None:
    """Texts are enough; the task can be given, and of so few essays nothing is concluded."""
    write_csv(Path("plain.csv"), few_rows("text"))
    task = ("--prompt-text", "Write about dogs.")
    outcome = command("robustness", "plain.csv", "-m", trained.bundle, *task, "-o", "out", "-q")
    assert (0, "") == (outcome.code, outcome.err)
    record = read_json(only_run(Path("out")) / "artifacts" / "robustness.json")
    by_name = {each["name"]: each for each in record["responses"]}
    assert 0 < by_name["task_copied"]["n"] <= by_name["trailing_space"]["n"] == 4
    assert {"not shown", "not tried"} == {each["verdict"] for each in record["responses"]}
    again = command("robustness", "--data", "plain.csv", "-m", trained.bundle, "-o", "again", "-q")
    assert "–" in next(line for line in again.out.splitlines() if "task copied" in line)


def test_blocked_data_shows_no_figure(command: Command, trained: Trained) -> None:
    """Where the card allows smoke tests only, neither terminal nor any file holds a figure."""
    card = {"name": "found", "licence": "unknown"}
    plan = small_plan(Path(), few_rows("id", "text", "grade"), data={"train": "essays.csv", "card": card})
    outcome = command("robustness", plan, "-m", trained.run, "-o", "out", "-q")
    assert 0 == outcome.code, outcome.err
    assert "No figures: the dataset card blocks metrics" in outcome.out
    run = only_run(Path("out"))
    assert not (run / "artifacts" / "robustness.json").exists()
    assert {} == read_json(run / "reports" / "report.json")["sections"]
    assert not any("≤ +0.25" in path.read_text(encoding="utf-8") for path in visible_files(run))


def test_a_model_without_its_run_is_tried_on_generated_essays(command: Command, trained: Trained) -> None:
    """The newest model under output is taken; its essays are gone, so others are generated and shown."""
    shutil.copytree(trained.run, Path("output/trial/20260101_000000"))
    outcome = command("robustness", "--sample", "3")
    assert 0 == outcome.code, outcome.err
    assert "3 essays generated: output/robustness/essays.csv" in outcome.err
    assert "the essays are generated and may be unlike those that the model is for" in outcome.err
    assert Path("output/robustness/essays.csv").is_file()
    (page,) = Path("output/robustness").glob("*/reports/report.html")
    assert "Is it robust?" in page.read_text(encoding="utf-8")


def test_options_without_their_file_are_refused(command: Command, trained: Trained) -> None:
    """How to read a file is not silently ignored when none is named."""
    refused = command("robustness", "-m", trained.run, "--prompt", "Homework")
    assert 2 == refused.code
    assert "none is named; name it, such as: gradewise robustness essays.csv" in refused.complaint


def test_no_essays_and_no_model_are_refused(command: Command) -> None:
    """Changing none is no trial, and without a model there is nothing to try."""
    assert "gradewise robustness --help" in command("robustness", "--sample", "0").complaint
    assert "no model under output/" in command("robustness").complaint
