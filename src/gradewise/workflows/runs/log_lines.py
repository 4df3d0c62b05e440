"""The log of a run as lines for a reader."""

import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gradewise.workflows.runs.recorder import LOG
from gradewise.workflows.runs.state import read_run_state

LOOK_EVERY_S = 0.3


def last_lines(directory: Path, n: int) -> tuple[str, ...]:
    """The last lines of a run's log; none when it has written none."""
    try:
        with (directory / LOG).open(encoding="utf-8", errors="replace") as log:
            return tuple(readable(line) for line in deque(log, maxlen=n))
    except FileNotFoundError:
        return ()


def follow(directory: Path, *, n: int, sleep: Callable[[float], None] = time.sleep) -> Iterator[str]:
    """The last lines of a run's log, then every further one as it is written, until the run has ended."""
    log = directory / LOG
    while not log.is_file():
        if read_run_state(directory).ended:
            return
        sleep(LOOK_EVERY_S)
    with log.open(encoding="utf-8", errors="replace") as file:
        yield from (readable(line) for line in deque(file, maxlen=n))
        unfinished = ""
        while True:
            ended = read_run_state(directory).ended  # before reading: what is written until then is shown
            for line in file:
                unfinished += line
                if unfinished.endswith("\n"):
                    yield readable(unfinished)
                    unfinished = ""
            if ended:
                return
            sleep(LOOK_EVERY_S)


def readable(line: str) -> str:
    """A line of ``run.log`` for a reader; one that is no record stays as it is.

    >>> readable('{"timestamp": "2026-01-02T03:04:05.678+00:00", "event": "Notice", "message": "a word"}')
    '2026-01-02 03:04:05  note: a word'
    """
    try:
        record = json.loads(line)
        words = _WORDS[record["event"]](record)
        return f"{record['timestamp'][:19].replace('T', ' ')}  {' '.join(words.split())}"
    except (ValueError, KeyError, TypeError):
        return line.rstrip("\n")


def _started(record: dict[str, Any]) -> str:
    total = "" if record["total"] is None else f", {record['total']} {record['unit']}"
    return f"{record['stage']} begins{total}"


def _progress(record: dict[str, Any]) -> str:
    name = record["stage"] if record["substage"] is None else f"{record['stage']} · {record['substage']}"
    of = "" if record["total"] is None else f" of {record['total']}"
    left = "" if record["eta_seconds"] is None else f", {record['eta_seconds']:.0f} s left"
    return f"{name}: {record['processed']}{of} {record['unit']}{left}"


def _searched(record: dict[str, Any]) -> str:
    best = "" if record["best_loss"] is None else f", least loss {record['best_loss']:.4f}"
    return f"{record['search']}: {record['done']} of {record['total']} trials{best}"


def _failed(record: dict[str, Any]) -> str:
    by = "" if record["signal"] is None else f" ({record['signal']})"
    return f"failed{by}: {record['error_type']}: {record['failure_reason']}"


_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "RunStarted": lambda record: f"{record['command']} {record['run_name']} begins, process {record['pid']}",
    "RunResumed": lambda record: f"{record['command']} {record['run_name']} goes on, process {record['pid']}",
    "RunCompleted": lambda record: f"completed in {record['seconds']:.1f} s",
    "RunFailed": _failed,
    "StageStarted": _started,
    "Progress": _progress,
    "StageFinished": lambda record: f"{record['stage']} done in {record['seconds']:.1f} s",
    "EssaysRead": lambda record: f"{record['count']} essays read in {record['seconds']:.1f} s",
    "SearchAdvanced": _searched,
    "Notice": lambda record: f"note: {record['message']}",
}
