"""What the terminal shows: progress while work goes on, and errors in one line."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from gradewise.cli.observer import logs_to_stderr, with_observer
from gradewise.telemetry import Event, Listener, Notice, StageAdvanced, StageFinished, StageStarted, silent

# No markup: file names and essay ids may hold brackets.
out = Console(highlight=False, markup=False, emoji=False)
"""Results: what a pipe would want."""
err = Console(stderr=True, highlight=False, markup=False, emoji=False)
"""Progress, notices and errors."""

# What could steer a terminal or turn a line around: controls apart from tab and new line, and marks that
# set the direction of writing.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    r"""A stranger's text as a terminal may show it; what could steer the terminal becomes a mark.

    >>> printable("\x1b[2Jgone") == "\ufffd[2Jgone"
    True
    """
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


@contextmanager
def progress_shown(*, quiet: bool = False) -> Iterator[Listener]:
    """Show stages as progress bars on a terminal, and as plain lines elsewhere; logs and metrics hear too.

    Where standard error is a log of JSON, they stand in it and nowhere else.
    """
    if quiet or (logs_to_stderr() and not err.is_terminal):
        yield with_observer(silent)
    elif err.is_terminal:
        with _bars() as bars:
            yield with_observer(_Bars(bars).hear)
    else:
        yield with_observer(hear_plainly)


def _bars() -> Progress:
    return Progress(
        SpinnerColumn(finished_text="[green]✓[/]"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=err,
    )


class _Bars:
    """One bar a stage."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def hear(self, event: Event) -> None:
        match event:
            case StageStarted(stage=name, total=total, unit=unit):
                self._tasks[name] = self._bars.add_task(name, total=total, unit=unit)
            case StageAdvanced(stage=name, done=done):
                self._bars.update(self._tasks[name], completed=done)
            case StageFinished(stage=name):
                task_id = self._tasks[name]
                total = int(next(task.total for task in self._bars.tasks if task.id == task_id) or 1)
                self._bars.update(task_id, total=total, completed=total)
            case Notice(message=message):
                self._bars.console.print(Text(f"  • {message}", style="yellow"))


def hear_plainly(event: Event) -> None:
    """Show the end of a stage and notices as lines."""
    match event:
        case StageFinished(stage=name, seconds=seconds):
            err.print(f"{name}: {seconds:.1f} s", soft_wrap=True)
        case Notice(message=message):
            err.print(f"note: {message}", soft_wrap=True)
        case _:
            pass


def say(line: str) -> None:
    """Say something on standard error; where that is a log of JSON, as a line of it."""
    if logs_to_stderr():
        with_observer(silent)(Notice(line))
    else:
        err.print(printable(line), soft_wrap=True)


def say_unless_logged(line: str) -> None:
    """Say something on standard error, unless that is a log of JSON, which tells it in its own way or not."""
    if not logs_to_stderr():
        say(line)


def show_line(text: str) -> None:
    """A line that a terminal does not break."""
    out.print(printable(text), soft_wrap=True)


def show_error(message: str) -> None:
    """One line that says what, where and what to do."""
    err.print(Text.assemble(("error: ", "bold red"), " ".join(message.split())), soft_wrap=True)
