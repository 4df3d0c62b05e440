"""`gradewise demo`: the whole thing in one command."""

from pathlib import Path

import pytest

from gradewise.workflows.plans import reading as plans
from gradewise.workflows.plans.plan import Plan
from trials import SMALL, Command, essay_rows, write_csv


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer trees and resamples than a user gets."""
    make = plans.make_plan

    def quick(raw: dict[str, object], *, location: str) -> Plan:
        small = {name: SMALL[name] for name in ("model", "evaluation")}
        if raw.get("task") == "nominal":
            few = {"search": {"method": "none"}, "most_steps": 40}
            small = {"evaluation": SMALL["evaluation"], "classifier": {**raw["classifier"], **few}}  # type: ignore[dict-item]
        return make({**raw, **small}, location=location)

    monkeypatch.setattr("gradewise.cli.asking.make_plan", quick)


def test_generated_essays_are_written_trained_on_and_graded(command: Command) -> None:
    """A newcomer sees figures, files and one graded essay; the essays can be looked at."""
    outcome = command("demo", "--essays", "60", "--output", "out")
    assert 0 == outcome.code, outcome.err
    assert "60 essays generated: out/demo/essays.csv" in outcome.err
    for said in (
        "How good it is",
        "bundle  out/demo/",
        "One essay graded: sample-weak",
        "Strongest reasons",
    ):
        assert said in outcome.out
    assert Path("out/demo/essays.csv").is_file()


def test_own_essays_are_graded_beside_the_teachers_grade(command: Command) -> None:
    """With --data an essay of the locked test set is shown with the grade that it got."""
    write_csv(Path("mine.csv"), essay_rows(60))
    outcome = command("demo", "--data", "mine.csv", "-o", "out")
    assert 0 == outcome.code, outcome.err
    assert ", teacher's grade " in outcome.out


def test_generated_texts_are_classified(command: Command) -> None:
    """With --task nominal a newcomer sees figures, a text of one of the classes and one of none."""
    outcome = command("demo", "--task", "nominal", "--texts", "160", "--output", "out")
    assert 0 == outcome.code, outcome.err
    assert "160 texts with intents generated: out/demo/texts.csv" in outcome.err
    assert "every label that occurs but 'none_of_these'" in outcome.err
    for said in ("macro F1", "bundle  out/demo-intents/", "sample: known", "sample: of no intent"):
        assert said in outcome.out
    assert 161 == len(Path("out/demo/texts.csv").read_text("utf-8").splitlines())
    assert max(len(line) for line in outcome.out.splitlines() if "(n=" in line or "macro F1" in line) <= 80


def test_too_few_essays_are_refused(command: Command) -> None:
    """The least is said."""
    outcome = command("demo", "--essays", "3")
    assert 2 == outcome.code
    assert "60" in outcome.complaint
