"""Runs in the registry's database."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from contextvars import copy_context
from dataclasses import replace
from pathlib import Path

from gradewise.errors import GradewiseError, RunError
from gradewise.experiments import HOST, ExperimentEntry
from gradewise.protocols.registry import ModelRegistry

OpenRegistry = Callable[[], AbstractAsyncContextManager[ModelRegistry]]
"""Opens the registry for one event loop."""

PATIENCE_S = 10.0
"""For how long a database may keep a run waiting that has ended, once."""
PATIENCE_AFTER_FAILURE_S = 2.0
"""For how long when it was not there as the run began: it may be back, and the end is what counts."""

_log = logging.getLogger(__name__)


class RegistryTracker:
    """An `ExperimentTracker` over a `ModelRegistry`; it costs a run seconds at most, and never the run.

    The beginning of a run is written down beside it, so that nobody waits for a connection; what hinders
    that is said when the run has ended and cannot be written down either.
    """

    def __init__(
        self,
        open_registry: OpenRegistry,
        *,
        host: str,
        patience_s: float = PATIENCE_S,
        patience_after_failure_s: float = PATIENCE_AFTER_FAILURE_S,
    ) -> None:
        """Track runs of a machine in the registry that `open_registry` opens."""
        self._open, self._host = open_registry, host
        self._patience_s, self._afterwards_s = patience_s, patience_after_failure_s
        self._beginning: _Telling | None = None

    def record(self, entry: ExperimentEntry) -> None:
        """Keep what a run has become, in place of what was said of it before."""
        placed = replace(
            entry, output=str(Path(entry.output).absolute()), facts={**entry.facts, HOST: self._host}
        )
        if entry.state == "running":
            self._beginning = _Telling(self._open, placed, self._patience_s)
            return
        until = time.monotonic() + self._patience_s
        if self._beginning is not None and not self._beginning.succeeds_within(self._patience_s):
            until = min(until, time.monotonic() + self._afterwards_s)
        _Telling(self._open, placed, max(until - time.monotonic(), self._afterwards_s)).require()


class _Telling:
    """Tells the registry of a run, in a thread and an event loop of its own.

    Always a thread: the calling one may run a loop, and a driver that blocks must not hold up the run.
    """

    def __init__(self, open_registry: OpenRegistry, entry: ExperimentEntry, limit_s: float) -> None:
        self._open, self._entry, self._limit_s = open_registry, entry, limit_s
        self._error: BaseException | None = TimeoutError()
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._tell,), name="registry", daemon=True
        )
        self._thread.start()

    def succeeds_within(self, seconds: float) -> bool:
        """Wait for it; whether it is done, and well."""
        self._thread.join(seconds)
        return not self._thread.is_alive() and self._error is None

    def require(self) -> None:
        """Wait for it.

        Raises:
            RunError: it could not be done, or took too long.
        """
        # A little longer, so that it is the loop that gives up, and closes what it has opened.
        if not self.succeeds_within(self._limit_s + 1):
            raise RunError(f"the registry's database: {_words(self._error)}") from self._error

    def _tell(self) -> None:
        try:
            asyncio.run(self._record())
        except BaseException as error:  # noqa: BLE001 - whoever waits for it raises it
            self._error = error
            _log.warning(
                "run_not_recorded",
                extra={"run_id": self._entry.run_id, "state": self._entry.state, "reason": _words(error)},
            )
        else:
            self._error = None

    async def _record(self) -> None:
        async with asyncio.timeout(self._limit_s), self._open() as registry:
            await registry.record_run(self._entry)


def _words(error: BaseException | None) -> str:
    """What to say of an error; foreign ones may quote a statement with its parameters."""
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    return str(error) if isinstance(error, GradewiseError) else type(error).__name__
