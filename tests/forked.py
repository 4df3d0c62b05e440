"""Work in processes of their own that begin at once, to be killed, stopped and limited.

They are forked from a server that has loaded what they need and has done nothing yet, not from the process of
the tests: a fork would copy the locks that other threads of it happen to hold, and might wait for them for
ever. Where a process of its own is all that a test needs, it saves loading the program again.
"""

import os
import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

LOADED = (
    "lightgbm",
    "pydantic.dataclasses",
    "gradewise.adapters.optuna_study",
    "gradewise.bootstrap.services",
    "gradewise.cli.main",
    "gradewise.cli.program",
    "gradewise.workflows.research.tune",
    "gradewise.workflows.train",
)
WITHIN_S = 100.0


def begin(
    work: Callable[..., object], *args: object, said: Path | None = None, **options: object
) -> BaseProcess:
    """A process that does some work here, with the environment as it is now.

    Args:
        work: a function that can be imported, and so can be told by its name.
        args: of the work.
        said: where what it writes to standard error goes.
        options: of the work, too.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(list(LOADED))
    process = context.Process(target=_do, args=(work, dict(os.environ), said, args, options))
    process.start()
    return process


def end(process: BaseProcess, *, by_force: bool = False) -> int | None:
    """How a process ended: that is waited for, or killed at whatever it is doing."""
    if by_force:
        process.kill()
    process.join(WITHIN_S)
    assert not process.is_alive(), "waited in vain"
    return process.exitcode


def _do(
    work: Callable[..., object],
    environment: dict[str, str],
    said: Path | None,
    args: tuple[object, ...],
    options: dict[str, object],
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    own = os.dup(2)
    if said is not None:
        with said.open("w") as file:
            os.dup2(file.fileno(), 2)
    try:
        work(*args, **options)
    finally:  # what is said afterwards, of coverage say, is not the work's
        sys.stderr.flush()
        os.dup2(own, 2)
