"""The same trials whoever evaluates them, and however often they are killed."""

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cv_trials import plain_services
from forked import begin, end
from gradewise.adapters.optuna_study import OptunaStudies
from gradewise.adapters.sqlite_cache import SqliteCache
from gradewise.errors import InputError, PlanError, TrainingError
from gradewise.models.search import SearchSpace, Settings
from gradewise.protocols.experiments import Studies
from gradewise.testing.fakes import FakeLanguageChecker
from gradewise.testing.studies import MemoryStudies, MemoryStudy
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.research import crew
from gradewise.workflows.research.arena import read_configuration
from gradewise.workflows.research.tune import join_study, join_tuning, tune
from gradewise.workflows.services import Services
from small_searches import quick, results
from trials import only_run, read_json, require_whole
from tuning_children import LEARNT, tune_here


def wait_for(condition: Callable[[], object], *, seconds: float = 100) -> None:
    """Pass once the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def announced(output: str) -> bool:
    """Whether a run lets others find its studies."""
    return bool(list(Path(output).glob("*/*/artifacts/study.json")))


def kept(output: str) -> int:
    """How many folds a run has finished."""
    return len(list(Path(output).glob("*/*/checkpoints/[!.]*")))


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of features: measured once, since whoever has workers would start processes for it."""
    return tmp_path_factory.mktemp("measured") / "cache.sqlite"


@pytest.fixture
def services(services: Services, measured: Path) -> Iterator[Services]:
    """The services with this cache."""
    with closing(SqliteCache(measured)) as cache:
        yield replace(services, cache=cache)


def undisturbed(directory: Path, measured: Path, open_studies: Callable[[], Studies]) -> dict[str, bytes]:
    """What one worker finds whom nobody kills, helps or waits for."""
    services = replace(plain_services(checker=FakeLanguageChecker), open_studies=open_studies)
    with pytest.MonkeyPatch.context() as patch, closing(SqliteCache(measured)) as cache:
        patch.chdir(directory)
        return results(tune(quick(output="output"), replace(services, cache=cache)).directory)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, measured: Path) -> dict[str, bytes]:
    """What is found undisturbed with a database."""
    return undisturbed(tmp_path_factory.mktemp("lasting"), measured, OptunaStudies)


@pytest.fixture(scope="module")
def expected_in_memory(tmp_path_factory: pytest.TempPathFactory, measured: Path) -> dict[str, bytes]:
    """What is found undisturbed with studies in memory, which propose otherwise."""
    kept = MemoryStudies()
    return undisturbed(tmp_path_factory.mktemp("fleeting"), measured, lambda: kept)


def test_workers_and_deaths_change_nothing(
    lasting: Services, measured: Path, expected: dict[str, bytes]
) -> None:
    """Three workers, or a run that is killed again and again: the same bytes as by one."""
    assert expected == results(tune(quick(output="three"), replace(lasting, workers=3)).directory)
    plan, directory = quick(output="killed"), None
    for enough in (1, 9, 17):
        child = begin(tune_here, "killed", measured, workers=2, resume=directory)
        while child.is_alive() and kept("killed") < enough:
            time.sleep(0.005)
        assert -signal.SIGKILL == end(child, by_force=True)
        directory = only_run(Path("killed"))
        require_whole(directory)
    assert expected == results(tune(plan, lasting, resume=directory).directory)


def test_a_helper_changes_nothing(lasting: Services, measured: Path, expected: dict[str, bytes]) -> None:
    """Another process that joins a search does part of it, and the same bytes come out."""
    leader = begin(tune_here, "helped", measured, pause_s=0.1)
    wait_for(lambda: announced("helped"))
    joined = join_tuning(only_run(Path("helped")), lasting)
    assert 0 == end(leader)
    assert joined.ended
    assert joined.n_trials > 0
    assert expected == results(only_run(Path("helped")))


def test_a_helper_on_another_machine_changes_nothing(
    lasting: Services, measured: Path, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    """Whoever shares the database, the plan and the essays helps without the run's directory."""
    sharing = replace(lasting, study_database=f"sqlite+aiosqlite:///{tmp_path}/shared.db")
    leader = begin(tune_here, "led", measured, database=sharing.study_database, pause_s=0.1)
    wait_for(lambda: announced("led"))
    run = only_run(Path("led"))
    name = read_json(run / "artifacts" / "study.json")["study"]
    joined = join_study(quick(output="elsewhere"), name, sharing)
    assert 0 == end(leader)
    assert joined.ended
    assert joined.n_trials > 0
    assert f"--study {name}" in (run / "run.log").read_text(encoding="utf-8")
    assert not Path("elsewhere").exists()
    assert expected == results(run)


def test_a_study_that_nobody_began_is_refused(lasting: Services, tmp_path: Path) -> None:
    """Without a database, or where no study of that name is about these essays, nothing is made."""
    with pytest.raises(PlanError, match="GRADEWISE_DATABASE_URL"):
        join_study(quick(), "essays/0123", lasting)
    sharing = replace(lasting, study_database=f"sqlite:///{tmp_path}/shared.db")
    with pytest.raises(InputError, match="no study 'essays/0123' for this plan"):
        join_study(quick(), "essays/0123", sharing)


def test_a_helper_leaves_when_nothing_moves(
    lasting: Services, measured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where whoever leads is gone, it does what waits, and then takes the run for dead."""
    monkeypatch.setattr(crew, "QUIET_S", 0.5)
    leader = begin(tune_here, "output", measured, pause_s=0.1)
    wait_for(lambda: announced("output"))
    end(leader, by_force=True)
    joined = join_tuning(only_run(Path("output")), lasting)
    assert not joined.ended
    assert joined.n_trials < 6


class Haunted(MemoryStudies):
    """Studies in which somebody takes the second trial and is never heard of again."""

    def open(self, url: str, name: str, space: SearchSpace) -> MemoryStudy:  # noqa: ARG002 - as the port
        """A study that is haunted."""
        return self._studies.setdefault((url, name), HauntedStudy())


class HauntedStudy(MemoryStudy):
    """See `Haunted`."""

    haunted = False

    def queue(self, settings: Sequence[Settings]) -> None:
        """Queue, and once let a stranger take the first two, of which one comes back."""
        super().queue(settings)
        if not self.haunted:
            self.haunted = True
            self.claim()
            self.claim()
            self.release(0)


def test_a_trial_whose_helper_died_is_done_again(
    fleeting: Services, monkeypatch: pytest.MonkeyPatch, expected_in_memory: dict[str, bytes]
) -> None:
    """What others hold and nothing moves in is waited for, and then taken back."""
    monkeypatch.setattr(crew, "PATIENCE_S", 0.3)
    haunted = replace(fleeting, open_studies=Haunted)
    assert expected_in_memory == results(tune(quick(output="haunted"), haunted).directory)


def test_a_configuration_that_fails_ends_the_run_and_waits(
    fleeting: Services, monkeypatch: pytest.MonkeyPatch, expected_in_memory: dict[str, bytes]
) -> None:
    """The reason is raised and recorded; resumed, the run goes on as if nothing had happened."""
    calls = list[int]()

    def failing(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 5:
            raise TrainingError("the engine failed")
        return read_configuration(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(LEARNT, failing)
        with pytest.raises(TrainingError, match="the engine failed"):
            tune(quick(), replace(fleeting, workers=2))
    directory = only_run(Path("output"))
    assert "failed" == read_json(directory / "status.json")["state"]
    assert expected_in_memory == results(tune(quick(), fleeting, resume=directory).directory)


def test_two_runs_share_a_database_and_nothing_else(lasting: Services) -> None:
    """Each has studies of its own, and finds what it would have found alone."""
    asked = {"storage": "sqlite:///shared.db", "nested_trials": 0, "trials": 3}
    first, second = (tune(quick(tune=asked, output=name), lasting) for name in ("first", "second"))
    assert results(first.directory) == results(second.directory)
    saved = read_plan(first.directory / "plan.yaml")
    assert f"sqlite:///{Path('shared.db').resolve()}" == saved.tune.storage
    assert not (first.directory / "artifacts" / "study.db").exists()
    names = {read_json(run.directory / "artifacts" / "study.json")["study"] for run in (first, second)}
    assert 2 == len(names)
