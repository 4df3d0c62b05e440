"""Events and what adapters say come out as one structured log."""

import json
import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gradewise.adapters.event_records import event_record
from gradewise.adapters.structured_log import structured_log
from gradewise.service_events import RequestAnswered, ScoreLogChanged
from gradewise.telemetry import Event, Notice, StageAdvanced, StageFinished, correlated
from gradewise.testing.contracts.experiment_tracker import make_experiment_entry
from gradewise.work_events import ActEnded, CommandEnded, DriftMeasured, GatesJudged, RunBegan, RunEnded

ADAPTER = logging.getLogger("gradewise.adapters.sql")


def logged(path: Path) -> list[dict[str, Any]]:
    """The lines of a log."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def log_of(path: Path | None, *, level: str = "info", secrets: Sequence[str] = (), as_: str = "json") -> Any:
    """A log of the command `train`."""
    return structured_log(format=as_, level=level, file=path, command="train", secrets=secrets)


def test_events_and_adapters_write_the_same_kind_of_line(tmp_path: Path) -> None:
    """Time, level, event, logger, command, correlation id and process first, then what there is to say."""
    path = tmp_path / "log.jsonl"
    with correlated("c0ffee"), log_of(path) as hear:
        hear(StageFinished("features", 1.23456789))
        ADAPTER.warning("retried", extra={"attempt": 2})
    event, line = logged(path)
    first = ["timestamp", "level", "event", "logger", "command", "correlation_id", "pid"]
    assert first == list(event)[:7] == list(line)[:7]
    assert {"event": "stage_finished", "level": "info", "stage": "features", "seconds": 1.234568}.items() <= (
        event.items()
    )
    assert {
        "event": "retried",
        "level": "warning",
        "logger": "gradewise.adapters.sql",
        "command": "train",
        "correlation_id": "c0ffee",
        "attempt": 2,
    }.items() <= line.items()


def test_each_event_has_its_level(tmp_path: Path) -> None:
    """Progress is for debugging, what was refused is a warning, what failed an error."""
    path = tmp_path / "log.jsonl"
    failed, running = make_experiment_entry(state="failed"), make_experiment_entry(state="running")
    events = [
        StageAdvanced("features", 1),
        RunBegan(running),
        RunEnded(failed),
        ActEnded("promote", "essays 1", "not passed", 1.0),
        GatesJudged("essays 1", "plan", passed=False, short=("qwk",)),
        DriftMeasured(model="essays", verdict="drift", n_texts=80, moved={"words": 2.5}),
        CommandEnded("train", "failed", 1.0, error_type="KeyError", stack=("a.py:1 f",)),
    ]
    with log_of(path, level="debug") as hear:
        for event in events:
            hear(event)
    lines = logged(path)
    levels = ["debug", "info", "error", "warning", "warning", "warning", "error"]
    assert levels == [line["level"] for line in lines]
    assert "disk full: [Errno 28]\nmake room" == lines[2]["failure_reason"]
    assert ("running", "run-cv") == (lines[1]["state"], lines[1]["run_id"])


def test_what_lies_below_the_level_is_not_written(tmp_path: Path) -> None:
    """Nor is anything, once the log is over; the logger is as it was."""
    path, root = tmp_path / "log.jsonl", logging.getLogger("gradewise")
    before = root.level, root.propagate, list(root.handlers)
    with log_of(path, level="warning") as hear:
        hear(Notice("a word"))
        hear(StageAdvanced("features", 1))
        ADAPTER.error("broken")
    ADAPTER.error("later")
    assert ["broken"] == [line["event"] for line in logged(path)]
    assert before == (root.level, root.propagate, list(root.handlers))


def test_neither_secrets_nor_words_of_foreign_errors_are_written(tmp_path: Path) -> None:
    """Known secrets, what looks like one, and what an exception quotes; its kind and place are."""
    path = tmp_path / "log.jsonl"
    essay = "an essay about the sea"
    with log_of(path, secrets=("hunter22",)) as hear:
        hear(Notice("hunter22 at postgresql://anna:geheim@db/x"))
        ADAPTER.info("asked", extra={"headers": {"Authorization": "Basic YWJj"}, "password": "geheim"})
        try:
            int(essay)
        except ValueError:
            ADAPTER.exception("broken", stack_info=True)
    text = path.read_text()
    assert [] == [each for each in ("hunter22", "geheim", "YWJj", essay) if each in text]
    assert "ValueError" == logged(path)[-1]["error_type"]
    assert "test_structured_log.py" in logged(path)[-1]["stack"][-1]


def test_other_libraries_are_not_listened_to(tmp_path: Path) -> None:
    """Their debug lines hold statements with parameters, headers and bodies."""
    path = tmp_path / "log.jsonl"
    with log_of(path, level="debug"):
        logging.getLogger("sqlalchemy.engine").warning("INSERT an essay")
    assert "" == path.read_text()


def test_a_thread_without_context_has_the_commands_correlation_id(tmp_path: Path) -> None:
    """A pool that copies no context is no reason to lose the thread."""
    path = tmp_path / "log.jsonl"
    with correlated("c0ffee"), log_of(path):
        thread = threading.Thread(target=ADAPTER.warning, args=("retried",))
        thread.start()
        thread.join()
    assert "c0ffee" == logged(path)[0]["correlation_id"]


def test_a_log_for_a_reader_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A line for an event, wherever standard error leads by now."""
    with log_of(None, as_="console") as hear:
        hear(Notice("a word"))
    printed = capsys.readouterr()
    assert ("", True) == (printed.out, "notice" in printed.err and "a word" in printed.err)


def test_a_log_that_cannot_be_written_harms_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A disk that is full by now is the log's own trouble; a place that there is not is said at once."""
    with log_of(Path("/dev/full")) as hear:
        hear(Notice("a word"))
    with pytest.raises(OSError, match="No such file"), log_of(tmp_path / "none" / "log.jsonl"):
        pass
    assert "" == capsys.readouterr().err


@pytest.mark.parametrize(("event", "level"), [
    (RequestAnswered(route="POST /v1/score", status=200, seconds=0.1), "info"),
    (RequestAnswered(route="POST /v1/score", status=422, seconds=0.1, error_type="InputError"), "info"),
    (RequestAnswered(route="POST /v1/score", status=503, seconds=0.1, error_type="X"), "warning"),
    (RequestAnswered(route="POST /v1/score", status=500, seconds=0.1, error_type="KeyError"), "error"),
    (RequestAnswered(route="GET /readyz", status=503, seconds=0.1), "info"),
    (ScoreLogChanged("away", "the database does not answer"), "warning"),
    (ScoreLogChanged("unwritable", "the disk is full"), "error"),
    (ScoreLogChanged("kept"), "info"),
], ids=["answered", "input", "unavailable", "fault", "not_ready", "away", "unwritable", "kept"])  # fmt: skip
def test_what_a_service_cannot_do_is_graver_than_what_it_does(event: Event, level: str) -> None:
    """Whoever reads warnings alone sees that essays are not answered, and not every check that says so."""
    assert level == event_record(event).level
