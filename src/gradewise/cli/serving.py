"""A service from the command line: what is said when it starts, and when it ends."""

import asyncio
import gc
import sys
from collections.abc import Callable
from pathlib import Path

from gradewise.bootstrap.measuring import service_metrics
from gradewise.bootstrap.serving import ServingOptions, serving_from
from gradewise.cli.observing import with_observer
from gradewise.cli.terminal import err, hear_plainly, printable
from gradewise.errors import MissingDependencyError
from gradewise.serving.limits import Limits
from gradewise.settings import Settings
from gradewise.telemetry import Event, ModelReloaded, Notice
from gradewise.workflows.scoring.services import Serving

TURN_S = 0.0005
"""Seconds that a thread which computes goes on while another waits."""


def serve_until_stopped(
    settings: Settings,
    options: ServingOptions,
    *,
    host: str,
    port: int,
    tokens: Path | None,
    limits: Limits,
) -> None:
    """Serve, and say on standard error where, which model, and what becomes of models.

    Raises:
        MissingDependencyError: what serves HTTP is not installed.
        PlanError: other machines could ask without a token.
        UnavailableError: the port is taken, or the database does not answer.
    """
    try:
        import fastapi  # noqa: F401 - what the extra brings
        import msgspec  # noqa: F401 - the same
        import uvicorn  # noqa: F401 - the same
        import uvloop
    except ImportError as error:
        raise MissingDependencyError(
            "the service needs fastapi, uvicorn and msgspec; install them: pip install 'gradewise[serve]'"
        ) from error
    # Python lets a thread that computes go on for 5 ms before another may, and an answer waits for its turn
    # several times: while essays are read or a model is built, that is most of the time it takes.
    sys.setswitchinterval(TURN_S)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, options, host=host, port=port, tokens=tokens, limits=limits))


async def _serve(
    settings: Settings,
    options: ServingOptions,
    *,
    host: str,
    port: int,
    tokens: Path | None,
    limits: Limits,
) -> None:
    from gradewise.serving.http.running import (
        Listening,
        address_of,
        answer_until_stopped,
        application,
        check_tokens,
        listen,
    )

    metrics = service_metrics()
    listening = Listening(host=host, port=port, tokens=tokens, limits=limits, metrics=metrics.exposition)
    known = check_tokens(listening)
    with listen(listening) as listener:
        err.print("trying the model on its test rows, in a process of its own: some seconds", soft_wrap=True)
        hears = with_observer(_hear)
        async with serving_from(settings, options, listener=hears, metrics=metrics) as serving:
            _spare_collections()
            _greet(serving, address_of(listener), asks_for_tokens=known is not None)
            await answer_until_stopped(
                application(serving, listening, known), listener, limits, reload=_reloader(serving)
            )
            err.print("finishing what is under way")
    err.print("stopped", soft_wrap=True)


def _spare_collections() -> None:
    """Have what was loaded by now, modules and word lists for the most, left out of garbage collections.

    A full one looks at every object while nobody is answered: 150 ms under load, 10 without these.
    """
    gc.collect()
    gc.freeze()


def _reloader(serving: Serving) -> Callable[[], None]:
    """Looks for other models when a signal asks for it."""
    under_way: set[asyncio.Task[ModelReloaded]] = set()

    def reload() -> None:
        for slot in serving.slots:
            task = asyncio.get_running_loop().create_task(slot.reload(asked_by="signal"))
            under_way.add(task)
            task.add_done_callback(under_way.discard)

    return reload


def _greet(serving: Serving, address: str, *, asks_for_tokens: bool) -> None:
    whom = "whoever has a token" if asks_for_tokens else "this machine alone"
    header = " -H 'Authorization: Bearer TOKEN'" if asks_for_tokens else ""
    for slot in serving.slots:
        status = slot.status
        model = f"{status.identity.name} {status.identity.version}" if status.identity else "no model yet"
        err.print(f"{slot.status.slot}: {printable(model)}, from {printable(status.place)}", soft_wrap=True)
    err.print(f"listening at {address} for {whom}; "
              "Ctrl-C ends it", soft_wrap=True)  # fmt: skip
    err.print(
        f"try: curl -s {address}/v1/score{header} -H 'Content-Type: application/json' "
        '-d \'{"text": "An essay."}\'',
        soft_wrap=True,
    )


def _hear(event: Event) -> None:
    match event:
        case ModelReloaded(asked_by="start"):
            pass
        case ModelReloaded(outcome="swapped"):
            err.print(
                f"{event.slot}: {printable(event.model_name)} {event.model_version} answers now",
                soft_wrap=True,
            )
        case ModelReloaded(outcome="refused"):
            err.print(f"{event.slot}: another model is not served: {printable(event.detail)}", soft_wrap=True)
        case Notice():
            hear_plainly(event)
        case _:
            pass
