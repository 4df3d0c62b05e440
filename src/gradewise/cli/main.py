"""The commands, and what each kind of failure means to the shell."""

import io
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from gradewise.cli.version import show_version
from gradewise.errors import GateError, GradewiseError, InputError, TrainingError, UnavailableError

if TYPE_CHECKING:
    from typer import TyperException

FAILED, REFUSED, NOT_PASSED, INTERRUPTED = 1, 2, 3, 130
"""Exit codes: something broke; the input cannot be used; a required gate is not passed; Ctrl-C."""
CODES: dict[type[GradewiseError], int] = {
    TrainingError: FAILED,
    UnavailableError: FAILED,
    GateError: NOT_PASSED,
}
"""Exit codes of errors by family; any other is `REFUSED`."""
SIGNALLED = 128
"""What a shell adds to the number of the signal that ended a process."""


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
    if arguments == ["--version"]:
        show_version()
        return 0
    from typer import TyperException

    try:
        _require_writable(arguments)
        code = _do(arguments)
    except GradewiseError as error:
        return _refuse(str(error), CODES.get(type(error), REFUSED))
    except TyperException as error:
        return _refuse_usage(error)
    except OSError as error:
        return _refuse(_describe(error), FAILED)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 0
    if code in (INTERRUPTED, SIGNALLED + signal.SIGTERM):
        return _refuse("stopped; no file is half-written", code)
    return code


def _do(arguments: list[str]) -> int:
    from gradewise.cli.program import named_command, program

    def do() -> int:
        return program(arguments, prog_name="gradewise", standalone_mode=False) or 0

    if not (command := named_command(arguments)):  # help, or nothing that there is
        return do()
    from gradewise.cli.observing import observed

    return observed(command, do)


def _require_writable(arguments: list[str]) -> None:
    """Refuse names that no record of a run could hold: Linux allows any bytes in them."""
    for argument in arguments:
        if (shown := argument.encode(errors="backslashreplace").decode()) != argument:
            raise InputError(f"{shown!r} is not UTF-8; rename the file")


def _refuse_usage(error: "TyperException") -> int:
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
