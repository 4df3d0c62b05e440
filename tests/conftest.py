"""What tests of commands and use cases share: one feature cache, one small trained model."""

import contextlib
import io
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main
from hypothesis import settings

from databases import PostgresDatabases, lay_out_registry, own_server, postgres_databases
from found_doctests import FoundDoctests
from gradewise.cli.main import run
from gradewise.file_locks import locked
from measured_lines import MeasuredLines
from postgres_server import PostgresServer
from trials import WITH_WORDING, Trained, only_run, small_plan

# How long an example takes says more about the machine than about the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    """Look for examples where there are some; measure what tests run, and no more."""
    config.pluginmanager.register(FoundDoctests())
    config.pluginmanager.register(MeasuredLines())


@pytest.fixture(scope="session", autouse=True)
def _commands_built_once() -> Iterator[None]:
    """The program's commands, which are the same for every test, as a process that runs one needs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", cache(typer.main.get_command))
        yield


@pytest.fixture(scope="session")
def common_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For what is made once by whoever of those who test at the same time needs it first."""
    own = tmp_path_factory.getbasetemp()
    directory = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "common"
    directory.mkdir(exist_ok=True)
    return directory


@pytest.fixture(scope="session")
def cache_directory(common_directory: Path) -> Path:
    """Where this session's features are kept, so that each essay is measured once."""
    return common_directory / "cache"


@pytest.fixture(scope="session")
def trained(common_directory: Path, cache_directory: Path) -> Trained:
    """A model of 150 generated essays that learns from wording too, trained by the command."""
    directory = common_directory / "trained"
    printed = directory / "printed.txt"
    with locked(common_directory / "trained.lock"):
        if not printed.exists():
            directory.mkdir()
            printed.write_text(_train(directory, cache_directory), encoding="utf-8")
    return Trained(
        directory / "plan.yaml",
        directory / "essays.csv",
        only_run(directory / "output"),
        printed.read_text(encoding="utf-8"),
    )


def _train(directory: Path, cache_directory: Path) -> str:
    plan, printed = small_plan(directory, features=WITH_WORDING), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setenv("GRADEWISE_CACHE_DIR", str(cache_directory))
        patch.setenv("GRADEWISE_MODELS_DIR", str(directory / "models"))
        assert 0 == run(["train", str(plan), "--output", str(directory / "output")])
    return printed.getvalue()


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
