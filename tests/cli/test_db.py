"""`gradewise db`: tables are made, shown and compared from the command line."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gradewise.adapters.sql.tables import NEWEST
from trials import Command


def test_a_new_database_is_made_shown_and_found_right(command: Command, tmp_path: Path) -> None:
    """Without a URL it is a file among the models; looking alone makes no file."""
    looked = command("db", "current")
    assert (0, True) == (looked.code, "revision  none" in looked.out)
    assert 1 == command("db", "check").code
    assert not (tmp_path / "models").exists()
    made = command("db", "upgrade")
    assert f"sqlite:///models/.registry/registry.sqlite: from revision none to {NEWEST}\n" == made.out
    assert f"revision {NEWEST} already" in command("db", "upgrade").out
    assert f"revision  {NEWEST}" in command("db", "current").out
    checked = command("db", "check")
    assert (0, True) == (checked.code, "the tables are those of this gradewise" in checked.out)


def test_what_differs_is_named(command: Command, tmp_path: Path) -> None:
    """Exit code 1, a line for each difference, and advice on standard error."""
    url = f"sqlite:///{tmp_path / 'here.sqlite'}"
    command("db", "upgrade", "--url", url)
    with closing(sqlite3.connect(tmp_path / "here.sqlite")) as connection:
        connection.execute("DROP INDEX ml_models_version")
    checked = command("db", "check", "--url", url)
    assert (1, "index ml_models_version is missing\n") == (checked.code, checked.out)
    assert "gradewise db upgrade" in checked.err


def test_the_environment_names_a_server(
    command: Command, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`GRADEWISE_DATABASE_URL` is used when no URL is given, and shown without its password."""
    monkeypatch.setenv("GRADEWISE_DATABASE_URL", postgresql_url.replace("postgres@", "postgres:geheim@"))
    made = command("db", "upgrade")
    assert (0, True) == (made.code, f"to {NEWEST}" in made.out)
    assert 0 == command("db", "check").code
    assert "geheim" not in made.out + made.err


def test_a_server_that_is_down_is_an_error_without_password(command: Command) -> None:
    """Exit code 1 for what does not answer, 2 for what is no database."""
    down = command("db", "current", "--url", "postgresql://me:geheim@127.0.0.1:1/models")
    assert (1, True) == (down.code, "cannot be reached" in down.err)
    wrong = command("db", "upgrade", "--url", "mysql://me:geheim@127.0.0.1:1/models")
    assert (2, True) == (wrong.code, "mysql database cannot be used" in wrong.err)
    assert "geheim" not in down.out + down.err + wrong.out + wrong.err
