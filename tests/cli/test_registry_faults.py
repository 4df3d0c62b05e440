"""Commands whose database is down, held, harmed or gone: one line that says what to do, exit code 1."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from gradewise.models.bundles.bundle import load_bundle
from trials import Command, Trained, essay_rows, only_run, read_json, small_plan

SECRET = "geheim"  # noqa: S105 - that is the point
DOWN = f"postgresql://anna:{SECRET}@127.0.0.1:1/models"
SHORT_S = 0.1


@pytest.mark.parametrize(
    "arguments",
    [
        ["registry", "register", "BUNDLE"],
        ["registry", "promote", "trial", "--stage", "staging"],
        ["registry", "rollback", "trial"],
        ["registry", "archive", "trial"],
        ["registry", "prune"],
        ["registry", "repair"],
        ["registry", "verify"],
        ["registry", "list"],
        ["registry", "latest"],
        ["registry", "summary"],
        ["registry", "show", "trial"],
        ["registry", "history"],
        ["registry", "diff", "trial", "trial@latest"],
        ["registry", "export", "-o", "models.csv"],
        ["registry", "fetch", "trial", "--to", "copy"],
        ["validate", "ESSAYS", "--model", "BUNDLE"],
        ["validate", "ESSAYS", "--model", "trial"],
        ["db", "current"],
        ["db", "check"],
        ["db", "upgrade"],
    ],
    ids=" ".join,
)
def test_a_database_that_is_down(
    command: Command, trained: Trained, monkeypatch: pytest.MonkeyPatch, arguments: Sequence[str]
) -> None:
    """Every command that needs it says so without the password, and leaves nothing behind."""
    monkeypatch.setenv("GRADEWISE_DATABASE_URL", DOWN)
    places = {"BUNDLE": trained.bundle, "ESSAYS": trained.essays}
    refused = command(*(places.get(each, each) for each in arguments))
    assert (1, "") == (refused.code, refused.out)
    assert "postgresql://anna@127.0.0.1:1/models cannot be reached; check that" in refused.complaint
    assert SECRET not in refused.err
    assert [] == [each for each in Path().rglob("*") if each.is_file()]


@pytest.fixture
def registered(command: Command, trained: Trained) -> Path:
    """The file of a registry that has a model."""
    assert 0 == command("registry", "register", trained.run, "-q").code
    return Path("models/.registry/registry.sqlite")


def test_a_database_that_another_holds(
    command: Command, registered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who looks is not kept; who acts is told, and can do so afterwards."""
    monkeypatch.setenv("GRADEWISE_DATABASE_URL", f"sqlite:///{registered}?statement_timeout={SHORT_S}")
    with closing(sqlite3.connect(registered)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert 0 == command("registry", "list").code
        assert 0 == command("registry", "verify", "-q").code
        held = command("registry", "archive", "trial", "-q")
        assert (1, "") == (held.code, held.out)
        assert "did not answer in time, or others held what was needed; try again" in held.complaint
    assert 0 == command("registry", "archive", "trial", "-q").code


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(lambda _: b"no database " * 1000, "is no SQLite database; choose another", id="garbage"),
        pytest.param(lambda whole: whole[: len(whole) // 2], "is damaged; put it aside", id="cut short"),
    ],
)
def test_a_database_that_was_harmed(
    command: Command, registered: Path, content: Callable[[bytes], bytes], words: str
) -> None:
    """It is left as it is, and named."""
    harmed = content(registered.read_bytes())
    registered.write_bytes(harmed)
    for arguments in (("list",), ("repair",), ("archive", "trial")):
        refused = command("registry", *arguments)
        assert (1, "") == (refused.code, refused.out)
        assert words in refused.complaint
        assert str(registered) in refused.complaint
    assert harmed == registered.read_bytes()


def test_a_run_is_none_the_worse_for_a_database_that_is_down(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model is trained all the same; a note says that the registry does not know of the run, and why."""
    monkeypatch.setenv("GRADEWISE_DATABASE_URL", DOWN)
    plan = small_plan(Path(), essay_rows(90))
    trained = command("train", plan, "--output", "output")
    assert 0 == trained.code, trained.err
    assert "note: " in trained.err
    assert "postgresql://anna@127.0.0.1:1/models cannot be reached" in " ".join(trained.err.split())
    assert SECRET not in trained.err
    load_bundle(only_run(Path("output")) / "artifacts" / "bundle")


def test_a_report_that_cannot_be_kept_is_not_lost(
    command: Command, trained: Trained, registered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The validation is shown and written; the message says where, and how it comes to the model."""
    monkeypatch.setenv("GRADEWISE_DATABASE_URL", f"sqlite:///{registered}?statement_timeout={SHORT_S}")
    easy = {
        "data": {"train": str(trained.essays)},
        "evaluation": {"resamples": 100},
        "promotion": {"gates": [{"metric": "qwk", "at_least": 0.1}]},
    }
    Path("easy.yaml").write_text(yaml.safe_dump(easy), encoding="utf-8")
    asked = ("validate", trained.essays, "--model", "trial", "--plan", "easy.yaml", "-q")
    with closing(sqlite3.connect(registered)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        shown = command(*asked)
    assert 1 == shown.code
    assert "1 of 1" in shown.out
    written = only_run(Path("output")) / "artifacts" / "validation.json"
    assert f"; the report is in {written} and not with the model: validate again" in shown.complaint
    assert read_json(written)["passed"]
    kept = command(*asked)
    assert 0 == kept.code, kept.err
    assert "with the model, in the registry" in kept.out
