"""Studies in SQL databases by Optuna, and what TPE proposes."""

import asyncio
import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from databases import PostgresDatabases, shown
from gradewise.adapters.optuna_study import OptunaStudies
from gradewise.adapters.sql.addresses import Address, read_address
from gradewise.adapters.sql.engines import open_engine
from gradewise.adapters.sql.schema import SqlSchema
from gradewise.adapters.sql.tables import NEWEST
from gradewise.errors import MissingDependencyError, PlanError, TrainingError
from gradewise.models.search import SearchSpace, Span
from gradewise.protocols.experiments import Studies
from gradewise.testing.contracts.studies import INSIDE, SPACE, StudiesContract, finished


class TestOptunaStudies(StudiesContract):
    """Studies in a SQLite file."""

    def new_studies(self) -> Studies:
        """A keeper of studies."""
        return OptunaStudies()

    def url(self, directory: Path) -> str:
        """A file that is not there yet."""
        return f"sqlite:///{directory}/studies.db"


@pytest.fixture(scope="module")
def servers_studies(postgres: PostgresDatabases) -> Iterator[PostgresDatabases]:
    """A server on which new databases have Optuna's tables beside the registry's."""
    with postgres.new() as url:
        studies = OptunaStudies()
        studies.holds(url, "none")
        studies.close()
        yield PostgresDatabases(postgres.server_url, make_url(url).database)


def _left(url: str) -> int:
    """Statements that stay on the connection of studies once it was asked the same often."""
    studies = OptunaStudies()
    studies.holds(url, "none")
    (storage,) = studies._storages.values()
    with storage.engine.connect() as connection:
        for _ in range(8):  # psycopg prepares what is asked more than five times
            connection.exec_driver_sql("SELECT 1")
        left = connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements").scalar_one()
    studies.close()
    return int(left)


class TestOnPostgres(TestOptunaStudies):
    """Studies on a server."""

    @pytest.fixture(autouse=True)
    def _own_database(self, servers_studies: PostgresDatabases) -> Iterator[None]:
        """Each test has one."""
        with servers_studies.new() as self._url:
            yield

    def test_behind_a_pooler_nothing_stays_on_a_connection(self, tmp_path: Path) -> None:
        """However often it is asked, no statement is prepared; without being told of the pooler, some are."""
        pooled = shown(make_url(self.url(tmp_path)).update_query_dict({"pooler": "transaction"}))
        assert (0, True) == (_left(pooled), _left(self.url(tmp_path)) > 0)

    def url(self, directory: Path) -> str:  # noqa: ARG002 - a server needs none
        """Named as the registry's is, with options of ours."""
        return shown(make_url(self._url).update_query_dict({"statement_timeout": "20"}))

    # What it proposes is no matter of the database.
    test_suggestions_depend_on_what_is_told_alone = None  # type: ignore[assignment]


@pytest.mark.parametrize("first", ["registry", "studies"])
def test_studies_and_the_registry_share_a_database(first: str, postgres: PostgresDatabases) -> None:
    """Neither takes the other's tables for its own, whichever comes first."""

    async def laid_out(address: Address) -> tuple[str | None, tuple[str, ...]]:
        async with open_engine(address) as engine:
            schema = SqlSchema(engine, address)
            await schema.upgrade()
            return await schema.current(), await schema.differences()

    with postgres.new(empty=first == "studies") as url:
        studies = OptunaStudies()
        studies.open(url, "one", SPACE).queue([INSIDE])
        assert (NEWEST, ()) == asyncio.run(laid_out(read_address(url)))
        assert ["waiting"] == [trial.state for trial in studies.open(url, "one", SPACE).trials()]
        studies.close()
        with psycopg.connect(url) as connection:
            found = connection.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE '%\\_version'")
            assert {"alembic_version", "gradewise_version"} == {name for (name,) in found}


def test_a_study_outlives_its_process(tmp_path: Path) -> None:
    """What one keeper wrote another reads, and it may take trials beside it."""
    url = f"sqlite:///{tmp_path}/studies.db"
    first, second = OptunaStudies(), OptunaStudies()
    one = first.open(url, "one", SPACE)
    one.queue([INSIDE, INSIDE])
    other = second.open(url, "one", SPACE)
    taken = [study.claim() for study in (one, other, one)]
    assert [0, 1, None] == [trial.number if trial else None for trial in taken]
    first.close()
    other.finish(1, 0.5, {})
    second.close()
    third = OptunaStudies()
    assert ["running", "complete"] == [trial.state for trial in third.open(url, "one", SPACE).trials()]
    third.close()


def test_tpe_looks_where_losses_were_small() -> None:
    """Told that a small rate is good, it proposes smaller rates than there were on average."""
    told = finished(40)
    proposed = OptunaStudies().suggest(SPACE, told, 12, 1)
    before = fmean(float(trial.settings["rate"] or 0) for trial in told)
    assert fmean(float(each["rate"] or 0) for each in proposed) < before


def test_a_bound_between_two_steps_is_no_trouble() -> None:
    """A range whose upper bound no step reaches is searched up to the last that does."""
    space = SearchSpace((Span("share", 0.0, 0.75, step=0.2), Span("leaf", 1, 64, log=True, whole=True)))
    proposed = OptunaStudies().suggest(space, (), 20, 1)
    assert {0.0, 0.2, 0.4, 0.6} >= {space.settled(each)["share"] for each in proposed}


@pytest.mark.parametrize(
    "url",
    ["sqlite:////nowhere/at/all/studies.db", "nonsense", "nonsense://me:secret@host/studies",
     "mysql+nothing://me:secret@host/studies"],
    ids=["no directory", "no URL", "no dialect", "no driver"],
)  # fmt: skip
def test_a_database_that_cannot_be_reached_is_refused_in_words(url: str) -> None:
    """The message names the key of the plan, and shows no password."""
    with pytest.raises(PlanError, match="cannot be opened.*tune.storage") as refused:
        OptunaStudies().open(url, "one", SPACE)
    assert "secret" not in str(refused.value)


def test_a_database_that_goes_away_is_named(tmp_path: Path) -> None:
    """What fails later says so in words, and that the run can be resumed."""
    studies = OptunaStudies()
    study = studies.open(f"sqlite:///{tmp_path}/studies.db", "one", SPACE)
    studies.close()
    (tmp_path / "studies.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(TrainingError, match="study database failed.*resume the run"):
        study.trials()
    studies.close()


def test_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Optuna the message says what to install."""
    real: Callable[..., Any] = importlib.import_module

    def without(name: str, *arguments: Any) -> Any:
        if name == "optuna":
            raise ImportError(name)
        return real(name, *arguments)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(MissingDependencyError, match=r"pip install 'gradewise\[tune\]'"):
        OptunaStudies()
