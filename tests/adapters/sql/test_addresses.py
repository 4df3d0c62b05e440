"""URLs as people write them, and as they may be shown."""

import importlib.util
from urllib.parse import urlencode

import pytest

from gradewise.adapters.sql.address_options import asyncpg_arguments, asyncpg_url
from gradewise.adapters.sql.addresses import read_address
from gradewise.errors import MissingDependencyError, PlanError


@pytest.mark.parametrize(
    ("text", "shown", "driver"),
    [
        pytest.param(
            "postgresql://me:geheim@db:5433/m", "postgresql://me@db:5433/m", "postgresql+asyncpg", id="plain"
        ),
        pytest.param("postgres://me@db/m", "postgresql://me@db/m", "postgresql+asyncpg", id="short"),
        pytest.param(
            "postgresql+asyncpg://me:p%40ss@db/m", "postgresql://me@db/m", "postgresql+asyncpg", id="driver"
        ),
        pytest.param(
            "postgresql+psycopg://me@/m?host=/run",
            "postgresql://me@/m on /run",
            "postgresql+asyncpg",
            id="socket",
        ),
        pytest.param("sqlite:///a/b.sqlite", "sqlite:///a/b.sqlite", "sqlite+aiosqlite", id="file"),
        pytest.param(
            "sqlite+aiosqlite:////b.sqlite", "sqlite:////b.sqlite", "sqlite+aiosqlite", id="absolute"
        ),
    ],
)
def test_an_address_is_read_and_shown(text: str, shown: str, driver: str) -> None:
    """Whichever driver is named; what is shown has no password, and neither has the representation."""
    address = read_address(text)
    assert (shown, driver) == (str(address), address.url.drivername)
    assert "geheim" not in repr(address)


def test_options_say_how_long_is_waited() -> None:
    """Timeouts are gradewise's own; a mode of TLS is handed on under the driver's name."""
    address = read_address("postgresql://db/m?connect_timeout=2&statement_timeout=0.5&sslmode=require")
    assert (2.0, 0.5) == (address.connect_within_s, address.answer_within_s)
    assert {"sslmode": "require"} == dict(address.url.query)


@pytest.mark.parametrize(
    ("text", "server_settings", "dsn"),
    [
        pytest.param("", {"application_name": "gradewise"}, None, id="none"),
        pytest.param(
            "?ssl=require&host=/run&port=5433",
            {"application_name": "gradewise"},
            "postgresql://?sslmode=require",
            id="mode of TLS",
        ),
        pytest.param(
            f"?sslmode=verify-full&sslrootcert={__file__}&target_session_attrs=read-write",
            {"application_name": "gradewise"},
            f"postgresql://?{urlencode({'sslmode': 'verify-full', 'sslrootcert': __file__})}"
            "&target_session_attrs=read-write",
            id="certificate",
        ),
        pytest.param(
            "?application_name=marks&options=-csearch_path%3Dschool",
            {"application_name": "marks", "options": "-csearch_path=school"},
            None,
            id="session",
        ),
    ],
)
def test_options_of_postgresql_reach_its_driver(
    text: str, server_settings: dict[str, str], dsn: str | None
) -> None:
    """Each in the form in which asyncpg takes it, and none beside it in the URL."""
    address = read_address(f"postgresql://me@/m{text}")
    told = asyncpg_arguments(address.url.query, is_pooled=address.is_pooled)
    assert (server_settings, dsn) == (told["server_settings"], told.get("dsn"))
    assert {"host", "port"} >= set(asyncpg_url(address.url).query)


def test_who_and_what_may_be_said_by_options() -> None:
    """User, password and database of the options count as those before them; none is shown."""
    address = read_address("postgresql://db?user=me&password=geheim&dbname=marks")
    assert ("postgresql://me@db/marks", "geheim") == (str(address), address.url.password)
    assert "geheim" not in repr(address)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("geheim", "cannot be read", id="no URL"),
        pytest.param("mysql://me:geheim@db/m", "mysql database cannot be used", id="another kind"),
        pytest.param("postgresql://me:geheim@db:port/m", "cannot be read", id="no port"),
        pytest.param("postgresql://me:some@geheim@db/m", "more than one @", id="sign in a password"),
        pytest.param("postgresql://db/m?sslpassword=geheim", "'sslpassword', which is not", id="option"),
        pytest.param("postgresql://db/m?sslmode=geheim", "sslmode of the .* verify-full; wr", id="no mode"),
        pytest.param("postgresql://db/m?pooler=geheim", "none of transaction, session", id="no pooler"),
        pytest.param("postgresql://db/m?sslrootcert=/none/it", "'/none/it', which is no file", id="no file"),
        pytest.param("sqlite:///a?statement_timeout=soon", "'soon'; give a number", id="no number"),
        pytest.param("sqlite:///a?connect_timeout=0", "'0'; give a number", id="no time"),
    ],
)
def test_what_is_no_address_is_refused(text: str, words: str) -> None:
    """In words that do not repeat what may be a password."""
    with pytest.raises(PlanError, match=words) as refused:
        read_address(text)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        pytest.param(
            "postgres://me:p%40ss@db/m?sslmode=require&connect_timeout=2.5&statement_timeout=9&pooler=transaction",
            "postgresql+psycopg://me:p%40ss@db/m?connect_timeout=3&sslmode=require",
            id="options",
        ),
        pytest.param(
            "postgresql+asyncpg://me@/m?host=/run",
            "postgresql+psycopg://me@/m?connect_timeout=10&host=%2Frun",
            id="socket",
        ),
        pytest.param("sqlite+aiosqlite:///m.sqlite?timeout=3", "sqlite:///m.sqlite?timeout=3", id="file"),
    ],
)
def test_programs_without_an_event_loop_are_told_the_same(text: str, url: str) -> None:
    """By another driver, whose names of options are PostgreSQL's own; ours are not handed on."""
    assert url == read_address(text).blocking


def test_a_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without asyncpg PostgreSQL is refused; SQLite is not."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(MissingDependencyError, match=r"gradewise\[postgres\]"):
        read_address("postgresql://db/m")
    read_address("sqlite:///m")
