"""Watching real files: writers that are slow, copies, failures, kills, and a stop in order."""

import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gradewise.adapters.watched_directory import WatchedDirectory
from gradewise.bootstrap.watching import data_directory
from gradewise.errors import GateError, InputError, TrainingError, UnavailableError
from gradewise.telemetry import Event, Listener, Notice, silent
from gradewise.work_events import DatasetStep
from gradewise.workflows.watching.ledger import STATE, held_ledger
from gradewise.workflows.watching.ports import Acts, Clockwork, Pace
from gradewise.workflows.watching.standing import MOST_BEGINNINGS, Standing, Wishes
from gradewise.workflows.watching.watch import watch

ALL = Wishes(register=True, push=True, promote="staging")


class House:
    """A directory, a clock that waits by going on, and acts that are written down in files."""

    def __init__(self, path: Path) -> None:
        self.data, self.done = path / "data", path / "done"
        self.data.mkdir()
        self.done.mkdir()
        self.time, self.looks = 0.0, 0
        self.stop_after = 0
        self.events: list[Event] = []
        self.failing: dict[str, list[Exception]] = {}
        self.meanwhile: Callable[[], None] = lambda: None

    def write(self, name: str, content: str = "text,label\na,b\n") -> Path:
        """A dataset."""
        path = self.data / name
        path.write_text(content)
        return path

    def watch(
        self, *, wishes: Wishes = ALL, once: bool = True, retry: bool = False, listener: Listener = silent
    ) -> tuple[Standing, ...]:
        """Watch until there is nothing more to do, or for as many looks as are wanted."""

        def hear(event: Event) -> None:
            self.events.append(event)
            listener(event)

        with held_ledger(self.data / STATE) as ledger:
            return watch(
                data_directory(self.data),
                ledger,
                self.acts,
                Clockwork(
                    now=lambda: datetime(2026, 3, 1, tzinfo=UTC),
                    monotonic=lambda: self.time,
                    wait=self._wait,
                    stopping=lambda: bool(self.stop_after) and self.looks >= self.stop_after,
                ),
                wishes=wishes,
                pace=Pace(once=once, retry=retry),
                listener=hear,
            )

    def _wait(self, seconds: float) -> None:
        self.time += seconds
        self.looks += 1
        self.meanwhile()

    @property
    def acts(self) -> Acts:
        """What is done is a file; done again, it is the same file."""
        return Acts(train=self._train, register=self._register, push=self._push, promote=self._promote)

    def _train(self, name: str, resume: Path | None, began: Callable[[Path], None]) -> Path:
        run = resume or self.done / f"run-{len(list(self.done.glob('run-*')))}"
        run.mkdir(exist_ok=True)
        began(run)
        self._fail("train")
        self._count("train", name)
        return run

    def _register(self, run: Path) -> str:
        self._fail("register")
        (self.done / f"registered-{run.name}").touch()
        return f"intents:{run.name}"

    def _push(self, run: Path) -> str:
        self._fail("push")
        return f"s3://models/{run.name}"

    def _promote(self, model: str, target: str) -> None:
        self._fail("promote")
        self._count("promote", f"{model} {target}")

    def _fail(self, act: str) -> None:
        for error in self.failing.get(act, [])[:1]:
            self.failing[act].pop(0)
            raise error

    def _count(self, act: str, what: str) -> None:
        with (self.done / act).open("a") as file:
            file.write(f"{what}\n")

    def told(self, act: str) -> list[str]:
        """What an act was done about."""
        path = self.done / act
        return path.read_text().splitlines() if path.exists() else []

    @property
    def steps(self) -> list[str]:
        """Steps that were heard of."""
        return [event.step for event in self.events if isinstance(event, DatasetStep)]

    @property
    def notices(self) -> str:
        """Notices that were heard."""
        return "\n".join(event.message for event in self.events if isinstance(event, Notice))


@pytest.fixture
def house(tmp_path: Path) -> House:
    """An empty one."""
    return House(tmp_path)


def test_a_dataset_goes_all_the_way(house: House) -> None:
    """It is trained on, registered, pushed, promoted, and not looked at again after a restart."""
    house.write("a.csv")
    (found,) = house.watch()
    assert ("done", "intents:run-0") == (found.steps[-1], found.model)
    assert ["taken", "began", "trained", "registered", "pushed", "promoted", "done"] == house.steps
    assert (["intents:run-0 staging"], ()) == (house.told("promote"), house.watch())


def test_the_same_content_is_trained_on_once(house: House) -> None:
    """Under another name it is passed over and that is told, once, also when it comes later."""
    house.write("a.csv")
    house.write("b.csv")
    house.watch(wishes=Wishes())
    house.write("c.csv")
    house.watch(wishes=Wishes())
    house.watch(wishes=Wishes())
    assert (["a.csv"], 2) == (house.told("train"), house.steps.count("repeated"))
    reasons = [each.reason for each in house.events if isinstance(each, DatasetStep)]
    assert any("what a.csv held" in reason for reason in reasons)


def test_nobody_is_asked_about_files_whose_content_is_known(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To ask every process takes long, and thousands of old files may lie there when a watch begins."""
    house.write("a.csv")
    house.watch()
    monkeypatch.setattr(WatchedDirectory, "is_held", None)
    house.write("b.csv")
    house.watch()
    assert ["a.csv"] == house.told("train")


def test_a_slow_writer_is_waited_for(house: House) -> None:
    """While a thread writes, the file is left; when it has closed it, the whole of it is taken."""
    written, go_on = threading.Event(), threading.Event()

    def write() -> None:
        with (house.data / "a.csv").open("w") as file:
            file.write("text,label\na,b\n")
            file.flush()
            written.set()
            go_on.wait(10)
            file.write("c,d\n")

    writer = threading.Thread(target=write)
    writer.start()
    assert written.wait(10)
    house.watch(wishes=Wishes())
    assert ([], True) == (house.told("train"), "still open to be written" in house.notices)
    go_on.set()
    writer.join()
    house.watch(wishes=Wishes())
    assert ["a.csv"] == house.told("train")


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", "text,label\na,b\nc,"), ("a.parquet", "PAR1 no more"), ("a.csv.gz", "x"), ("a.csv", "")],
    ids=["half a row", "half a Parquet", "half a gzip", "empty"],
)  # fmt: skip
def test_a_file_that_ends_in_the_middle_is_not_taken(house: House, name: str, content: str) -> None:
    """What is wrong is told once; written to its end, it is taken."""
    house.write(name, content)
    house.stop_after = 5
    house.watch(once=False)
    assert ([], 1) == (house.told("train"), house.notices.count("is not taken"))
    (house.data / f"{name}.done").touch()
    house.stop_after = 0
    house.watch()
    assert [name] == house.told("train")


def test_a_file_that_is_renamed_into_place_is_taken_at_the_next_look(house: House) -> None:
    """Nothing has to settle, where it can be told that nobody writes to it."""
    house.write("a.csv.part")
    house.meanwhile = lambda: _rename(house.data / "a.csv.part", house.data / "a.csv")
    house.stop_after = 3
    house.watch(once=False, wishes=Wishes())
    taken = next(event for event in house.events if isinstance(event, DatasetStep))
    told = data_directory(house.data).is_held("a.csv") is not None
    assert ("a.csv", "renamed" if told else "settled") == (taken.dataset, taken.reason)


def _rename(before: Path, after: Path) -> None:
    if before.exists():
        before.rename(after)


def test_failures_are_told_and_the_next_dataset_is_taken(house: House) -> None:
    """What failed is not tried again but on request; words of foreign errors stay in the run."""
    house.failing["train"] = [TrainingError("no faithful model"), ValueError("a text")]
    for name in ("a.csv", "b.csv", "c.csv"):
        house.write(name, f"text,label\n{name},b\n")
    found = house.watch(wishes=Wishes())
    assert ["failed", "failed", "done"] == [each.steps[-1] for each in found]
    assert ["no faithful model", "ValueError, see its run", ""] == [each.reason for each in found]
    assert () == house.watch(wishes=Wishes())
    assert ["done", "done"] == [each.steps[-1] for each in house.watch(wishes=Wishes(), retry=True)]


def test_gates_hold_a_model_back(house: House) -> None:
    """That is no failure: it is registered, and why it goes no further is told."""
    house.failing["promote"] = [GateError("does not pass")]
    house.write("a.csv")
    (found,) = house.watch()
    assert ("held back", "does not pass") == (found.steps[-1], found.reason)


def test_what_does_not_answer_is_asked_again_later(house: House) -> None:
    """With longer and longer pauses; nothing before it is done anew."""
    house.failing["register"] = [UnavailableError("no database"), OSError(28, "No space left")]
    house.write("a.csv")
    house.stop_after = 12
    (found,) = house.watch(once=False)
    assert ("done", 2) == (found.steps[-1], house.steps.count("put off"))
    assert ["a.csv"] == house.told("train")


def test_a_training_that_never_ends_is_given_up(house: House) -> None:
    """After as many beginnings as are allowed."""
    house.failing["train"] = [UnavailableError("no room")] * 9
    house.write("a.csv")
    house.stop_after = 60
    (found,) = house.watch(once=False)
    assert ("failed", MOST_BEGINNINGS) == (found.steps[-1], found.beginnings)


def test_a_file_that_is_replaced_while_it_is_trained_on_is_no_model(house: House) -> None:
    """What was trained is not what the ledger says; the new content comes next."""
    house.write("a.csv")
    acts = house._train

    def train(name: str, resume: Path | None, began: Callable[[Path], None]) -> Path:
        if not house.told("train"):
            house.write("a.csv", "text,label\nother,b\n")
        return acts(name, resume, began)

    house._train = train  # type: ignore[method-assign]
    house.stop_after = 8
    found = house.watch(once=False, wishes=Wishes())
    assert ["failed", "done"] == [each.steps[-1] for each in found]
    assert "was replaced" in found[0].reason


def test_a_stop_is_obeyed_between_steps(house: House) -> None:
    """What was begun goes on after a restart, where it was."""
    house.write("a.csv")
    stop: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, DatasetStep) and event.step == "trained":
            stop.append(event.step)
            house.stop_after, house.looks = 1, 1

    (found,) = house.watch(listener=hear)
    assert "trained" == found.steps[-1]
    house.stop_after = 0
    (found,) = house.watch()
    assert ("done", ["a.csv"]) == (found.steps[-1], house.told("train"))


def test_a_directory_that_is_not_there_is_refused(house: House) -> None:
    """At once; one that goes away for a moment is looked for again."""
    with held_ledger(house.done) as ledger, pytest.raises(InputError, match="directory of datasets"):
        watch(
            data_directory(house.data / "none"),
            ledger,
            house.acts,
            Clockwork(
                now=lambda: datetime(2026, 3, 1, tzinfo=UTC),
                monotonic=time.monotonic,
                wait=time.sleep,
                stopping=lambda: True,
            ),
            wishes=Wishes(),
            pace=Pace(),
        )


STEPS_OF_ONE = ["taken", "began", "trained", "registered", "pushed", "promoted", "done"]


@pytest.mark.parametrize("step", STEPS_OF_ONE)
def test_killed_after_any_step_nothing_is_lost_or_done_twice(tmp_path: Path, step: str) -> None:
    """A watcher that is killed with signal 9 goes on after a restart: one run, one model, one promotion."""
    house = House(tmp_path)
    house.write("a.csv")
    child = os.fork()
    if child == 0:
        try:
            house.watch(listener=_killing(step))
        finally:
            os._exit(1)
    assert signal.SIGKILL == os.waitpid(child, 0)[1]
    house.watch()
    with held_ledger(house.data / STATE) as ledger:
        assert "done" == ledger.lines()[-1].step
    assert 1 == len(list(house.done.glob("run-*"))) == len(list(house.done.glob("registered-*")))
    assert ["a.csv"] == house.told("train")
    assert ["intents:run-0 staging"] == house.told("promote")


def _killing(step: str) -> Listener:
    def hear(event: Event) -> None:
        if isinstance(event, DatasetStep) and event.step == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return hear
