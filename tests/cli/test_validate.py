"""`gradewise validate`: a model held to its gates."""

from pathlib import Path

import pytest
import yaml

from gradewise.testing.synthetic import generate_essays, to_rows
from trials import Command, Trained, only_run, read_json, write_csv

EASY = {
    "data": {"train": "new.csv"},
    "promotion": {"gates": [{"metric": "qwk", "at_least": 0.1}, {"metric": "changed_grades", "at_most": 0}]},
    "evaluation": {"resamples": 100},
}


@pytest.fixture(autouse=True)
def _files(command: Command) -> None:
    """Essays that the model has not seen, and a plan with rules that it meets."""
    columns, rows = to_rows(generate_essays(60, seed=99))
    write_csv(Path("new.csv"), [dict(zip(columns, row, strict=True)) for row in rows])
    Path("easy.yaml").write_text(yaml.safe_dump(EASY), encoding="utf-8")


def test_a_model_that_passes_leaves_with_0(command: Command, trained: Trained) -> None:
    """The table shows each rule, and the record lies where it was asked for."""
    outcome = command(
        "validate", "--model", trained.run, "--validation-data", "new.csv", "--plan", "easy.yaml",
        "--against", trained.bundle, "--output", "report.json", "-q",
    )  # fmt: skip
    assert 0 == outcome.code, outcome.err
    assert "gates promotion: Passed: every rule that could be measured holds (2 of 2)." in outcome.out
    assert f"Register it:  gradewise registry register {trained.run}" in outcome.out
    record = read_json(Path("report.json"))
    assert (True, 60) == (record["passed"], record["n"])
    assert isinstance(record["qwk"], float)
    assert record["model"] == {key: record["against"][key] for key in record["model"]}
    assert [Path("models/.registry")] == list(Path("models").iterdir())  # where runs are written down


def test_a_model_that_does_not_pass_leaves_with_1(command: Command, trained: Trained) -> None:
    """A plan may name essays and rules at once; judged by the estimate, nothing is left open."""
    hard = {
        **EASY,
        "promotion": {
            "gates": [{"metric": "accuracy", "at_least": 0.9}, {"metric": "group_dsm", "within": 0.1}],
            "judged_by": "estimate",
        },
    }
    Path("hard.yaml").write_text(yaml.safe_dump(hard), encoding="utf-8")
    outcome = command("validate", "hard.yaml", "-m", trained.run, "--against", "none", "-q")
    assert 1 == outcome.code
    assert "at least 0.90" in outcome.out
    assert "✗ failed" in outcome.out
    assert "The report shows each rule beside what was found" in outcome.out
    record = read_json(only_run(Path("output")) / "artifacts" / "validation.json")
    assert "estimate" == record["gates"]["judged_by"]
    assert ["failed", "not measured"] == [rule["verdict"] for rule in record["gates"]["rules"]]


def test_what_cannot_be_found_is_refused(command: Command, trained: Trained) -> None:
    """A model that is neither a path nor registered, and production where nothing is."""
    unknown = command("validate", "--model", "nowhere", "--data", "new.csv")
    assert 2 == unknown.code
    assert "'nowhere' is no bundle or run directory" in unknown.complaint
    nothing = command("validate", "-m", trained.run, "--against", "production", "--data", "new.csv")
    assert 2 == nothing.code
    assert "no model 'trial' is in production" in nothing.complaint


def test_two_models_are_compared(command: Command, trained: Trained) -> None:
    """A model beside itself: no difference anywhere, nothing changes, and what it knows by heart is said."""
    outcome = command(
        "compare",
        "--model-a",
        trained.run,
        "--model-b",
        trained.bundle,
        "--data",
        trained.essays,
        "-o",
        "out",
    )
    assert 0 == outcome.code, outcome.err
    assert "0 essays of 150 (0\u202f%) get another grade" in outcome.out
    assert "By the teacher’s grade" in outcome.out
    assert "has learnt from 120 of the 150 essays; those flatter it" in outcome.out
    record = read_json(only_run(Path("out")) / "artifacts" / "model_comparison.json")
    assert 30 == record["unseen_by_both"]["n"]
    assert [] == record["changed"]["essays"]


def test_a_comparison_needs_essays(command: Command, trained: Trained) -> None:
    """The message says how to name them."""
    outcome = command("compare", "--model-a", trained.run, "--model-b", trained.run)
    assert 2 == outcome.code
    assert "--data essays.csv" in outcome.complaint


def test_a_registered_model_is_named_as_the_registry_names_it(command: Command, trained: Trained) -> None:
    """What gates said stays with it, so that promoting it asks for no second look."""
    assert 0 == command("registry", "register", trained.run, "-q").code
    asked = ("--data", "new.csv", "--plan", "easy.yaml")
    judged = command("validate", "-m", "trial", *asked, "-q")
    assert 0 == judged.code, judged.err
    assert "kept    with the model, in the registry" in judged.out
    assert "Promote it:  gradewise registry promote trial:" in judged.out
    for stage in ("staging", "production"):
        promoted = command("registry", "promote", "trial", "--stage", stage, *asked)
        assert 0 == promoted.code, promoted.err
        assert "gates were judged before" in promoted.err
    beside = command("compare", "--model-a", "trial@production", "--model-b", trained.run, "new.csv", "-q")
    assert 0 == beside.code, beside.err
    against = command("validate", "-m", trained.run, "--against", "production", *asked, "-q")
    assert 0 == against.code, against.err


def test_gates_that_cannot_be_judged_are_set_aside_with_a_reason(command: Command, trained: Trained) -> None:
    """Terms that allow no figures stop a promotion, unless a reason is given, which is kept."""
    assert 0 == command("registry", "register", trained.run, "-q").code
    blocked = {"data": {"train": "new.csv", "card": {"name": "found", "licence": "unknown"}}}
    Path("blocked.yaml").write_text(yaml.safe_dump(blocked), encoding="utf-8")
    asked = (
        "registry",
        "promote",
        "trial",
        "--stage",
        "staging",
        "--data",
        "new.csv",
        "--plan",
        "blocked.yaml",
    )
    stopped = command(*asked)
    assert 2 == stopped.code
    assert "dataset found is for smoke tests only" in stopped.complaint
    assert 0 == command(*asked, "--override", "a smoke test of staging").code
