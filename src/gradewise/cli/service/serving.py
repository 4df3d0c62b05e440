"""A service from the command line: what is said when it starts, and when it ends."""

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from gradewise.bootstrap.measuring import service_metrics
from gradewise.bootstrap.serving import serving_from
from gradewise.bootstrap.serving_options import JudgedOptions, ServingOptions
from gradewise.cli.asking import parse_scale
from gradewise.cli.judge.batches_running import read_tables
from gradewise.cli.observer import with_observer
from gradewise.cli.service.hanging import ended_when_hanging
from gradewise.cli.service.hangups import hung_up
from gradewise.cli.terminal import say, say_unless_logged
from gradewise.errors import MissingDependencyError
from gradewise.essays.scales import find_scale
from gradewise.service_events import LogState, ModelReloaded, RequestAnswered, ScoreLogChanged
from gradewise.serving.descriptors import room_for_connections
from gradewise.serving.limits import Limits
from gradewise.serving.tokens import TokenFile
from gradewise.settings import Settings
from gradewise.telemetry import Event, Listener, Notice, all_hear
from gradewise.workflows.judge.finalize import FinalizeRules
from gradewise.workflows.scoring.hints import hints
from gradewise.workflows.scoring.services import Serving

FAULTY = 500
"""The first HTTP status for which whoever asked is not to blame."""
_PLAIN_CALLS = (
    ", not encrypted: whoever stands between can read tokens and texts; give --grpc-cert and --grpc-key, or "
    "put TLS before it"
)
_RECORDS: Mapping[LogState, str] = {
    "kept": "score log: answers are written down again",
    "away": "score log: answers wait on disk",
    "unwritable": "score log: answers can be written down nowhere, so that essays are refused",
}
TURN_S = 0.0005
"""Seconds that a thread which computes goes on while another waits."""
YOUNG = 5_000
"""New objects after which Python looks for garbage among them. What a dozen answers at once are made of is
more than its own 700, and no garbage."""


TRYING = "trying the model on its test rows, in a process of its own: some seconds"
"""Said first, by whatever serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsAsked:
    """How somebody wants essays to be graded by gRPC as well."""

    port: int
    """0 is any that is free."""
    certificate: Path | None = None
    """PEM file; without one nothing is encrypted."""
    key: Path | None = None
    """PEM file of its private key."""


def asked_judged(tables: Path | None, *, min_comparisons: int, scale: str | None) -> JudgedOptions:
    """How judged batches are to be made final, as typed.

    Raises:
        InputError: the file of tables cannot be read, or says what cannot be.
        PlanError: there is no such scale.
    """
    named = parse_scale(scale)
    rules = FinalizeRules(min_comparisons=min_comparisons, scale=None if named is None else find_scale(named))
    return JudgedOptions(tables=read_tables(tables), rules=rules)


def serve_until_stopped(
    settings: Settings,
    options: ServingOptions,
    *,
    host: str,
    port: int,
    tokens: Path | None,
    limits: Limits,
    calls: CallsAsked | None = None,
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
        runner.run(_serve(settings, options, host=host, port=port, tokens=tokens, limits=limits, calls=calls))


async def _serve(
    settings: Settings,
    options: ServingOptions,
    *,
    host: str,
    port: int,
    tokens: Path | None,
    limits: Limits,
    calls: CallsAsked | None,
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
    if few := room_for_connections(limits, protocols=1 if calls is None else 2):
        say(f"note: {few}")
    with listen(listening) as listener:
        say(TRYING)
        hears = with_observer(unharmed(all_hear(hear_service, failures_told())))
        async with serving_from(settings, options, listener=hears, metrics=metrics) as serving:
            _spare_collections()
            _greet(serving, address_of(listener), asks_for_tokens=known is not None)
            reload = reloader(serving)
            app, stop = application(serving, listening, known), asyncio.Event()
            async with (
                ended_when_hanging(serving.hangs, stop),
                _answering_calls(serving, calls, host=host, tokens=known, limits=limits),
            ):
                if hung_up():
                    reload()
                await answer_until_stopped(app, listener, limits, reload=reload, stop=stop)
                say("finishing what is under way")
    say("stopped")


def _spare_collections() -> None:
    """Have what was loaded by now, modules and word lists for the most, left out of garbage collections.

    A full one looks at every object while nobody is answered: 150 ms under load, 10 without these. The small
    ones, at Python's own pace, cost a twentieth of an answer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)


@asynccontextmanager
async def _answering_calls(
    serving: Serving, calls: CallsAsked | None, *, host: str, tokens: TokenFile | None, limits: Limits
) -> AsyncIterator[None]:
    """Answer by gRPC too, where somebody asked for it."""
    if calls is None:
        yield
        return
    # What it cannot do it raises; its own lines on standard error would only say the same again.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from gradewise.serving.http.running import is_loopback

    try:
        from gradewise.serving.grpc.running import GrpcListening, answering_calls
    except ImportError as error:
        raise MissingDependencyError(
            "gRPC needs grpcio, its health and its reflection; install them: pip install 'gradewise[grpc]'"
        ) from error
    listening = GrpcListening(
        host=host, port=calls.port, certificate=calls.certificate, key=calls.key, limits=limits
    )
    async with answering_calls(serving, listening, tokens) as address:
        plain = calls.certificate is None and not is_loopback(host)
        say(f"gRPC at {address}{_PLAIN_CALLS if plain else ''}")
        yield


def reloader(serving: Serving) -> Callable[[], None]:
    """Looks for other models when a signal asks for it."""
    under_way: set[asyncio.Task[ModelReloaded]] = set()

    def reload() -> None:
        for slot in serving.slots:
            task = asyncio.get_running_loop().create_task(slot.reload(asked_by="signal"))
            under_way.add(task)
            task.add_done_callback(under_way.discard)

    return reload


def show_models(serving: Serving) -> None:
    """Say which models answer."""
    for slot in serving.slots:
        status = slot.status
        model = f"{status.identity.name} {status.identity.version}" if status.identity else "no model yet"
        say(f"{slot.status.slot}: {model}, from {status.place}")


def _greet(serving: Serving, address: str, *, asks_for_tokens: bool) -> None:
    whom = "whoever has a token" if asks_for_tokens else "this machine alone"
    header = " -H 'Authorization: Bearer TOKEN'" if asks_for_tokens else ""
    show_models(serving)
    for hint in hints(serving):
        say(hint)
    say(f"listening at {address} for {whom}; Ctrl-C ends it")
    say_unless_logged(
        f"try: curl -s {address}/v1/score{header} -H 'Content-Type: application/json' "
        '-d \'{"text": "A text."}\''
    )


def unharmed(listener: Listener) -> Listener:
    """A listener that fails nobody: where it writes, such as to a file on a full disk, may not work."""

    def hear(event: Event) -> None:
        with suppress(OSError):
            listener(event)

    return hear


def failures_told() -> Listener:
    """Say why requests fail for no fault of theirs, on standard error: once, until one is answered again."""
    told = ""

    def hear(event: Event) -> None:
        nonlocal told
        if not isinstance(event, RequestAnswered) or event.route.startswith("GET"):
            return
        why = (event.reason or event.error_type or "") if event.status >= FAULTY else ""
        if why and why != told:
            say_unless_logged(f"{event.route} is answered with {event.status}: {why}")
        told = why

    return hear


def hear_service(event: Event) -> None:
    """Say what becomes of models, on standard error."""
    match event:
        case ModelReloaded(asked_by="start", slot="champion"):
            pass
        case ModelReloaded(outcome="refused", model_version=""):
            say_unless_logged(f"{event.slot}: no model is served: {event.detail}")
        case ModelReloaded(outcome="swapped"):
            say_unless_logged(f"{event.slot}: {event.model_name} {event.model_version} answers now")
        case ModelReloaded(outcome="refused"):
            say_unless_logged(f"{event.slot}: another model is not served: {event.detail}")
        case ScoreLogChanged():
            say_unless_logged(_records_said(event))
        case Notice(message=message):
            say_unless_logged(f"note: {message}")
        case _:
            pass


def _records_said(event: ScoreLogChanged) -> str:
    said = _RECORDS[event.state]
    return f"{said}: {event.reason}" if event.reason else said
