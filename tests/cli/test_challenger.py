"""`gradewise challenger report` on the command line."""

import json
from collections.abc import Callable
from pathlib import Path

from gradewise.testing.synthetic import generate_essays, to_rows
from trials import Outcome, Trained, write_csv

Command = Callable[..., Outcome]


def test_two_models_are_judged_on_a_file(command: Command, trained: Trained) -> None:
    """The verdict comes first; the report is where it says; JSON says the same."""
    columns, rows = to_rows(generate_essays(20, seed=99))
    write_csv(Path("new.csv"), [dict(zip(columns, row, strict=True)) for row in rows])
    asked = ("challenger", "report", "--champion", trained.bundle, "--challenger", trained.bundle,
             "--data", "new.csv")  # fmt: skip
    shown = command(*asked)
    assert 0 == shown.code
    assert "Not yet: 20 essays cannot tell" in shown.out
    assert Path("output/challenger/challenger_report.html").is_file()
    told = json.loads(command(*asked, "--json").out)
    assert ("not yet", 20) == (told["readiness"], told["n"])


def test_it_must_know_what_to_judge_by(command: Command) -> None:
    """Neither a file nor the log, both, or a file without models: nothing is guessed."""
    assert 2 == command("challenger", "report").code
    assert 2 == command("challenger", "report", "--log", "--data", "new.csv").code
    assert "--challenger" in command("challenger", "report", "--data", "new.csv").err


def test_an_empty_log_says_what_to_do(command: Command) -> None:
    """Without corrections there is no verdict, and no trace."""
    shown = command("challenger", "report", "--log")
    assert 2 == shown.code
    assert "in the shadow" in shown.err
