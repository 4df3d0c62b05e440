"""A scoring service, wired: which model, where its answers go, who looks after it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from gradewise.adapters.service_metrics import ServiceMetrics
from gradewise.bootstrap.caches import serving_cache
from gradewise.bootstrap.databases import batches_from, score_log_from
from gradewise.bootstrap.measuring import AskedLog, MeasuredParts, measured
from gradewise.bootstrap.reading import build_apart, reading_tools
from gradewise.bootstrap.reviewing import review_secret
from gradewise.bootstrap.serving_options import ServingOptions
from gradewise.bootstrap.serving_sources import ServingSources
from gradewise.bootstrap.signing import trust_from
from gradewise.errors import BundleError, UnavailableError
from gradewise.judgement.batches import BatchResult
from gradewise.protocols.scoring import Batches, ScoreLog
from gradewise.scores.routing import ReviewRouting
from gradewise.service_events import LogState, ModelReloaded
from gradewise.settings import Settings
from gradewise.telemetry import Listener, Notice, all_hear, silent
from gradewise.workflows.judge.finalize import finalize
from gradewise.workflows.measuring.extract import processors
from gradewise.workflows.scoring.arms import Arms, same_answers
from gradewise.workflows.scoring.breaker import Breaker
from gradewise.workflows.scoring.bundle_model import model_builder
from gradewise.workflows.scoring.models import Build
from gradewise.workflows.scoring.scoring import Scoring
from gradewise.workflows.scoring.services import Serving
from gradewise.workflows.scoring.shadow import Shadow
from gradewise.workflows.scoring.slot import ModelSlot
from gradewise.workflows.scoring.slot_status import SlotName
from gradewise.workflows.scoring.sources import BundleSource
from gradewise.workflows.scoring.spool import Spool

TRIAL_START_S = 10.0
"""Seconds that the start of a service waits for a challenger: it needs two, a busy machine many."""


@asynccontextmanager
async def serving_from(
    settings: Settings,
    options: ServingOptions,
    *,
    listener: Listener = silent,
    metrics: ServiceMetrics | None = None,
) -> AsyncIterator[Serving]:
    """Bring a service up, and take it down in order; made and used within one event loop.

    A champion that is named and cannot be served is an error; one that is to be deployed under a name may
    come later, and until then no essay is graded. A challenger that is not ready takes nothing from the
    champion: it is told why, and looked for again.

    Args:
        settings: of the machine.
        options: of the service.
        listener: hears what happens.
        metrics: hear it too, and are told how the service stands; see `service_metrics`.

    Raises:
        BundleError: the model that was named is not served, or the challenger answers with other grades.
        PlanError: which model is meant cannot be told.
        UnavailableError: the database does not answer which model is meant; a score log that does not answer
            yet is a notice, and answers wait in a file.
    """
    async with AsyncExitStack() as stack:
        hears = listener if metrics is None else all_hear(listener, metrics.hear)
        wiring = _Wiring(settings, options, hears, stack)
        yield await wiring.serving(metrics)


class _Wiring:
    """Puts one service together; what is opened is closed by the stack, last first."""

    def __init__(
        self, settings: Settings, options: ServingOptions, listener: Listener, stack: AsyncExitStack
    ) -> None:
        self._settings, self._options, self._listener, self._stack = settings, options, listener, stack
        self._clock = partial(datetime.now, UTC)
        self._readers = options.readers or settings.workers or processors()
        self._cache = serving_cache(settings)
        self._stack.callback(self._cache.close)
        self._sources = ServingSources(settings, options, stack)
        self._away: UnavailableError | None = None
        self._spool = Spool(settings.state_directory / "spool") if options.keep_log else None
        self._breakers = {part: Breaker() for part in ("challenger", "shadow", "judgement")}

    async def serving(self, metrics: ServiceMetrics | None) -> Serving:
        """The service, up."""
        options, log, batches = self._options, await self._log(), await self._batches()
        champion, challenger = await self._slots()
        asked, spool = AskedLog(log), self._spool
        scoring = self._scoring(self._arms(champion, challenger), log)
        self._stack.push_async_callback(scoring.close)
        await scoring.start()
        serving = Serving(
            scoring=scoring,
            champion=champion,
            challenger=challenger,
            log=log,
            batches=batches,
            finalize=self._finalizer(batches, scoring),
            aside=scoring.aside,
            clock=self._clock,
            review_capacity=options.review_capacity,
            poll_s=options.poll_s or None,
            log_state=partial(_log_state, scoring, asked, spool),
            hangs=lambda: scoring.hangs,
            listener=self._listener,
        )
        await self._stack.enter_async_context(_watched(serving))
        if metrics is not None:
            parts = self._measured_parts(scoring, asked)
            await self._stack.enter_async_context(measured(metrics, serving, parts))
        return serving

    def _measured_parts(self, scoring: Scoring, asked: AskedLog) -> MeasuredParts:
        return MeasuredParts(
            scoring=scoring, cache=self._cache, spool=self._spool, breakers=self._breakers, asked=asked
        )

    async def _log(self) -> ScoreLog | None:
        if not self._options.keep_log:
            return None
        return await self._stack.enter_async_context(score_log_from(self._settings, when_away=self._say_away))

    async def _batches(self) -> Batches:
        tables = self._options.judged.tables
        opened = batches_from(self._settings, tables, when_away=self._say_away, away=self._away)
        return await self._stack.enter_async_context(opened)

    def _say_away(self, error: UnavailableError) -> None:
        """Say once that the database is not there yet: essays are graded all the same."""
        if self._away is None:
            self._away = error
            self._listener(Notice(f"{error}. Until it answers, answers wait in a file"))

    async def _slots(self) -> tuple[ModelSlot, ModelSlot | None]:
        """The champion's, and the challenger's where there is one."""
        build, named = self._builder(), self._options.challenger
        champion = self._slot("champion", await self._sources.champion(away=self._away), build)
        self._require_served(champion, await champion.reload(asked_by="start"))
        if named is None:
            return champion, None
        # What works unseen works in a process of its own: a crash of it is nobody else's.
        alone = self._options.shadow and not self._options.share
        apart = build_apart(self._settings) if alone else build
        source = await self._sources.challenger(named, away=self._away)
        challenger = self._slot("challenger", source, apart)
        await self._begin_trial(challenger)
        _require_same_answers(champion, challenger)
        return champion, challenger

    async def _begin_trial(self, challenger: ModelSlot) -> None:
        """Give a challenger some seconds to start; whatever becomes of it, the champion serves."""
        try:
            async with asyncio.timeout(TRIAL_START_S):
                await challenger.reload(asked_by="start")
        except TimeoutError:
            self._listener(
                Notice(
                    f"challenger {challenger.status.place} is not ready after {TRIAL_START_S:g} s; it goes "
                    "on starting, and the champion answers alone until it is"
                )
            )

    def _scoring(self, arms: Arms, log: ScoreLog | None) -> Scoring:
        options, settings = self._options, self._settings
        return Scoring(
            arms,
            log=log,
            readers=self._readers,
            clock=self._clock,
            review=ReviewRouting(
                audit_rate=options.audit_rate, salt=review_secret(settings), capacity=options.review_capacity
            ),
            most_waiting=options.most_waiting,
            deadline_s=options.deadline_s,
            spool=self._spool,
            cache_is_away=lambda: self._cache.is_away,
            listener=self._listener,
        )

    def _builder(self) -> Build:
        return model_builder(reading_tools(self._settings, readers=self._readers), self._cache)

    def _finalizer(self, batches: Batches, scoring: Scoring) -> Callable[[str], Awaitable[BatchResult]]:
        return partial(
            finalize,
            batches=batches,
            scoring=scoring,
            clock=self._clock,
            rules=self._options.judged.rules,
            breaker=self._breakers["judgement"],
            listener=self._listener,
        )

    def _arms(self, champion: ModelSlot, challenger: ModelSlot | None) -> Arms:
        options, breakers = self._options, self._breakers
        shadow = Shadow(breaker=breakers["shadow"], listener=self._listener) if options.shadow else None
        return Arms(
            champion, challenger,
            share=options.share, salt=options.salt, shadow=shadow, breaker=breakers["challenger"],
        )  # fmt: skip

    def _slot(self, name: SlotName, source: BundleSource, build: Build) -> ModelSlot:
        slot = ModelSlot(
            source,
            build,
            name=name,
            trust=trust_from(self._settings),
            clock=self._clock,
            listener=self._listener,
        )
        self._stack.push_async_callback(slot.close)
        return slot

    def _require_served(self, champion: ModelSlot, told: ModelReloaded) -> None:
        """Pass where the champion answers, or where it may come later."""
        if told.outcome == "refused" and self._options.model is not None:
            place = champion.status.place
            said = "" if told.detail.startswith(place) else f"{place} is not served: "
            raise BundleError(f"{said}{told.detail}")


def _log_state(scoring: Scoring, asked: AskedLog, spool: Spool | None) -> LogState:
    """Where answers are written down."""
    if scoring.log_is_unwritable:
        return "unwritable"
    return "away" if asked.is_away or (spool is not None and not spool.is_empty) else "kept"


def _require_same_answers(champion: ModelSlot, challenger: ModelSlot) -> None:
    """Pass unless both are loaded and answer with other grades or classes; one exchanged later is left out.

    Raises:
        BundleError: they do.
    """
    first, second = champion.current, challenger.current
    if first is None or second is None or same_answers(first.scale, second.scale):
        return
    there, on_trial = (
        f"{model.identity.name} {model.identity.version} gives {model.scale.n_grades} "
        f"{'grades' if model.scale.ordered else 'classes'}"
        for model in (first, second)
    )
    raise BundleError(
        f"challenger {on_trial} and champion {there}, not the same ones; put a model on trial that answers "
        "as the champion does"
    )


@asynccontextmanager
async def _watched(serving: Serving) -> AsyncIterator[None]:
    """Look for other models as long as the service is up."""
    if serving.poll_s is None:
        yield
        return
    watching = [asyncio.create_task(slot.watch(serving.poll_s)) for slot in serving.slots]
    try:
        yield
    finally:
        for task in watching:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
