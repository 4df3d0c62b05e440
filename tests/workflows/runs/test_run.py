"""Runs that are opened, killed, and gone on with by their like alone."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gradewise.errors import InputError, RunError
from gradewise.experiments import ExperimentEntry, entry_from_json
from gradewise.protocols.experiments import ExperimentTracker
from gradewise.telemetry import Event, Notice, correlated, silent
from gradewise.work_events import RunBegan, RunEnded
from gradewise.workflows.plans.embedder import EmbedderPlan
from gradewise.workflows.plans.features import FeaturesPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.research import TrackingPlan
from gradewise.workflows.resuming import resume_run
from gradewise.workflows.runs.run import Run, fingerprint, open_run, require_resumable
from gradewise.workflows.runs.state import read_run_state
from gradewise.workflows.services import Services
from trials import read_json


class Remembering:
    """A tracker that keeps entries in a list, or fails."""

    def __init__(self, *, fails: bool = False) -> None:
        self.entries: list[ExperimentEntry] = []
        self._fails = fails

    def record(self, entry: ExperimentEntry) -> None:
        """Keep it."""
        if self._fails:
            raise ConnectionError("nobody\nthere")
        self.entries.append(entry)


@pytest.fixture
def tracker() -> Remembering:
    """Of every run of a test."""
    return Remembering()


@pytest.fixture
def services(services: Services, tracker: Remembering) -> Services:
    """With a tracker that the test looks into."""
    return replace(services, find_trackers=lambda _output, _uri: (tracker,), command_line="gradewise cv")


def broken_off(plan: Plan, services: Services, *, resume: Path | None = None, keep: bool = True) -> Path:
    """A run of `cv` that has finished a piece of work and then failed."""
    opened = list[Path]()

    def work() -> None:
        with open_run(plan, "cv", services, silent, content="data", resume=resume) as run:
            opened.append(run.directory.path)
            if keep:
                run.checkpoints.keep("piece", {"values": np.arange(3)})
            run.tell(data="0f", metrics={"qwk": 0.25})
            raise InputError("bad grade")

    with pytest.raises(InputError, match="bad grade"):
        work()
    return opened[0]


def test_a_run_describes_itself(plan: Plan, services: Services) -> None:
    """Identity, plan and environment are there from the beginning, the entry at the end."""
    with open_run(plan, "cv", services, silent, content="data") as run:
        directory = run.directory.path
        assert {"run.json", "plan.yaml", "environment.json", "status.json"} <= {
            path.name for path in directory.iterdir()
        }
    identity, environment = read_json(directory / "run.json"), read_json(directory / "environment.json")
    assert ("cv", "trial", "gradewise cv") == tuple(
        identity[key] for key in ("command", "run_name", "command_line")
    )
    assert fingerprint(plan, services.versions, content="data") == identity["fingerprint"]
    assert {"versions": {"gradewise": "0"}, "git_sha": None}.items() <= environment.items()
    assert environment["usable_cores"] <= environment["cores"]
    assert "cv" == entry_from_json(read_json(directory / "experiment.json")).command


def test_what_is_told_is_in_the_log(plan: Plan, services: Services, tracker: Remembering) -> None:
    """Facts with a place of their own are in it, others by name; figures that are not defined are none."""
    embedder = EmbedderPlan(model=Path("models/minilm"))
    plan = plan.model_copy(update={"features": FeaturesPlan(set="combined", embedder=embedder)})
    with open_run(plan, "cv", services, silent) as run:
        run.tell(metrics={"qwk": np.float64(0.5), "rps": float("nan")}, data="0f", split="9a", features="fe")
        run.tell(metrics={"mae": 1.0}, notes="one", seeds=(1, 2), best={"path": Path("a"), "score": np.inf})
        (run.directory.artifacts).mkdir()
        (run.directory.artifacts / "splits.json").write_text("{}")
    began, entry = tracker.entries
    assert ("running", "starting", {}) == (began.state, began.stage, began.metrics)
    assert {"qwk": 0.5, "rps": None, "mae": 1.0} == entry.metrics
    assert ("0f", "9a", "fe", "minilm") == (
        entry.dataset.sha256,
        entry.splits.id,
        entry.features.fingerprint,
        entry.backends.embedder,
    )
    assert str(run.directory.artifacts / "splits.json") == entry.splits.path
    assert (("one",), {"seeds": [1, 2], "best": {"path": "a", "score": None}}) == (entry.notes, entry.facts)
    assert ("completed", str(run.directory.path)) == (entry.state, entry.output)
    assert {"qwk": 0.5, "rps": None, "mae": 1.0} == read_run_state(run.directory.path).metrics


def test_a_failed_run_is_logged_with_what_it_told(
    plan: Plan, services: Services, tracker: Remembering
) -> None:
    """And once more when it has gone on."""
    directory = broken_off(plan, services)
    resumed = replace(services, command_line="gradewise runs resume trial")
    with open_run(plan, "cv", resumed, silent, content="data", resume=directory):
        pass
    _, failed, _, completed = tracker.entries
    assert 1 == len({entry.run_id for entry in tracker.entries})
    assert 1 == len({entry.started_at for entry in tracker.entries})
    assert ("failed", "bad grade", "0f") == (failed.state, failed.failure_reason, failed.dataset.sha256)
    assert ("completed", None, "gradewise cv") == (
        completed.state,
        completed.failure_reason,
        completed.command_line,
    )


def test_a_tracker_that_fails_does_not_lose_the_run(plan: Plan, services: Services) -> None:
    """It stays completed, others are told all the same, and a notice says what is not written down."""
    heard: list[Event] = []
    second = Remembering()

    def find(_output: Path, _tracking: TrackingPlan) -> Sequence[ExperimentTracker]:
        return (Remembering(fails=True), second)

    with open_run(plan, "cv", replace(services, find_trackers=find), heard.append) as run:
        pass
    assert "completed" == read_run_state(run.directory.path).state
    assert ["running", "completed"] == [entry.state for entry in second.entries]
    assert [Notice("the run is not in the experiment log: nobody there")] == [
        event for event in heard if isinstance(event, Notice)
    ]


def test_a_run_is_followed_by_one_correlation_id(
    plan: Plan, services: Services, tracker: Remembering
) -> None:
    """The caller's, or one of its own, leads from the run's files to the experiment log and to listeners."""
    heard: list[Event] = []
    with correlated("from-outside"), open_run(plan, "cv", services, heard.append) as run:
        run.listener(Notice("a word"))
        assert "from-outside" == read_json(run.directory.path / "status.json")["correlation_id"]
    directory = run.directory.path
    told = [json.loads(line)["correlation_id"] for line in (directory / "run.log").read_text().splitlines()]
    assert {"from-outside"} == {*told, *(entry.correlation_id for entry in tracker.entries)}
    assert "from-outside" == read_json(directory / "run.json")["correlation_id"]
    assert [RunBegan(tracker.entries[0]), RunEnded(tracker.entries[1])] == [heard[0], heard[-1]]
    with open_run(plan, "cv", services, silent):
        pass
    assert tracker.entries[-1].correlation_id not in {"", "from-outside"}


def test_a_run_of_an_older_version_gets_an_id_when_it_goes_on(
    plan: Plan, services: Services, tracker: Remembering
) -> None:
    """Its run.json says nothing of one; it is resumed all the same, and has one from then on."""
    directory = broken_off(plan, services)
    identity = read_json(directory / "run.json")
    del identity["run_id"], identity["correlation_id"]
    (directory / "run.json").write_text(json.dumps(identity))
    with open_run(plan, "cv", services, silent, content="data", resume=directory):
        pass
    assert read_json(directory / "run.json")["run_id"] == tracker.entries[-1].run_id != ""


def test_secrets_of_addresses_are_not_written_down(
    plan: Plan, services: Services, tracker: Remembering
) -> None:
    """Neither of the command line, nor of the plan in the log, nor of what went wrong."""
    address = "postgresql://anna:geheim@db/x"
    plan = plan.model_copy(update={"tune": plan.tune.model_copy(update={"storage": address})})
    services = replace(services, command_line=f"gradewise tune --storage {address}")

    def work() -> None:
        with open_run(plan, "cv", services, silent) as run:
            run.listener(Notice(f"{address} is slow"))
            raise InputError(f"{address} is gone")

    with pytest.raises(InputError):
        work()
    directory = Path(tracker.entries[-1].output)
    kept = [path for path in directory.rglob("*") if path.is_file() and path.name != "plan.yaml"]
    assert [] == [path.name for path in kept if "geheim" in path.read_text()]
    assert "geheim" not in repr(tracker.entries)
    assert "postgresql://anna:***@db/x is gone" == tracker.entries[-1].failure_reason


def test_trackers_are_asked_for_by_the_place_of_all_runs(plan: Plan, services: Services) -> None:
    """A run that goes on is written down where it began, wherever one stands; MLflow as the plan says."""
    asked: list[tuple[Path, str | None]] = []

    def find(output: Path, tracking: TrackingPlan) -> Sequence[ExperimentTracker]:
        asked.append((output.absolute(), tracking.mlflow))
        return ()

    plan = plan.model_copy(update={"tracking": TrackingPlan(mlflow="sqlite:///m.db")})
    services = replace(services, find_trackers=find)
    directory = broken_off(plan, services).absolute()
    elsewhere = plan.model_copy(update={"output": Path("elsewhere")})
    broken_off(elsewhere, services, resume=directory)
    assert [(Path("output").absolute(), "sqlite:///m.db")] * 2 == asked


def test_a_resumed_run_recalls_its_pieces_and_counts(plan: Plan, services: Services) -> None:
    """Logs go on where they were, and time adds up."""
    directory = broken_off(plan, services)
    before = read_run_state(directory)
    broken_off(plan, services, resume=directory)
    with open_run(plan, "cv", services, silent, content="data", resume=directory) as run:
        piece = run.checkpoints.recall("piece")
        assert piece is not None
        np.testing.assert_array_equal(np.arange(3), piece["values"])
    after = read_run_state(directory)
    assert ("completed", 2, before.started_at) == (after.state, after.resumed, after.started_at)
    assert after.elapsed_seconds >= before.elapsed_seconds
    log = (directory / "run.log").read_text()
    assert (1, 2) == (log.count("RunStarted"), log.count("RunResumed"))
    assert 2 == (directory / "stderr.log").read_text().count("InputError: bad grade")


def refusal(
    plan: Plan, services: Services, directory: Path, command: str = "cv", content: str = "data"
) -> str:
    """Why a run is not gone on with."""
    with (
        pytest.raises(RunError) as refused,
        open_run(plan, command, services, silent, content=content, resume=directory),
    ):
        pytest.fail("the run was resumed")
    return str(refused.value)


def test_what_shapes_results_must_be_as_it_was(plan: Plan, services: Services) -> None:
    """Another plan, other essays, another version are refused, each by name; the run stays as it is."""
    directory = broken_off(plan, services)
    status = (directory / "status.json").read_bytes()
    newer = replace(services, versions={"git": "abc"})
    other = plan.model_copy(update={"language": "sv"})
    assert "has changed: the plan; bring" in refusal(other, services, directory)
    assert "has changed: the essays, their splits or their features" in refusal(
        plan, services, directory, content="other data"
    )
    assert "has changed: git abc (was absent); gradewise absent (was 0)" in refusal(plan, newer, directory)
    assert "is one of cv, not of train" in refusal(plan, services, directory, command="train")
    assert status == (directory / "status.json").read_bytes()


def test_a_run_without_finished_pieces_may_begin_anew_with_anything(plan: Plan, services: Services) -> None:
    """Nothing that it has could be mixed with anything."""
    directory = broken_off(plan, services, keep=False)
    broken_off(plan, replace(services, versions={"gradewise": "1"}), resume=directory)
    assert {"gradewise": "1"} == read_json(directory / "run.json")["versions"]


def test_paths_names_and_tracking_are_circumstances(plan: Plan, services: Services) -> None:
    """A run goes on wherever its files lie by now."""
    directory = broken_off(plan, services)
    moved = plan.model_copy(
        update={
            "data": plan.data.model_copy(update={"train": Path("moved") / "essays.csv"}),
            "output": Path("moved"),
            "run_name": "other",
        }
    )
    broken_off(moved, services, resume=directory)
    assert 1 == read_run_state(directory).resumed


def test_a_run_that_goes_on_or_is_completed_is_left_alone(plan: Plan, services: Services) -> None:
    """Both are refused by name, before anything is read or written."""
    with open_run(plan, "cv", services, silent, content="data") as run:
        said = refusal(plan, services, run.directory.path)
        assert f"run {run.directory.path.name} is going on; follow it with: gradewise runs tail -f" in said
    assert "is completed; there is nothing to resume" in refusal(plan, services, run.directory.path)
    with pytest.raises(RunError, match="holds no run"):
        require_resumable(Path("nowhere"))
    directory = broken_off(plan, services)
    (directory / "run.json").unlink()
    assert "holds no run that can be read" in refusal(plan, services, directory)


def test_of_two_who_resume_one_run_one_is_refused(plan: Plan, services: Services) -> None:
    """However close together they come, one of them does all of the work."""
    directory = broken_off(plan, services)
    done, refused = list[Run](), list[str]()
    together = threading.Barrier(2)

    @contextmanager
    def slow(_directory: Path) -> Iterator[None]:
        refused_or_done.wait(5)
        yield

    refused_or_done = threading.Event()

    def resume() -> None:
        together.wait()
        try:
            with open_run(
                plan, "cv", replace(services, watch=slow), silent, content="data", resume=directory
            ) as run:
                done.append(run)
        except RunError as error:
            refused.append(str(error))
            refused_or_done.set()

    threads = [threading.Thread(target=resume) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (1, 1) == (len(done), len(refused))
    assert ("completed", 1) == (read_run_state(directory).state, read_run_state(directory).resumed)


def test_a_run_that_another_completes_meanwhile_is_left_alone(plan: Plan, services: Services) -> None:
    """What was dead when it was looked at may be finished when the lock is free."""
    directory = broken_off(plan, services)

    @contextmanager
    def meanwhile(path: Path) -> Iterator[None]:
        (path / "status.json").write_text('{"state": "completed"}')
        yield

    said = refusal(plan, replace(services, watch=meanwhile), directory)
    assert "is completed by now" in said


def test_only_use_cases_that_keep_their_pieces_are_resumed(plan: Plan, services: Services) -> None:
    """Others are refused with what to do instead."""
    with pytest.raises(InputError), open_run(plan, "robustness", services, silent) as run:
        raise InputError("bad grade")
    with pytest.raises(RunError, match=r"one of robustness, which cannot be resumed; run it anew \(.*train"):
        resume_run(run.directory.path, services)


def test_what_ended_before_it_had_a_plan_is_begun_anew(plan: Plan, services: Services) -> None:
    """Killed in its first moment, it has learnt nothing."""
    with pytest.raises(InputError), open_run(plan, "train", services, silent) as run:
        raise InputError("bad grade")
    (run.directory.path / "plan.yaml").unlink()
    with pytest.raises(RunError, match="start a new one"):
        resume_run(run.directory.path, services)
