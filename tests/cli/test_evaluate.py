"""`gradewise evaluate`: a model beside a teacher, on essays that it has not seen."""

from pathlib import Path

from gradewise.testing.synthetic import generate_essays, to_rows
from trials import Command, Trained, only_run, read_json, visible_files, write_csv


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
