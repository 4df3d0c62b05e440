"""`gradewise evaluate`: a model beside a teacher, on essays that it has not seen."""

import csv
from pathlib import Path

from gradewise.testing.synthetic import generate_essays, to_rows
from trials import Command, Trained, essay_rows, only_run, read_json, visible_files, write_csv


def new_essays(path: Path, n: int = 40) -> Path:
    """Generated essays that no model here was trained on."""
    columns, rows = to_rows(generate_essays(n, seed=99))
    return write_csv(path, [dict(zip(columns, row, strict=True)) for row in rows])


def test_new_essays_are_evaluated(command: Command, trained: Trained) -> None:
    """Figures are shown, a report is written, and the run says what was asked."""
    new_essays(Path("new.csv"))
    outcome = command("evaluate", "new.csv", "--model", trained.run, "-o", "out")
    assert 0 == outcome.code
    assert "new essays (n=40)" in outcome.out
    run = only_run(Path("out"))
    assert f"run     {run}\n" in outcome.out
    assert "completed" == read_json(run / "status.json")["state"]
    record = read_json(run / "reports" / "report.json")
    assert 40 == record["evaluations"][0]["evaluation"]["n"]
    assert [] == record["notices"]
    assert {"plan.yaml", "report.html"} <= {path.name for path in visible_files(run)}


def test_options_of_older_names_are_understood(command: Command, trained: Trained) -> None:
    """`--model-path` and `--test-data-path` mean what they say; a plan may name the file too."""
    new_essays(Path("new.csv"), 12)
    old = command("evaluate", "--model-path", trained.bundle, "--test-data-path", "new.csv", "-o", "a", "-q")
    assert 0 == old.code
    Path("plan.yaml").write_text("data: {train: nowhere.csv, test: new.csv}\nevaluation: {resamples: 100}\n")
    planned = command("evaluate", "plan.yaml", "-m", trained.run, "-o", "b", "-q")
    assert 0 == planned.code
    assert 12 == read_json(only_run(Path("b")) / "reports" / "report.json")["data"]["n_essays"]


def test_essays_that_the_model_knows_are_told(command: Command, trained: Trained) -> None:
    """Evaluating on the very file of the training is possible, and said in terminal and report."""
    outcome = command("evaluate", trained.essays, "-m", trained.run, "-o", "out")
    assert 0 == outcome.code
    assert "note: the model was trained on essays of this very file, so the figures flatter it" in outcome.err
    (notice,) = read_json(only_run(Path("out")) / "reports" / "report.json")["notices"]
    assert "flatter" in notice


def test_essays_of_one_prompt_are_evaluated(command: Command, trained: Trained) -> None:
    """A prompt can be chosen, by whichever column holds it."""
    rows = [
        {"text": f"Essay number {n} is short.", "grade": "CD"[n % 2], "task": "ab"[n % 2]} for n in range(20)
    ]
    write_csv(Path("new.csv"), rows)
    outcome = command(
        "evaluate", "new.csv", "-m", trained.run, "--prompt", "a", "--prompt-column", "task",
        "--set-aside", "-o", "out",
    )  # fmt: skip
    assert 0 == outcome.code, outcome.err
    assert "new essays (n=10)" in outcome.out


def test_gates_are_shown_and_do_not_stop(command: Command, trained: Trained) -> None:
    """A gate that is not passed has its table on the terminal; the command has done what was asked."""
    new_essays(Path("new.csv"))
    outcome = command(
        "evaluate", "new.csv", "-m", trained.run, "--gates", "seeds", "--gates", "ctb2014", "-o", "out", "-q"
    )
    assert 0 == outcome.code
    assert "gates seeds: Not passed" in outcome.out
    assert "gates ctb2014: Not passed" in outcome.out
    assert "above 0.65" in outcome.out
    assert "✗ failed" in outcome.out
    record = read_json(only_run(Path("out")) / "reports" / "report.json")
    assert {"seeds", "ctb2014"} == set(record["sections"]["gates"])


def test_a_required_gate_decides_the_exit_code(command: Command, trained: Trained) -> None:
    """The report is written all the same, and the one line of error names the gates."""
    new_essays(Path("new.csv"))
    outcome = command("evaluate", "new.csv", "-m", trained.run, "--require-gates", "-o", "out", "-q")
    assert 3 == outcome.code
    assert "gates not passed: williamson2012; the table above says which rules" == outcome.complaint
    assert (only_run(Path("out")) / "reports" / "report.html").exists()


def test_gates_that_are_passed_are_a_line(command: Command, trained: Trained) -> None:
    """Where every rule that could be measured holds, the exit code is 0 and no table is shown."""
    graded = command("score", trained.essays, "-m", trained.run, "-o", "graded.csv")
    assert 0 == graded.code, graded.err
    with Path("graded.csv").open(encoding="utf-8", newline="") as opened:
        given = {row["id"]: row["grade"] for row in csv.DictReader(opened)}
    rows = [{**row, "grade": given[row["id"]]} for row in essay_rows()]
    write_csv(Path("agreed.csv"), rows)
    outcome = command(
        "evaluate", "agreed.csv", "-m", trained.run, "--gates", "seeds", "--require-gates", "-o", "out", "-q"
    )
    assert 0 == outcome.code, outcome.err
    assert "gates seeds: Passed: every rule that could be measured holds (4 of 4)." in outcome.out
    assert "above 0.65" not in outcome.out


def test_required_gates_that_cannot_be_judged_are_not_passed(command: Command, trained: Trained) -> None:
    """Data whose terms allow no figures, a plan without gates, and essays of the training pass nothing."""
    new_essays(Path("new.csv"), 12)
    card = "card: {name: found, licence: unknown}"
    for place, plan in (
        ("a", f"data: {{train: new.csv, {card}}}"),
        ("b", "data: {train: new.csv}\nevaluation: {gates: []}"),
        ("c", f"data: {{train: {trained.essays}}}"),
    ):
        Path("plan.yaml").write_text(plan)
        outcome = command("evaluate", "plan.yaml", "-m", trained.run, "--require-gates", "-o", place, "-q")
        assert 3 == outcome.code
        assert "gates are required and none was judged" in outcome.complaint
        assert "gates williamson2012" not in outcome.out


def test_an_unknown_gate_is_refused(command: Command, trained: Trained) -> None:
    """The message names the gates that there are."""
    new_essays(Path("new.csv"), 12)
    outcome = command("evaluate", "new.csv", "-m", trained.run, "--gates", "seed")
    assert 2 == outcome.code
    assert "'seeds', 'williamson2012', 'ctb2014' or 'classes'" in outcome.complaint


def test_a_second_teacher_is_named_by_an_option(command: Command, trained: Trained) -> None:
    """The report then says what two teachers reach; the label is not mistaken for it."""
    rows = [{**row, "again": row["grade"]} for row in essay_rows(60)]
    write_csv(Path("new.csv"), rows)
    outcome = command(
        "evaluate", "new.csv", "-m", trained.run, "--second-label-column", "again", "-o", "out", "-q"
    )
    assert 0 == outcome.code, outcome.err
    assert 1 == read_json(only_run(Path("out")) / "reports" / "report.json")["human"]["qwk"]["estimate"]
