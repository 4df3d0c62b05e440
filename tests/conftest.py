"""What tests of commands and use cases share: one feature cache, one small trained model."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from databases import PostgresDatabases, lay_out_registry, own_server, postgres_databases
from gradewise.cli.main import run
from postgres_server import PostgresServer
from trials import Trained, only_run, small_plan

# How long an example takes says more about the machine than about the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def cache_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this session's features are kept, so that each essay is measured once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, cache_directory: Path) -> Trained:
    """A model of 150 generated essays, trained by the command."""
    directory = tmp_path_factory.mktemp("trained")
    plan, printed = small_plan(directory), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setenv("GRADEWISE_CACHE_DIR", str(cache_directory))
        assert 0 == run(["train", str(plan), "--output", str(directory / "output")])
    return Trained(plan, directory / "essays.csv", only_run(directory / "output"), printed.getvalue())


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresDatabases]:
    """PostgreSQL, on one server for everybody who tests at the same time; new databases have our tables."""
    with postgres_databases(lay_out_registry) as databases:
        yield databases


@pytest.fixture
def postgresql_url(postgres: PostgresDatabases) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of this test's own."""
    with postgres.new(empty=True) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of this test's own that the registry can be opened on, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'registry.sqlite'}"
    else:
        databases: PostgresDatabases = request.getfixturevalue("postgres")
        with databases.new() as url:
            yield url


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test's own, to be stopped and started midway."""
    with own_server() as server:
        yield server
