"""What Prometheus is told of a scoring service."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from gradewise import __version__
from gradewise.adapters.layered_cache import LayeredCache
from gradewise.adapters.service_metrics import ServiceMetrics
from gradewise.adapters.service_standing import QueueStanding, SlotStanding, Standing
from gradewise.errors import GradewiseError
from gradewise.models.bundles.metadata import BundleMetadata
from gradewise.protocols.scoring import ScoreLog
from gradewise.workflows.scoring.breaker import Breaker
from gradewise.workflows.scoring.scoring import Scoring
from gradewise.workflows.scoring.services import Serving
from gradewise.workflows.scoring.slot import ModelSlot
from gradewise.workflows.scoring.slot_status import trained_at
from gradewise.workflows.scoring.spool import Spool

ASK_EVERY_S = 15.0
"""How often the score log is asked what waits: as often as Prometheus usually asks."""
ANSWER_WITHIN_S = 5.0
"""A log that takes longer counts as away."""


def service_metrics() -> ServiceMetrics:
    """Metrics of one service, with nothing counted yet."""
    return ServiceMetrics(version=__version__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasuredParts:
    """What is looked at of a service, beside what edges see of it."""

    scoring: Scoring
    """Grades essays."""
    cache: LayeredCache
    """Keeps what was read of texts."""
    spool: Spool | None
    """Keeps answers while the log is away."""
    breakers: Mapping[str, Breaker]
    """What leaves something alone after failures."""
    asked: "AskedLog"
    """What the score log says from time to time."""


@asynccontextmanager
async def measured(
    metrics: ServiceMetrics, serving: Serving, parts: MeasuredParts, *, ask_every_s: float = ASK_EVERY_S
) -> AsyncIterator[None]:
    """Let metrics know how a service stands, until the block ends."""
    metrics.watch(lambda: standing_of(serving, parts, parts.asked.queue))
    asking = asyncio.create_task(parts.asked.go_on(ask_every_s), name="metrics")
    try:
        yield
    finally:
        metrics.watch(Standing)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking


def standing_of(serving: Serving, parts: MeasuredParts, queue: QueueStanding | None) -> Standing:
    """How a service stands now; waits for nothing."""
    champion = serving.champion.status.metadata
    models = [slot.current for slot in serving.slots]
    return Standing(
        now=serving.clock().timestamp(),
        slots=tuple(_slot(slot) for slot in serving.slots),
        grades=tuple(dict.fromkeys(g for model in models if model is not None for g in model.scale.grades)),
        training_shares={} if champion is None else _shares(champion),
        waiting=parts.scoring.waiting,
        breakers={part: breaker.is_open for part, breaker in parts.breakers.items()},
        cache_away=parts.cache.is_away,
        keeps_log=serving.log is not None,
        queue=queue,
        spooling=None if parts.spool is None else not parts.spool.is_empty,
        unwritable=parts.scoring.log_is_unwritable,
        review_capacity=serving.review_capacity,
    )


class AskedLog:
    """What the score log says from time to time."""

    def __init__(self, log: ScoreLog | None) -> None:
        """Know nothing yet; there is nothing to know where no answer is written down."""
        self._log = log
        self.queue: QueueStanding | None = None
        self.is_away = False

    async def go_on(self, every_s: float) -> None:
        """Ask again and again."""
        while self._log is not None:
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    self.queue = await _queue(self._log)
                self.is_away = False
            except (GradewiseError, TimeoutError):
                self.queue, self.is_away = None, True
            await asyncio.sleep(every_s)


async def _queue(log: ScoreLog) -> QueueStanding:
    counted, (serial, _) = await log.count_waiting(), await log.head()
    return QueueStanding(
        n_review=counted.n_review,
        n_audit=counted.n_audit,
        oldest_at=_seconds(counted.oldest),
        serial=serial,
    )


def _slot(slot: ModelSlot) -> SlotStanding:
    status = slot.status
    found = SlotStanding(slot=status.slot, looked_at=_seconds(status.looked_at), stale=status.stale)
    if status.identity is None:
        return found
    trained = trained_at(status.identity.version)
    return SlotStanding(
        slot=status.slot,
        model_name=status.identity.name,
        model_version=status.identity.version,
        model_digest=status.identity.digest,
        trained_at=_seconds(datetime.fromisoformat(trained)) if trained else None,
        training_date=trained[:10],
        loaded_at=_seconds(status.loaded_at),
        looked_at=found.looked_at,
        stale=found.stale,
    )


def _shares(metadata: BundleMetadata) -> dict[str, float]:
    """Share of each grade among the essays that a model learnt from."""
    counts = metadata.data.label_counts
    n = sum(counts.values())
    return {grade: count / n for grade, count in counts.items()} if n else {}


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.astimezone(UTC).timestamp()
