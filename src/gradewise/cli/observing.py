"""What a command does as logs and metrics show it, where the environment asks for them."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import typer

from gradewise.cli.app import app
from gradewise.cli.observer import heard_by
from gradewise.settings import Observability, read_observability
from gradewise.telemetry import Listener, correlated, outcome_of, reason_of, silent, stack_of
from gradewise.work_events import CommandBegan, CommandEnded, Outcome

INTERRUPTED = 130
"""What a command that was stopped by Ctrl-C comes back with."""


def observed(arguments: Sequence[str], do: Callable[[], int | None]) -> int:
    """Run a command under a correlation id, and tell logs and metrics when it begins and what became of it.

    Args:
        arguments: as typed.
        do: the command; gives its exit code.

    Raises:
        PlanError: the environment asks for logs or metrics in a way that is not known.
        BaseException: whatever the command raises.
    """
    command = named_command(arguments)
    if not command:  # help, or nothing that there is
        return do() or 0
    observability = read_observability()
    with correlated(observability.correlation_id), _observer_of(observability, command) as observer:
        started, error, code = time.perf_counter(), None, 0
        observer(CommandBegan(command))
        try:
            code = do() or 0
        except BaseException as raised:
            error = raised
            raise
        finally:
            observer(_ended(command, time.perf_counter() - started, code, error))
    return code


def named_command(arguments: Sequence[str]) -> str:
    """The command that is asked for, as it is typed; empty when it is help or nothing that there is.

    >>> from gradewise.cli import main
    >>> named_command(["runs", "show", "latest"]), named_command(["--version"]), named_command(["tray"])
    ('runs show', '', '')
    """
    if {"--help", "-h"} & set(arguments):
        return ""
    first, second, *_ = [*arguments, "", ""]
    if first in _commands(app):
        return first
    for group in app.registered_groups:
        if group.name == first and group.typer_instance is not None:
            return f"{first} {second}" if second in _commands(group.typer_instance) else ""
    return ""


def _commands(program: typer.Typer) -> frozenset[str]:
    return frozenset(
        each.name or each.callback.__name__.replace("_", "-")
        for each in program.registered_commands
        if each.callback is not None
    )


@contextmanager
def _observer_of(observability: Observability, command: str) -> Iterator[Listener]:
    if not observability.hears:
        yield silent
        return
    from gradewise.bootstrap import observed_by
    from gradewise.cli.terminal import hear_plainly

    on_stderr = observability.log == "json" and observability.log_file is None
    with (
        observed_by(observability, command=command, notify=silent if on_stderr else hear_plainly) as observer,
        heard_by(observer, on_stderr=on_stderr),
    ):
        yield observer


def _ended(command: str, seconds: float, code: int, error: BaseException | None) -> CommandEnded:
    outcome = _outcome(code, error)
    return CommandEnded(
        command,
        outcome,
        seconds,
        error_type=None if error is None else type(error).__name__,
        reason=reason_of(error),
        stack=stack_of(error) if error is not None and outcome == "failed" else (),
    )


def _outcome(code: int, error: BaseException | None) -> Outcome:
    if isinstance(error, typer.TyperException):
        return "refused"
    if error is None and code:
        return "stopped" if code == INTERRUPTED else "not passed"
    return outcome_of(error)
