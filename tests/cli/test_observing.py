"""Commands as logs and metrics show them."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from gradewise.cli import main as program
from gradewise.cli.observing import named_command
from gradewise.telemetry import correlation_id
from trials import Command, essay_rows, only_run, read_json, small_plan

MARK = "Zyxomfloq"
"""A word that stands in every essay, and nowhere else."""
SECRETS = {
    "GRADEWISE_METRICS_PUSH": "http://anna:hunter2222@127.0.0.1:9",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI",
    "PGPASSWORD": "geheim-im-env",
}
"""What the environment holds."""
HIDDEN = (MARK, "hunter2222", "wJalrXUtnFEMI", "geheim-im-env", "geheim-im-plan")


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a debug log that is asked for."""
    path = tmp_path / "log.jsonl"
    monkeypatch.setenv("GRADEWISE_LOG_FILE", str(path))
    monkeypatch.setenv("GRADEWISE_LOG_LEVEL", "debug")
    return path


def logged(path: Path) -> list[dict[str, Any]]:
    """Its lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("train plan.yaml", "train"),
        ("runs list --json", "runs list"),
        ("drop-column", "drop-column"),
        ("essay.txt", ""),
        ("runs", ""),
        ("runs essay", ""),
        ("train -h", ""),
        ("", ""),
    ],
)
def test_commands_are_known_by_name(typed: str, command: str) -> None:
    """Only names of commands are told, never what somebody typed in their place."""
    assert command == named_command(typed.split())


def test_a_command_is_logged_from_beginning_to_end(
    command: Command, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the correlation id of whoever calls; what was refused says why."""
    monkeypatch.setenv("GRADEWISE_CORRELATION_ID", "job-17")
    assert 0 == command("runs", "list").code
    assert 2 == command("runs", "show", "nothing").code
    assert 2 == command("score", "--no-such-option").code
    assert 0 == command("--version").code
    began, ended, _, refused, _, misused = logged(log)
    assert {("job-17", "runs list")} == {(line["correlation_id"], line["command"]) for line in (began, ended)}
    assert ("command_began", "command_ended", "done") == (began["event"], ended["event"], ended["outcome"])
    assert ("refused", "RunError") == (refused["outcome"], refused["error_type"])
    assert refused["reason"].startswith("there are no runs under output/")
    assert ("score", "refused") == (misused["command"], misused["outcome"])
    assert "" == correlation_id()


def test_a_fault_leaves_its_place_and_none_of_its_words(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is raised as ever."""

    def broken(*_arguments: object, **_options: object) -> None:
        int(f"an essay, {MARK}")

    monkeypatch.setattr(program, "app", broken)
    with pytest.raises(ValueError, match=MARK):
        program.run(["train", "plan.yaml"])
    ended = logged(log)[-1]
    assert ("failed", "error", "ValueError") == (ended["outcome"], ended["level"], ended["error_type"])
    assert ended["stack"][-1].endswith(" broken")
    assert MARK not in log.read_text()


def test_settings_that_cannot_be_are_refused(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line; help is shown all the same."""
    monkeypatch.setenv("GRADEWISE_LOG", "xml")
    assert "GRADEWISE_LOG is 'xml'; give one of off, json, console, or unset it" == (
        command("runs", "list").complaint
    )
    assert 0 == command("runs", "list", "--help").code


def test_neither_essays_nor_secrets_are_written_down(
    command: Command, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Training, scoring and failing leave logs, metrics and a database without a word of either."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GRADEWISE_METRICS_FILE", "gradewise.prom")
    rows = [{**row, "text": f"{row['text']} {MARK}."} for row in essay_rows(90)]
    plan = small_plan(
        tmp_path,
        rows,
        features={"groups": ["length", "surface"], "text_learners": []},
        model={"booster": {"rounds": 15}},
        evaluation={"resamples": 100, "shap": False},
        tune={"storage": "postgresql://a:geheim-im-plan@db/x"},
    )
    (tmp_path / "essay.txt").write_text(rows[0]["text"])
    trained = command("train", plan)
    run = only_run(tmp_path / "output")
    scored = command("score", "essay.txt", "--model", run / "artifacts" / "bundle")
    failed = command("score", "essay.txt", "--model", f"postgresql://a:geheim-im-plan@db/{MARK[:3]}")
    assert [0, 0, 2] == [outcome.code for outcome in (trained, scored, failed)]
    written = [log, *run.glob("*.log"), *run.glob("*.json"), *run.parent.parent.glob("experiments.*")]
    texts = {path.name: path.read_text(encoding="utf-8") for path in [*written, tmp_path / "gradewise.prom"]}
    texts |= {"stderr": trained.err + scored.err} | kept_in_registries(tmp_path)
    assert [] == [(name, word) for name, text in texts.items() for word in HIDDEN if word in text]
    ids = {line["correlation_id"] for line in logged(log) if line["command"] == "train"}
    assert {read_json(run / "status.json")["correlation_id"]} == ids
    assert "gradewise_command_seconds" in texts["gradewise.prom"]


def kept_in_registries(directory: Path) -> dict[str, str]:
    """Everything in every registry's database there."""
    found = {}
    for path in directory.rglob("registry.sqlite"):
        with sqlite3.connect(path) as database:
            found[str(path)] = "\n".join(database.iterdump())
        database.close()
    return found
