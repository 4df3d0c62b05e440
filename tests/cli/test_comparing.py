"""`gradewise drop-column`, `sweep` and `ablation`: a table, a verdict and a place each."""

from pathlib import Path

import pytest

from trials import Command, essay_rows, only_run, read_json, small_plan

QUICK = {
    "features": {"groups": ["length", "surface"], "text_learners": []},
    "model": {"booster": {"rounds": 8, "learning_rate": 0.2, "max_leaves": 4}},
    "split": {"folds": 2},
}


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, command: Command) -> None:
    """A quick plan; essays are measured in this process."""
    monkeypatch.setenv("GRADEWISE_WORKERS", "1")
    small_plan(Path(), essay_rows(90), **QUICK)


def test_columns_are_shown_with_advice(command: Command) -> None:
    """Options reach the plan; the table has the most useful columns, the rest is in the report."""
    outcome = command(
        "drop-column",
        "plan.yaml",
        "--seeds",
        "1",
        "--noise-columns",
        "2",
        "--stable-share",
        "0.7",
        "-o",
        "out",
    )
    assert 0 == outcome.code, outcome.err
    assert "What each column adds to all the others" in outcome.out
    assert "inside the noise" in outcome.out
    assert "more are in the report" in outcome.out
    run = only_run(Path("out"))
    assert str(run / "reports" / "drop_column_importance.html") in outcome.out
    record = read_json(run / "artifacts" / "drop_column_importance.json")
    assert (1, 2, 0.7) == (record["n_seeds"], len(record["noise"]["columns"]), record["stable_share"])


def test_one_column_is_asked_for_by_name(command: Command) -> None:
    """Repeatable, and a wrong name is refused with the nearest."""
    outcome = command(
        "drop-column",
        "plan.yaml",
        "--column",
        "words",
        "--seeds",
        "1",
        "--noise-columns",
        "1",
        "-o",
        "out",
        "-q",
    )
    assert (0, "") == (outcome.code, outcome.err)
    assert "Of 1 column none surely adds" in outcome.out
    refused = command("drop-column", "plan.yaml", "--column", "wrods", "-q")
    assert 2 == refused.code
    assert "did you mean 'words'" in refused.complaint


@pytest.mark.parametrize("name", ["sweep", "xgb-sweep"])
def test_a_grid_from_a_file_is_ranked(name: str, command: Command) -> None:
    """By its present name and its older one."""
    Path("grid.yaml").write_text("model.booster.max_leaves: [3, 5, 6]", encoding="utf-8")
    outcome = command(
        name,
        "plan.yaml",
        "--grid-path",
        "grid.yaml",
        "--max-runs",
        "2",
        "--rank-by",
        "qwk",
        "-o",
        "out",
        "-q",
    )
    assert (0, "") == (outcome.code, outcome.err)
    assert "the plan’s own settings" in outcome.out
    assert "that are best on the other folds" in outcome.out
    definition = read_json(only_run(Path("out")) / "artifacts" / "sweep_definition.json")
    assert ("qwk", 3) == (definition["rank_by"], len(definition["configurations"]))


def test_parts_are_shown_beside_the_whole(command: Command) -> None:
    """All columns first."""
    outcome = command("ablation", "plan.yaml", "--seeds", "1", "-o", "out", "-q")
    assert (0, "") == (outcome.code, outcome.err)
    assert "without surface" in outcome.out
    assert "With all columns, agreement is" in outcome.out


@pytest.mark.parametrize("name", ["drop-column", "sweep", "ablation"])
def test_blocked_data_shows_no_table(name: str, command: Command) -> None:
    """A smoke test says that it is one."""
    card = {"name": "found", "licence": "unknown"}
    quick = {"drop_column": {"seeds": 1, "noise_columns": 1, "columns": ["words"]}, "ablation": {"seeds": 1}}
    sweep = {"grid": {"model.booster.max_leaves": [3]}}
    data = {"train": "essays.csv", "card": card}
    small_plan(Path(), essay_rows(90), **QUICK, **quick, sweep=sweep, data=data)
    outcome = command(name, "plan.yaml", "-o", "out", "-q")
    assert (0, "") == (outcome.code, outcome.err)
    assert "No figures are shown" in outcome.out
    assert "QWK" not in outcome.out
