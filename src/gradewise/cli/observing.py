"""What a command does as logs and metrics show it, where the environment asks for them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from gradewise.cli.observer import heard_by
from gradewise.settings import Observability, read_observability
from gradewise.telemetry import Listener, correlated, outcome_of, reason_of, silent, stack_of
from gradewise.work_events import CommandBegan, CommandEnded, Outcome

INTERRUPTED = 130
"""What a command that was stopped by Ctrl-C comes back with."""


def observed(command: str, do: Callable[[], int | None]) -> int:
    """Run a command under a correlation id, and tell logs and metrics when it begins and what became of it.

    Args:
        command: its name.
        do: what it does; gives its exit code.

    Raises:
        PlanError: the environment asks for logs or metrics in a way that is not known.
        BaseException: whatever the command raises.
    """
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
