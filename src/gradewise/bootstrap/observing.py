"""Logs and metrics for whoever asks for them."""

import platform
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from gradewise import __version__
from gradewise.settings import Observability
from gradewise.telemetry import Listener, all_hear


@contextmanager
def observed_by(observability: Observability, *, command: str, notify: Listener) -> Iterator[Listener]:
    """What hears for the log and the metrics that somebody asked for, while a command runs.

    Args:
        observability: what is asked for.
        command: as it is typed.
        notify: hears of trouble with metrics, which is never an error.

    Raises:
        OSError: the log file cannot be written.
    """
    listeners: list[Listener] = []
    with ExitStack() as stack:
        if observability.log != "off":
            from gradewise.adapters.structured_log import structured_log  # noqa: PLC0415 - few commands need it

            log = structured_log(
                format=observability.log,
                level=observability.log_level,
                file=observability.log_file,
                command=command,
                secrets=observability.secrets,
            )
            listeners.append(stack.enter_context(log))
        if observability.measures:
            listeners.append(
                stack.enter_context(_measured(observability, command, all_hear(notify, *listeners)))
            )
        yield all_hear(*listeners)


@contextmanager
def _measured(observability: Observability, command: str, notify: Listener) -> Iterator[Listener]:
    from gradewise.adapters.metrics_output import Outlets, metrics_out  # noqa: PLC0415 - few commands need it
    from gradewise.adapters.prometheus_metrics import JobMetrics  # noqa: PLC0415 - the same

    metrics = JobMetrics(version=__version__)
    outlets = Outlets(
        file=observability.metrics_file,
        push=observability.metrics_push,
        port=observability.metrics_port,
        host=observability.metrics_host,
        grouping={"instance": platform.node(), "command": command},
    )
    with metrics_out(metrics, outlets, notify):
        yield metrics.hear
