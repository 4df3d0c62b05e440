"""The commands, and what each kind of failure means to the shell."""

import io
import os
import signal
import sys
from typing import NoReturn

import typer

# Commands add themselves to the program when they are imported; help lists them in this order.
from gradewise.cli.app import app

from gradewise.cli import demo  # isort: skip
from gradewise.cli import train  # isort: skip
from gradewise.cli import evaluate  # isort: skip
from gradewise.cli import robustness  # isort: skip
from gradewise.cli import drift  # isort: skip
from gradewise.cli import score  # isort: skip
from gradewise.cli import explain  # isort: skip
from gradewise.cli import setup  # isort: skip
from gradewise.cli import check_data  # isort: skip
from gradewise.cli import runs  # isort: skip
from gradewise.cli import extract_training_data  # isort: skip
from gradewise.cli import prepare_dataset  # isort: skip
from gradewise.cli import make_splits  # isort: skip
from gradewise.cli import featurize  # isort: skip
from gradewise.cli import run as single_run  # isort: skip
from gradewise.cli import cv  # isort: skip
from gradewise.cli import drop_column  # isort: skip
from gradewise.cli import ablation  # isort: skip
from gradewise.cli import sweep  # isort: skip
from gradewise.cli import tune  # isort: skip
from gradewise.cli import compare  # isort: skip
from gradewise.cli import validate  # isort: skip
from gradewise.cli import compare_models  # isort: skip
from gradewise.cli import registry  # isort: skip
from gradewise.cli import registry_acts  # isort: skip
from gradewise.cli import batches  # isort: skip
from gradewise.cli import finalize  # isort: skip
from gradewise.cli import keys  # isort: skip
from gradewise.cli import reviews  # isort: skip
from gradewise.cli import corrections  # isort: skip
from gradewise.cli import retrain  # isort: skip
from gradewise.cli import watch  # isort: skip
from gradewise.cli import serve  # isort: skip
from gradewise.cli import worker  # isort: skip
from gradewise.cli import tokens  # isort: skip
from gradewise.cli import ops  # isort: skip
from gradewise.cli import scores  # isort: skip
from gradewise.cli import challenger  # isort: skip
from gradewise.cli import ensemble  # isort: skip
from gradewise.cli import db  # isort: skip
from gradewise.cli import judge  # isort: skip
from gradewise.cli.observing import observed
from gradewise.cli.panels import arrange
from gradewise.cli.paragraphs import let_help_flow
from gradewise.errors import GateError, GradewiseError, InputError, TrainingError, UnavailableError

FAILED, REFUSED, NOT_PASSED, INTERRUPTED = 1, 2, 3, 130
"""Exit codes: something broke; the input cannot be used; a required gate is not passed; Ctrl-C."""
CODES: dict[type[GradewiseError], int] = {
    TrainingError: FAILED,
    UnavailableError: FAILED,
    GateError: NOT_PASSED,
}
"""Exit codes of errors by family; any other is `REFUSED`."""
COMMANDS = (
    demo, train, evaluate, robustness, drift, score, explain, setup, check_data, runs, extract_training_data,
    prepare_dataset, make_splits, featurize, single_run, cv, drop_column, ablation, sweep, tune, compare,
    validate, compare_models, registry, registry_acts, keys, challenger, ensemble, batches, finalize, judge,
    reviews, corrections, retrain, watch, scores, serve, worker, tokens, ops, db,
)  # fmt: skip
"""The modules whose import makes the commands."""
SIGNALLED = 128
"""What a shell adds to the number of the signal that ended a process."""

let_help_flow(app)
arrange(app)


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
        _require_writable(arguments)
        code = observed(arguments, lambda: app(arguments, prog_name="gradewise", standalone_mode=False))
    except GradewiseError as error:
        return _refuse(str(error), CODES.get(type(error), REFUSED))
    except typer.TyperException as error:
        return _refuse_usage(error)
    except OSError as error:
        return _refuse(_describe(error), FAILED)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 0
    if code in (INTERRUPTED, SIGNALLED + signal.SIGTERM):
        return _refuse("stopped; no file is half-written", code)
    return code


def _require_writable(arguments: list[str]) -> None:
    """Refuse names that no record of a run could hold: Linux allows any bytes in them."""
    for argument in arguments:
        if (shown := argument.encode(errors="backslashreplace").decode()) != argument:
            raise InputError(f"{shown!r} is not UTF-8; rename the file")


def _refuse_usage(error: typer.TyperException) -> int:
    """An option that there is not, or a value that it cannot have."""
    message = error.format_message().removeprefix("Invalid value: ").replace("Value error, ", "").rstrip(".")
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
