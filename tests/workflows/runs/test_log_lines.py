"""The log of a run, as somebody reads it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradewise.errors import InputError
from gradewise.telemetry import Notice, StageAdvanced, stage
from gradewise.workflows.runs import recorder as module
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.runs.identity import RunIdentity
from gradewise.workflows.runs.lock import working_in
from gradewise.workflows.runs.log_lines import follow, last_lines, readable
from gradewise.workflows.runs.recorder import Recorder, recorded
from gradewise.workflows.services import Services


def test_every_line_that_a_run_writes_can_be_read(
    directory: RunDirectory, identity: RunIdentity, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each kind of event has its words; none is shown as a record."""
    monkeypatch.setattr(module, "LOG_EVERY_S", 0)

    def work() -> None:
        recorder = Recorder(directory, identity, lambda _event: None, clock=services.clock)
        with recorded(recorder), stage(recorder.hear, "sweep", total=2, unit="settings"):
            with stage(recorder.hear, "training"):
                recorder.hear(StageAdvanced("training", 3))
            recorder.hear(StageAdvanced("sweep", 1))
            recorder.hear(Notice("a word"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    lines = last_lines(directory.path, 20)
    assert {"2026-01-02 03:04:05"} == {line[:19] for line in lines}
    words = [line[21:] for line in lines]
    assert words[0].startswith("cv trial begins, process ")
    assert ["sweep begins, 2 settings", "training begins", "sweep · training: 3"] == words[1:4]
    assert words[4].startswith("training done in ")
    assert words[5].startswith("sweep: 1 of 2 settings, ")
    assert [
        "note: a word",
        "failed (SIGINT): KeyboardInterrupt: stopped by the user",
    ] == words[6:]


@pytest.mark.parametrize(
    "line", ["no record", "{}", "[]", '{"event": "Unknown", "timestamp": ""}', '{"event": "Notice"}']
)
def test_a_line_that_is_no_record_stays_as_it_is(line: str) -> None:
    """Nothing is lost."""
    assert line == readable(line + "\n")


def test_without_a_log_there_are_no_lines(directory: RunDirectory) -> None:
    """A run that has only just begun has written none."""
    assert () == last_lines(directory.path, 5)


def note(directory: Path, message: str, *, end: str = "\n") -> None:
    """Add a line to a log."""
    line = {"timestamp": "2026-01-02T03:04:05", "event": "Notice", "message": message}
    append(directory, json.dumps(line) + end)


def append(directory: Path, text: str) -> None:
    """Write at the end of a log."""
    with (directory / "run.log").open("a") as log:
        log.write(text)


def test_following_shows_what_is_added_until_the_run_ends(directory: RunDirectory) -> None:
    """The log may not be there at first; a line is shown once it is whole; the last words are not missed."""
    path = directory.path
    directory.write_json("status.json", {"state": "running"})

    def meanwhile() -> Iterator[None]:
        note(path, "zero")
        note(path, "one")
        yield
        note(path, "two", end="")
        yield
        append(path, "\n")
        yield
        note(path, "three")
        directory.write_json("status.json", {"state": "completed"})
        yield

    steps = meanwhile()
    with working_in(path):
        shown = [line[21:] for line in follow(path, n=1, sleep=lambda _seconds: next(steps))]
    assert ["note: one", "note: two", "note: three"] == shown


def test_following_a_run_that_ended_without_a_word_ends(directory: RunDirectory) -> None:
    """Nothing is waited for."""
    directory.write_json("status.json", {"state": "failed"})
    assert [] == list(follow(directory.path, n=5))


def test_a_failure_has_its_reason(directory: RunDirectory, identity: RunIdentity, services: Services) -> None:
    """One that no signal caused is told without one, on a line."""

    def work() -> None:
        with recorded(Recorder(directory, identity, lambda _event: None, clock=services.clock)):
            raise InputError("bad\ngrade")

    with pytest.raises(InputError):
        work()
    assert "failed: InputError: bad grade" == last_lines(directory.path, 1)[0][21:]
