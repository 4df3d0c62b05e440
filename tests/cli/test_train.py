"""`gradewise train`: from a file or a plan to a bundle and a report."""

import json
import re
from pathlib import Path

import pytest
import yaml

from gradewise.cli.rendering import SPOKEN
from gradewise.models.bundles.bundle import load_bundle
from trials import Command, Trained, changed, essay_rows, only_run, read_json, small_plan, write_csv


def test_training_leaves_a_bundle_a_report_and_a_completed_status(trained: Trained) -> None:
    """Everything that was promised is there, and the command says where."""
    assert "completed" == read_json(trained.run / "status.json")["state"]
    assert "trial" == load_bundle(trained.bundle).metadata.name
    names = {path.name for path in (trained.run / "reports").iterdir()}
    assert {"report.html", "report.md", "report.json"} == names
    for path in (trained.bundle, trained.run / "reports" / "report.html", trained.run):
        assert f"  {path}\n" in trained.stdout
    assert "quadratic weighted kappa" in trained.stdout


def test_gates_are_told_in_a_line(trained: Trained) -> None:
    """After training a reader sees whether the model would be let through, and why not."""
    (line,) = (line for line in trained.stdout.splitlines() if line.startswith("gates "))
    assert line.startswith("gates williamson2012: ")
    assert "for want of" in line


def test_the_bundle_records_where_it_came_from(trained: Trained) -> None:
    """Name, digest of the data, split plan, versions and intervals stand in its metadata."""
    metadata = load_bundle(trained.bundle).metadata
    splits = read_json(trained.run / "artifacts" / "splits.json")
    split_id = splits["schemes"]["stratified_text"]["id"]
    assert (split_id, splits["dataset_sha256"]) == (metadata.split_plan, metadata.data.sha256)
    assert splits["created_at"]
    assert metadata.metrics["qwk"].low <= metadata.metrics["qwk"].estimate <= metadata.metrics["qwk"].high
    assert {"gradewise", "lightgbm", "python"} <= set(metadata.versions)


def test_a_saved_plan_can_be_followed_again(command: Command, trained: Trained) -> None:
    """The plan in a run directory finds the same data from wherever one stands, and gives the same model."""
    assert 0 == command("train", trained.run / "plan.yaml", "--output", "again", "--quiet").code
    again = only_run(Path("again"))
    model = "artifacts/bundle/model.onnx"
    assert (trained.run / model).read_bytes() == (again / model).read_bytes()


def test_excel_files_work_as_excel_saves_them(command: Command) -> None:
    """Semicolons and Windows letters are understood and said; å ä ö survive."""
    rows = [{**row, "text": row["text"] + " Åsa käkar en öl."} for row in essay_rows(60)]
    write_csv(Path("excel.csv"), rows, encoding="cp1252", comma=";")
    small_plan(Path(), data={"train": "excel.csv"}, features={"groups": ["length"]})
    outcome = command("train", "plan.yaml", "-o", "out")
    assert 0 == outcome.code
    assert "1252" in outcome.err
    integrity = read_json(only_run(Path("out")) / "artifacts" / "integrity.json")
    assert 60 == integrity["n_essays"]


def test_xgboost_trains_and_grades(command: Command) -> None:
    """The other engine goes all the way to a graded essay."""
    small_plan(Path(), model={"engine": "xgboost", "booster": {"rounds": 30}})
    assert 0 == command("train", "plan.yaml", "-o", "out", "-q").code
    run = only_run(Path("out"))
    assert "xgboost" == load_bundle(run / "artifacts" / "bundle").metadata.framework
    assert 0 == command("score", "--text", "Dogs are good. I like them.", "--model", run).code


def test_prompt_holdout_shares_no_prompt(command: Command) -> None:
    """No prompt is on both sides of a fold, nor in training and test."""
    small_plan(Path())
    assert 0 == command("train", "plan.yaml", "--scheme", "prompt_holdout", "-o", "out", "-q").code
    splits = read_json(only_run(Path("out")) / "artifacts" / "splits.json")
    prompt = {row["id"]: row["prompt"] for row in essay_rows()}
    for fold in splits["prompt_holdout_folds"]:
        train = {prompt[each] for each in fold["train_record_ids"]}
        assert not train & {prompt[each] for each in fold["val_record_ids"]}
        assert not train & {prompt[each] for each in splits["test_record_ids"]}


def test_temporal_folds_judge_only_later_essays(command: Command) -> None:
    """The earliest block only trains: figures are over the essays that some fold held out."""
    small_plan(Path())
    assert 0 == command("train", "plan.yaml", "--scheme", "temporal", "-o", "out", "-q").code
    run = only_run(Path("out"))
    splits = read_json(run / "artifacts" / "splits.json")
    held_out = sum(len(fold["val_record_ids"]) for fold in splits["temporal_folds"])
    assert held_out < splits["record_counts"]["train"]
    evaluations = read_json(run / "reports" / "report.json")["evaluations"]
    assert [held_out, splits["record_counts"]["test"]] == [each["evaluation"]["n"] for each in evaluations]


def test_a_locked_test_file_is_the_test_set(command: Command) -> None:
    """Without ids the rows of both files are numbered, and those of the test file are told apart."""
    rows = [{key: row[key] for key in ("text", "grade")} for row in essay_rows()]
    write_csv(Path("held.csv"), rows[:30])
    small_plan(Path(), rows[30:])
    assert 0 == command("train", "plan.yaml", "--test", "held.csv", "-o", "out", "-q").code
    splits = read_json(only_run(Path("out")) / "artifacts" / "splits.json")
    assert [f"test-row-{row:06d}" for row in range(1, 31)] == splits["test_record_ids"]
    assert 120 == splits["record_counts"]["train"]


def test_a_saved_split_is_reused_and_guarded(command: Command, trained: Trained) -> None:
    """The same essays get the same parts; one changed grade is refused."""
    saved = trained.run / "artifacts" / "splits.json"
    small_plan(Path(), split={"reuse": str(saved), "seed": 7})
    assert 0 == command("train", "plan.yaml", "-o", "out", "-q").code
    assert saved.read_text() == (only_run(Path("out")) / "artifacts" / "splits.json").read_text()
    rows = essay_rows()
    write_csv(Path("essays.csv"), changed(rows, 3, grade="A" if rows[3]["grade"] != "A" else "F"))
    outcome = command("train", "plan.yaml", "-o", "refused", "-q")
    assert (2, False) == (outcome.code, Path("refused").exists())
    assert "grades changed since it was made" in outcome.complaint


@pytest.mark.parametrize(
    ("content", "said"),
    [("[]", "is not a saved split"), ("{", "is not a saved split, which is JSON"), (None, "cannot be read")],
)
def test_what_is_no_saved_split_is_refused(command: Command, content: str | None, said: str) -> None:
    """The message names the file."""
    if content is not None:
        Path("old.json").write_text(content)
    small_plan(Path(), split={"reuse": "old.json"})
    outcome = command("train", "plan.yaml", "-o", "refused", "-q")
    assert 2 == outcome.code
    assert said in outcome.complaint
    assert "old.json" in outcome.complaint


def ranged_rows() -> list[dict[str, str]]:
    """Essays of two tasks that are graded on different ranges."""
    order = ["F", "E", "D", "D+", "C", "C+", "B", "A"]
    return [
        {
            "id": row["id"],
            "text": row["text"],
            "essay_set": str(number % 2 + 1),
            "score": str(order.index(row["grade"]) // 2 if number % 2 else order.index(row["grade"]) + 3),
        }
        for number, row in enumerate(essay_rows())
    ]


@pytest.mark.parametrize("scale", [{1: "3-10", "2": "0-3"}, "asap", "0-3", None])
def test_one_prompt_of_several_ranges_is_trained_by_itself(command: Command, scale: object) -> None:
    """Whichever way its scale is known, essays of other prompts are not looked at."""
    small_plan(Path(), ranged_rows(), scale=scale, features={"groups": ["length"]})
    if scale == "asap":
        write_csv(
            Path("essays.csv"), [{**row, "essay_set": "34"[row["essay_set"] == "2"]} for row in ranged_rows()]
        )
    chosen = "4" if scale == "asap" else "2"
    outcome = command("train", "plan.yaml", "--prompt", chosen, "-o", "out")
    assert 0 == outcome.code, outcome.err
    assert "75 essays left out: prompt 75" in outcome.err
    assert ("0", "1", "2", "3") == load_bundle(only_run(Path("out")) / "artifacts" / "bundle").scale.grades


@pytest.mark.parametrize(
    ("scale", "said"),
    [
        ({1: "3-10", 2: "0-3"}, "2 different scales (3-10, 0-3) cannot be pooled"),
        (None, "prompts seem to have different ranges (prompt '2' goes to 3, '1' to 10)"),
    ],
)
def test_prompts_of_different_ranges_are_not_pooled(command: Command, scale: object, said: str) -> None:
    """The message says how to choose one."""
    small_plan(Path(), ranged_rows(), scale=scale)
    outcome = command("train", "plan.yaml", "-o", "refused")
    assert (2, False) == (outcome.code, Path("refused").exists())
    assert said in outcome.complaint
    assert "--prompt" in outcome.complaint


def test_a_blocked_dataset_trains_and_shows_no_figure(command: Command) -> None:
    """With an unknown licence everything runs, and no metric is printed or written anywhere."""
    small_plan(Path(), data={"train": "essays.csv", "card": {"name": "found", "licence": "unknown"}})
    outcome = command("train", "plan.yaml", "-o", "out", "-q")
    assert 0 == outcome.code
    assert "No figures: the dataset card blocks metrics" in outcome.out
    assert "gates " not in outcome.out
    run = only_run(Path("out"))
    record = read_json(run / "reports" / "report.json")
    assert [[], [], []] == [record[key] for key in ("evaluations", "baselines", "importance")]
    bundle = run / "artifacts" / "bundle"
    assert {} == read_json(bundle / "model_metadata.json")["metrics"]
    written = [*(run / "reports").iterdir(), bundle / "model_card.md", run / "run.log"]
    # The plan, which the report holds, names what gates would ask about; that is no figure.
    texts = [outcome.out, *(re.sub(r"metric: \w+", "", path.read_text(encoding="utf-8")) for path in written)]
    for name in (*SPOKEN, *SPOKEN.values()):
        if len(name) > len("qwk"):  # three letters occur in digests
            assert not [text for text in texts if name.casefold() in text.casefold()], name
    blocked = command("evaluate", "plan.yaml", "--model", run, "-o", "ev", "-q")
    assert "No figures" in blocked.out
    assert [] == read_json(only_run(Path("ev")) / "reports" / "report.json")["evaluations"]


def test_options_win_over_the_plan(command: Command) -> None:
    """What is typed is what runs, and what is saved."""
    small_plan(Path())
    assert 0 == command(
        "train", "--config", "plan.yaml", "--experiment-name", "other", "--seed", "5", "--decision",
        "rounding", "--language", "sv", "-o", "out", "-q",
    ).code  # fmt: skip
    saved = yaml.safe_load((only_run(Path("out")) / "plan.yaml").read_text())
    assert ["other", "sv", 5, 5, "rounding"] == [
        saved["name"], saved["language"], saved["split"]["seed"], saved["model"]["seed"],
        saved["model"]["decision"],
    ]  # fmt: skip


def test_unusable_rows_can_be_left_out(command: Command) -> None:
    """With --set-aside a bad grade and an empty text are left out, counted and said."""
    rows = changed(changed(essay_rows(), 4, grade="Q"), 9, text=" ")
    small_plan(Path(), rows, features={"groups": ["length"]})
    outcome = command("train", "plan.yaml", "--set-aside", "-o", "out")
    assert 0 == outcome.code
    assert "note: 2 rows set aside, the first (row 5): 'Q' is not a grade" in outcome.err
    integrity = read_json(only_run(Path("out")) / "artifacts" / "integrity.json")
    assert {"empty text": 1, "unknown label": 1} == integrity["set_aside"]
    told = (
        (only_run(Path("out")) / "reports" / "rows_set_aside.jsonl").read_text(encoding="utf-8").splitlines()
    )
    assert [(5, "unknown label"), (10, "empty text")] == [
        (each["row"], each["reason"]) for each in map(json.loads, told)
    ]
    assert "Rows that were left out" in (only_run(Path("out")) / "reports" / "report.md").read_text("utf-8")


def test_both_files_are_looked_at_for_faults(command: Command) -> None:
    """What was set aside in a locked test file is counted with the rest."""
    rows = essay_rows()
    write_csv(Path("held.csv"), changed(rows[:30], 2, text=""))
    small_plan(Path(), changed(rows[30:], 2, text=""), features={"groups": ["length"]})
    assert 0 == command("train", "plan.yaml", "--test", "held.csv", "--set-aside", "-o", "out", "-q").code
    integrity = read_json(only_run(Path("out")) / "artifacts" / "integrity.json")
    assert {"empty text": 2} == integrity["set_aside"]


def test_prompts_that_no_essay_has_are_said(command: Command) -> None:
    """A misspelled prompt beside a right one is noticed."""
    small_plan(Path(), features={"groups": ["length"]})
    outcome = command("train", "plan.yaml", "--prompt", "Homework", "--prompt", "Homwork", "-o", "out")
    assert "no essay has prompt 'Homwork', which the filters name" in outcome.err
