"""Runs in the registry's database."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from gradewise.errors import GradewiseError, RunError
from gradewise.experiments import HOST, ExperimentEntry
from gradewise.protocols import ModelRegistry
from gradewise.telemetry import correlated, correlation_id

OpenRegistry = Callable[[], AbstractAsyncContextManager[ModelRegistry]]
"""Opens the registry for one event loop."""

PATIENCE_S = 10.0
"""For how long a database may keep a run waiting, once: a new SQLite registry makes its tables meanwhile."""
PATIENCE_AFTER_FAILURE_S = 2.0
"""For how long afterwards: it may be back, and the end of a run is what counts."""

_log = logging.getLogger(__name__)


class RegistryTracker:
    """An `ExperimentTracker` over a `ModelRegistry`; each record has a connection and event loop of its own.

    A database that does not answer costs a run seconds, and never the run.
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

    def record(self, entry: ExperimentEntry) -> None:
        """Keep what a run has become, in place of what was said of it before."""
        placed = replace(
            entry,
            output=str(Path(entry.output).absolute()),
            facts={**entry.facts, HOST: self._host},
        )
        try:
            _run(lambda: self._record(placed), limit_s=self._patience_s)
        except Exception as error:
            _log.warning(
                "run_not_recorded", extra={"run_id": entry.run_id, "error_type": type(error).__name__}
            )
            self._patience_s = min(self._patience_s, self._afterwards_s)
            raise RunError(f"the registry's database: {_words(error)}") from error

    async def _record(self, entry: ExperimentEntry) -> None:
        async with asyncio.timeout(self._patience_s), self._open() as registry:
            await registry.record_run(entry)


def _words(error: Exception) -> str:
    """What to say of an error; foreign ones may quote a statement with its parameters."""
    if isinstance(error, TimeoutError):
        return "it does not answer in time; the run goes on without"
    return str(error) if isinstance(error, GradewiseError) else type(error).__name__


def _run(make: Callable[[], Coroutine[Any, Any, None]], *, limit_s: float) -> None:
    """Run a coroutine in an event loop of its own, in a thread whose end is not waited for beyond the limit.

    Always a thread: the calling one may run a loop, and a driver that blocks must not hold up the run.
    """
    failed: list[BaseException] = []
    correlation = correlation_id()

    def work() -> None:
        try:
            with correlated(correlation):
                asyncio.run(make())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            failed.append(error)

    thread = threading.Thread(target=work, name="registry", daemon=True)
    thread.start()
    thread.join(limit_s + 1)
    if thread.is_alive():
        raise TimeoutError
    if failed:
        raise failed[0]
