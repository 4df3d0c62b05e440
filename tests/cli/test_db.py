"""`gradewise db`: tables are made, shown and compared from the command line."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gradewise.adapters.sql.addresses import Address, read_address, sqlite_address
from gradewise.adapters.sql.file_copy import copy_file
from gradewise.adapters.sql.score_log import open_score_log
from gradewise.adapters.sql.tables import NEWEST
from gradewise.errors import InputError
from gradewise.testing.score_logs import made_up_draft
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


def test_a_copy_is_made_and_verified_while_others_write(command: Command, tmp_path: Path) -> None:
    """It is the state of one moment, its owner's alone, and lies beside nothing else."""
    url = f"sqlite:///{tmp_path / 'here.sqlite'}"
    asyncio.run(_answered(read_address(url)))
    with closing(sqlite3.connect(tmp_path / "here.sqlite", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE score_log_head SET serial = 99")
        copied = command("db", "backup", "copies", "--url", url)
        writer.execute("ROLLBACK")
    (copy,) = (tmp_path / "copies").iterdir()
    assert (0, 0o600) == (copied.code, copy.stat().st_mode & 0o777), copied.err
    assert copied.out.startswith(f"copies/{copy.name}: 0.3 MB, revision {NEWEST}\n6 answers unchanged")
    assert "--known: 6:" in copied.out
    assert "the tables are those" in command("db", "check", "--url", f"sqlite:///{copy}").out


def test_a_copy_of_what_was_tampered_with_is_told(command: Command, tmp_path: Path) -> None:
    """Exit code 1 for a broken chain and for other tables; the copy is there all the same, unchanged."""
    url, file = f"sqlite:///{tmp_path / 'here.sqlite'}", tmp_path / "here.sqlite"
    asyncio.run(_answered(read_address(url)))
    with closing(sqlite3.connect(file)) as connection:
        (guard,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'score_log_no_update'"
        ).fetchone()
        connection.execute("DROP TRIGGER score_log_no_update")
        connection.execute("UPDATE score_log SET grade = 'A' WHERE serial = 2")
        connection.execute(guard)
        connection.commit()
    broken = command("db", "backup", "copies", "--url", url)
    assert (1, True) == (broken.code, "the chain is broken: 1 break in all" in broken.out), broken.err
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TRIGGER score_log_no_update")
        connection.commit()
    other = command("db", "backup", "others", "--url", url)
    assert (1, True) == (other.code, "trigger score_log_no_update is missing" in other.out)
    assert "not verified" in other.out
    assert 2 == len([*(tmp_path / "copies").iterdir(), *(tmp_path / "others").iterdir()])


def test_what_cannot_be_copied_is_said(command: Command, tmp_path: Path) -> None:
    """No database yet, a server's, a damaged one, no room for the copy: in words, and nothing is left."""
    assert "nothing is to be copied" in command("db", "backup", "copies").err
    server = command("db", "backup", "copies", "--url", "postgresql://me:geheim@127.0.0.1:1/models")
    assert (2, True, False) == (server.code, "pg_dump" in server.err, "geheim" in server.err)
    file = tmp_path / "here.sqlite"
    asyncio.run(_answered(read_address(f"sqlite:///{file}")))
    (tmp_path / "in the way").write_text("")
    blocked = command("db", "backup", "in the way", "--url", f"sqlite:///{file}")
    assert (1, True) == (blocked.code, "sqlite cannot be opened; check the path" in blocked.err)
    assert "in the way" in blocked.err
    file.write_bytes(b"no database" * 100)
    damaged = command("db", "backup", "copies", "--url", f"sqlite:///{file}")
    assert (1, True) == (damaged.code, "here.sqlite is no SQLite database" in damaged.err)
    assert [] == list((tmp_path / "copies").iterdir())


def test_a_copy_replaces_none(tmp_path: Path) -> None:
    """What lies there stays as it is."""
    file, target = tmp_path / "here.sqlite", tmp_path / "copy.sqlite"
    file.touch()
    target.write_text("kept")
    with pytest.raises(InputError, match="is there already"):
        copy_file(sqlite_address(file), target)
    assert "kept" == target.read_text()


async def _answered(address: Address) -> None:
    """Make a database with six answers, of which three wait for a teacher."""
    async with open_score_log(address) as log:
        await log.add([made_up_draft(number) for number in range(3)])
        await log.add([made_up_draft(number, route="review") for number in range(3, 6)])


def test_a_queue_that_somebody_emptied_is_named_and_put_right(command: Command, tmp_path: Path) -> None:
    """By who looks at the tables, at the log, and at a copy of both."""
    asyncio.run(_answered(sqlite_address(tmp_path / "models" / ".registry" / "registry.sqlite")))
    with closing(sqlite3.connect(tmp_path / "models" / ".registry" / "registry.sqlite")) as connection:
        connection.execute("DELETE FROM score_queue")
        connection.execute("INSERT INTO score_queue VALUES (99, 'review', 1)")
        connection.commit()
    for look in (("db", "check"), ("scores", "verify", "-q"), ("db", "backup", "copies", "-q")):
        found = command(*look)
        assert (1, True) == (found.code, "gradewise reviews repair" in found.out), look
        assert "3 answers for a teacher in no review queue, first at record 4" in found.out
        assert "1 place in the review queue" in found.out
    done = command("reviews", "repair")
    assert (0, "3 answers put back into the review queue, 1 place for no answer taken out\n") == (
        done.code, done.out
    )  # fmt: skip
    assert "is as answers and decisions say" in command("reviews", "repair").out
    assert 0 == command("db", "check").code
