"""The commands, and what each kind of failure means to the shell."""

import io
import os
import signal
import sys
from typing import NoReturn

import typer

from gradewise import __version__
from gradewise.errors import GradewiseError, TrainingError

FAILED, REFUSED, INTERRUPTED = 1, 2, 130
"""Exit codes: something broke; the input cannot be used; Ctrl-C."""
SIGNALLED = 128
"""What a shell adds to the number of the signal that ended a process."""


app = typer.Typer(
    name="gradewise",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""Turn teacher-marked essays into a grading model that can be trusted and explained.

    Start here: [bold]gradewise demo[/] trains on generated essays; [bold]gradewise train essays.csv[/] on
    yours; [bold]gradewise score essay.txt[/] grades with the newest model.""",
)


def _show_version(value: bool) -> None:
    if value:
        sys.stdout.write(f"gradewise {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", help="Show the version.", callback=_show_version, is_eager=True
    ),
) -> None:
    """Hold the options of the program itself."""


class _Terminated(SystemExit):
    """Somebody asked the process to end: a run records it and is left in order."""

    def __str__(self) -> str:
        return "stopped by signal SIGTERM"


def _terminate(number: int, _frame: object) -> NoReturn:
    raise _Terminated(SIGNALLED + number)


def main() -> None:
    """Run a command and leave with its exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # where a letter cannot be shown, its number is
            stream.reconfigure(errors="backslashreplace")
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has what they wanted; leaving must not fail on the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run a command; failures become one line on standard error and an exit code."""
    try:
        code = app(arguments, prog_name="gradewise", standalone_mode=False)
    except GradewiseError as error:
        return _refuse(str(error), FAILED if isinstance(error, TrainingError) else REFUSED)
    except typer.TyperException as error:
        return _refuse_usage(error)
    except OSError as error:
        return _refuse(_describe(error), FAILED)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    if code == INTERRUPTED:
        return _refuse("stopped; no file is half-written", INTERRUPTED)
    return code or 0


def _refuse_usage(error: typer.TyperException) -> int:
    """An option that there is not, or a value that it cannot have."""
    message = error.format_message().removeprefix("Invalid value: ").rstrip(".")
    if not message:  # no command was named: the help has been shown
        return REFUSED
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "gradewise"
    return _refuse(f"{message}; see {command} --help", REFUSED)


def _describe(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    what = error.strerror or str(error)
    return f"{where}{what}; make room or choose another place (no file is half-written)"


def _refuse(message: str, code: int) -> int:
    from gradewise.cli.terminal import show_error

    show_error(message)
    return code


from gradewise.cli import demo, evaluate, score, setup, train  # noqa: E402, F401 - they add their commands
