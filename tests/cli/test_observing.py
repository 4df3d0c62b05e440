"""Commands as logs and metrics show them."""

import json
from getpass import getuser
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url

from databases import PostgresDatabases, shown
from gradewise.cli import main as program
from gradewise.cli.program import named_command
from gradewise.telemetry import correlation_id
from schools import School, essays_school
from trials import Command, changed, essay_rows, only_run, read_json, small_plan, write_csv

MARK = "Zyxomfloq"
"""A word that stands in every essay, and nowhere else."""
SECRETS = {
    "GRADEWISE_METRICS_PUSH": "http://anna:hunter2222@127.0.0.1:9",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI",
    "PGPASSWORD": "geheim-im-env",
}
"""What the environment holds."""
HIDDEN = (MARK, "hunter2222", "wJalrXUtnFEMI", "geheim-im-env", "geheim-im-plan", "geheim-im-url")
NOBODY = "postgresql://postgres@127.0.0.1:1/essays"
NO_VALUE = {
    "sqlite": (
        "CREATE VIEW essays AS SELECT essay_id, CAST(x'FF' || '{}' AS TEXT) AS text_content, grade,"
        " created_at FROM gone"
    ),
    "postgresql": (
        "CREATE VIEW essays AS SELECT essay_id, text_content, ('{}' || grade)::integer::text AS grade,"
        " created_at FROM gone"
    ),
}
"""Tables with a value that the database cannot make out, and would quote."""


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

    monkeypatch.setattr("gradewise.cli.program.program", broken)
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
    command: Command, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: PostgresDatabases
) -> None:
    """Training, scoring and failing leave logs, metrics and databases without a word of either."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GRADEWISE_METRICS_FILE", "gradewise.prom")
    monkeypatch.setenv("GRADEWISE_WORKERS", "2")
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
    with postgres.new() as url:
        monkeypatch.setenv("GRADEWISE_DATABASE_URL", with_password(url))
        trained = command("train", plan)
        kept = kept_on_server(url)
    monkeypatch.delenv("GRADEWISE_DATABASE_URL")
    run = only_run(tmp_path / "output")
    write_csv(tmp_path / "essays.csv", changed(rows, 5, grade="no grade"))
    refused = command("train", plan)
    scored = command("score", "essay.txt", "--model", run / "artifacts" / "bundle")
    failed = command("score", "essay.txt", "--model", f"postgresql://a:geheim-im-plan@db/{MARK[:3]}")
    assert [0, 2, 0, 2] == [outcome.code for outcome in (trained, refused, scored, failed)]
    written = [log, *run.glob("*.log"), *run.glob("*.json"), *run.parent.parent.glob("experiments.*")]
    texts = {path.name: path.read_text(encoding="utf-8") for path in [*written, tmp_path / "gradewise.prom"]}
    texts |= {"stderr": trained.err + refused.err + scored.err, "server": kept}
    assert {"train", "completed"} <= set(kept.split("\n"))
    assert [] == [(name, word) for name, text in texts.items() for word in HIDDEN if word in text]
    ids = {line["correlation_id"] for line in logged(log) if line["command"] == "train"}
    assert read_json(run / "status.json")["correlation_id"] in ids
    assert "gradewise_command_seconds" in texts["gradewise.prom"]


def with_password(url: str) -> str:
    """The URL of a database with a password, which a server that trusts us does not ask for."""
    named = make_url(url)
    return shown(named.set(username=named.username or getuser(), password="geheim-im-url"))  # noqa: S106


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_read_from_a_database_is_written_to_its_file_alone(
    command: Command, log: Path, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Neither extracting nor failing, at a value, a column or the server, tells of essays or secrets."""
    if kind == "sqlite":
        (tmp_path / "school.sqlite").touch()
        school = School(f"sqlite:///{tmp_path / 'school.sqlite'}")
    else:
        school = School(with_password(request.getfixturevalue("postgresql_url")))
    asked = ("extract-training-data", "--source-url", school.url, "-o")
    essays_school(school, {"essay_id": "a", "text_content": f"An essay, {MARK}.", "vector": [1, 2]})
    extracted = command(*asked, "training.parquet")
    school.run(f"UPDATE features SET feature_vector = '[1, \"{MARK}\"]'")  # noqa: S608 - of the tests
    no_number = command(*asked, "a.parquet")
    no_column = command(*asked, "b.parquet", "--label-from", "no_such_column")
    school.run(f"ALTER TABLE essays RENAME TO gone; {NO_VALUE[kind].format(MARK)}")
    no_value = command(*asked, "c.parquet")
    nobody = command("extract-training-data", "-o", "d.parquet", "--source-url", with_password(NOBODY))
    outcomes = (extracted, no_number, no_column, no_value, nobody)
    assert [0, 2, 2, 2, 1] == [outcome.code for outcome in outcomes]
    texts = {path.name: path.read_text(encoding="utf-8") for path in [log, *tmp_path.glob("*.json")]}
    texts |= {str(n): outcome.out + outcome.err for n, outcome in enumerate(outcomes)}
    assert [] == [(name, word) for name, text in texts.items() for word in HIDDEN if word in text]
    assert ["training.parquet"] == [each.name for each in tmp_path.glob("*.parquet")]
    assert "database_failed" in texts[log.name]


def kept_on_server(url: str) -> str:
    """Every value of every column of every table of the registry, as text."""
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = [
            row
            for (table,) in tables
            for row in connection.execute(SQL("SELECT * FROM {}").format(Identifier(table)))
        ]
    return "\n".join(str(value) for row in rows for value in row)
