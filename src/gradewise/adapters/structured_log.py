"""Events and what adapters log as one structured log, by structlog: JSON, or lines for a reader.

Adapters and workflows know nothing of structlog: they write to the logger of their module, by the standard
library, or tell a listener. A handler on the logger ``gradewise`` turns both into the same records. Loggers
of other libraries are left as they are: at their lower levels they quote statements with their parameters,
headers and bodies, which is essays and secrets.
"""

import logging
import logging.handlers
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from gradewise.adapters.event_records import EVENT_LOGGER, event_record
from gradewise.redaction import redacted_value
from gradewise.telemetry import Event, Listener, StageAdvanced, correlation_id, stack_of

FIRST = ("timestamp", "level", "event", "logger", "command", "correlation_id", "pid")
"""What begins a line."""
ROOT = "gradewise"
"""The logger above all of gradewise's."""


@contextmanager
def structured_log(
    *,
    format: str,  # noqa: A002 - what it is called wherever logs are set up
    level: str,
    file: os.PathLike[str] | None,
    command: str,
    secrets: Sequence[str] = (),
) -> Iterator[Listener]:
    """Log what the listener hears and what gradewise's loggers are told, until the block ends.

    Args:
        format: ``json`` or ``console``.
        level: ``debug``, ``info``, ``warning`` or ``error``.
        file: where lines are added; standard error, wherever it leads at the time, when ``None``.
        command: stands in every line.
        secrets: what must not be written.

    Raises:
        OSError: the file cannot be written.
    """
    handler = _StandardError() if file is None else _LogFile(file, encoding="utf-8")
    handler.setFormatter(_formatter(format, _Facts(command, correlation_id()), secrets))
    root = logging.getLogger(ROOT)
    before = root.level, root.propagate
    root.addHandler(handler)
    root.setLevel(level.upper())
    root.propagate = False
    try:
        yield _hear
    finally:
        root.removeHandler(handler)
        root.setLevel(before[0])
        root.propagate = before[1]
        with suppress(OSError):  # a full disk
            handler.close()


def _hear(event: Event) -> None:
    logger = logging.getLogger(EVENT_LOGGER)
    if isinstance(event, StageAdvanced) and not logger.isEnabledFor(logging.DEBUG):
        return  # it is told by the thousand
    record = event_record(event)
    logger.log(getattr(logging, record.level.upper()), record.name, extra={"details": record.details})


def _formatter(format: str, facts: "_Facts", secrets: Sequence[str]) -> logging.Formatter:  # noqa: A002
    def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        hidden: dict[str, Any] = redacted_value(event, secrets)
        return hidden

    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        if format == "json"
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.ExtraAdder(),
            facts.add,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            without_words,
            redact,
            in_order,
            renderer,
        ],
    )


class _Facts:
    """What stands in every line of a command's log."""

    def __init__(self, command: str, correlation: str) -> None:
        self._command, self._correlation = command, correlation

    def add(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Add them; threads that were not given the context have the command's correlation id."""
        details = event.pop("details", {})
        return {
            **event,
            "command": self._command,
            "correlation_id": correlation_id() or self._correlation,
            "pid": os.getpid(),
            **details,
        }


def in_order(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """What every line has comes first, in one order."""
    return {**{key: event[key] for key in FIRST if key in event}, **event}


def without_words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its kind and its place: its words and variables may quote what it met."""
    raised = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error = sys.exc_info()[1] if raised is True else raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event["error_type"] = type(error).__name__
        event["stack"] = list(stack_of(error))
    return event


class _StandardError(logging.StreamHandler[TextIO]):
    """Standard error, wherever it leads by now: a run leads it into its directory as well."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Nothing that becomes of a log may harm what is logged."""


class _LogFile(logging.handlers.WatchedFileHandler):
    """A file that lines are added to, and that may be rotated meanwhile."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Nothing that becomes of a log may harm what is logged."""
