"""A worker from the command line: what is said when it starts, and when it ends."""

import asyncio

from gradewise.bootstrap.events import broker_at
from gradewise.bootstrap.serving import serving_from
from gradewise.bootstrap.serving_options import ServingOptions
from gradewise.cli.observer import with_observer
from gradewise.cli.service.hanging import ended_when_hanging
from gradewise.cli.service.hangups import hung_up
from gradewise.cli.service.serving import TRYING, hear_service, reloader, show_models, unharmed
from gradewise.cli.terminal import say
from gradewise.errors import MissingDependencyError
from gradewise.settings import Settings


def work_until_stopped(
    settings: Settings,
    options: ServingOptions,
    *,
    url: str,
    concurrency: int,
    grace_s: float,
    relays: bool,
) -> None:
    """Answer events, and say on standard error whose, by which model, and what becomes of models.

    Raises:
        MissingDependencyError: what speaks to the broker is not installed.
        PlanError: it is no address of a broker.
        UnavailableError: the broker or the database does not answer.
    """
    asyncio.run(_work(settings, options, url=url, concurrency=concurrency, grace_s=grace_s, relays=relays))


async def _work(
    settings: Settings,
    options: ServingOptions,
    *,
    url: str,
    concurrency: int,
    grace_s: float,
    relays: bool,
) -> None:
    try:
        from gradewise.serving.events.running import until_stopped, working
    except ImportError as error:
        raise MissingDependencyError(
            "events need msgspec; install it with the rest: pip install 'gradewise[events]'"
        ) from error
    broker, stop = broker_at(url, concurrency=concurrency, drain_s=grace_s), asyncio.Event()
    say(TRYING)
    async with serving_from(settings, options, listener=with_observer(unharmed(hear_service))) as serving:
        show_models(serving)
        say(f"connecting to {broker.location}")
        async with working(serving, broker, relays=relays), ended_when_hanging(serving.hangs, stop):
            say(f"listening to {broker.location}; Ctrl-C ends it")
            reload = reloader(serving)
            if hung_up():
                reload()
            await until_stopped(reload, stop)
            say("finishing what is under way")
    say("stopped")
