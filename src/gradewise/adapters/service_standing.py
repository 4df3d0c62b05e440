"""How a scoring service stands, and the gauges that are made of it whenever somebody looks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gradewise.adapters.metric_names import MetricName
from gradewise.adapters.service_metric_names import SERVICE_METRICS

Samples = Iterator[tuple[str, tuple[str, ...], float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotStanding:
    """How a model slot stands."""

    slot: str
    """Which: ``champion``, ``challenger``."""
    model_name: str = ""
    """Of the model that answers; empty where none does."""
    model_version: str = ""
    """Its version."""
    model_digest: str = ""
    """Content id of its bundle."""
    trained_at: float | None = None
    """When it was trained, seconds since 1970, where that is known."""
    training_date: str = ""
    """The same as a day: ``2026-01-31``."""
    loaded_at: float | None = None
    """Since when it answers, seconds since 1970."""
    looked_at: float | None = None
    """When another one was last looked for, seconds since 1970."""
    stale: bool = True
    """Whether another one is wanted than answers, or none answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStanding:
    """How the score log and the review queue stand, as it said when it was last asked."""

    n_review: int
    """Grades that are held back."""
    n_audit: int
    """Released grades that chance drew for a look."""
    oldest_at: float | None
    """When the oldest was answered, seconds since 1970; ``None`` where nothing waits."""
    serial: int
    """Of the last answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a service stands."""

    now: float = 0.0
    """Seconds since 1970."""
    slots: tuple[SlotStanding, ...] = ()
    """The champion's first."""
    grades: tuple[str, ...] = ()
    """That the models which answer can give."""
    training_shares: Mapping[str, float] = field(default_factory=dict)
    """Share of each grade among what the champion learnt from."""
    waiting: int | None = None
    """Essays that are being read or wait for it."""
    breakers: Mapping[str, bool] = field(default_factory=dict)
    """Whether failures have something left alone."""
    cache_away: bool | None = None
    """Whether the shared cache is not there."""
    keeps_log: bool = False
    """Whether answers are written down."""
    queue: QueueStanding | None = None
    """What the log said; ``None`` where it did not answer, or was not asked yet."""
    spooling: bool | None = None
    """Whether answers wait on disk."""
    unwritable: bool = False
    """Whether answers can be written down nowhere, so that essays are refused."""
    review_capacity: int | None = None
    """Essays that teachers look at in a day."""


class StandingCollector(Collector):
    """Gauges of how a service stands when somebody looks: none outlives what it tells of."""

    def __init__(self, *, version: str) -> None:
        """Begin with nobody to ask; `version` is that of gradewise."""
        self.stand: Callable[[], Standing] = Standing
        self._version = version

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """The gauges that there may be."""
        return iter([_family(each) for each in _GAUGES.values()])

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges with what they say now; those that say nothing are left out."""
        families: dict[str, GaugeMetricFamily] = {}
        for name, labels, value in self._samples(self.stand()):
            if value is not None:
                families.setdefault(name, _family(_GAUGES[name])).add_metric(labels, float(value))
        return iter(families.values())

    def _samples(self, standing: Standing) -> Samples:
        yield "cj_ml_service_info", (self._version,), 1
        for slot in standing.slots:
            yield from _slot_samples(slot)
        for grade, share in standing.training_shares.items():
            yield "cj_ml_training_grade_share", (grade,), share
        yield "cj_ml_waiting_essays", (), standing.waiting
        for part, is_open in standing.breakers.items():
            yield "cj_ml_breaker_open", (part,), is_open
        yield "cj_ml_feature_cache_away", (), standing.cache_away
        yield "cj_ml_review_capacity", (), standing.review_capacity
        if standing.keeps_log:
            yield "cj_ml_score_log_up", (), standing.queue is not None and not standing.unwritable
            yield "cj_ml_score_log_unwritable", (), standing.unwritable
            yield "cj_ml_score_log_spooling", (), standing.spooling
        if standing.queue is not None:
            yield from _queue_samples(standing.queue, standing.now)


def _slot_samples(slot: SlotStanding) -> Samples:
    named, loaded = (slot.slot,), bool(slot.model_version)
    yield "cj_ml_model_loaded", named, loaded
    yield "cj_ml_model_stale", named, slot.stale
    yield "cj_ml_model_looked_timestamp_seconds", named, slot.looked_at
    if loaded:
        model = (slot.slot, slot.model_name, slot.model_version, slot.model_digest)
        yield "cj_ml_model_info", model, 1
        yield "cj_ml_model_trained_timestamp_seconds", named, slot.trained_at
        yield "cj_ml_model_loaded_timestamp_seconds", named, slot.loaded_at
    if loaded and slot.slot == "champion":
        yield "cj_ml_active_model_version", (slot.model_version, slot.training_date), 1


def _queue_samples(queue: QueueStanding, now: float) -> Samples:
    yield "cj_ml_review_queue_length", ("review",), queue.n_review
    yield "cj_ml_review_queue_length", ("audit",), queue.n_audit
    age = 0.0 if queue.oldest_at is None else max(0.0, now - queue.oldest_at)
    yield "cj_ml_review_queue_oldest_seconds", (), age
    yield "cj_ml_score_log_serial", (), queue.serial


def _family(metric: MetricName) -> GaugeMetricFamily:
    return GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)


_GAUGES = {each.name: each for each in SERVICE_METRICS if each.kind == "gauge"}
