"""Metrics of a scoring service for Prometheus: totals of what its listener hears, and how it stands now."""

import threading
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    Summary,
    disable_created_metrics,
    generate_latest,
)

from gradewise.adapters.metric_names import MOST_VALUES, MetricKind, MetricName
from gradewise.adapters.service_metric_names import CONFIDENCES, SERVICE_METRICS
from gradewise.adapters.service_standing import Standing, StandingCollector
from gradewise.service_events import (
    AccessRefused,
    BatchFinalized,
    CorrectionTaken,
    EssaysScored,
    ModelReloaded,
    RequestAnswered,
    ScoringFailed,
    ShadowEnded,
)
from gradewise.telemetry import Event

OTHER = "other"
LONGEST_VALUE = 100
"""Characters of a label's value."""
FURTHEST = 2
"""Grades between a teacher's and a model's that are told apart."""
_CONFIDENCE_LIMITS = (0.5, 0.7, 0.9)
_TABLE: Mapping[str, MetricName] = {each.name: each for each in SERVICE_METRICS}
Made = TypeVar("Made", Counter, Summary)


class ServiceMetrics:
    """Counts what one service does, in a registry of its own; safe for threads that report at once.

    Of one process: a service is one worker. Totals live as long as the process and only rise, whatever model
    answers. How things stand is asked for when it is shown, so that nothing is shown of a model that is gone.
    """

    def __init__(self, *, version: str) -> None:
        """Begin with nothing counted, and nobody who says how things stand."""
        disable_created_metrics()  # type: ignore[no-untyped-call]  # each `_created` would be a series of its own
        self.registry = CollectorRegistry()
        ProcessCollector(namespace="gradewise", registry=self.registry)
        self._counters = self._made(Counter, "counter")
        self._summaries = self._made(Summary, "summary")
        self._histograms = {
            each.name: Histogram(each.name, each.help, registry=self.registry, buckets=each.buckets)
            for each in SERVICE_METRICS
            if each.kind == "histogram"
        }
        self._grades: frozenset[str] = frozenset()
        self._values: dict[tuple[str, str], set[str]] = {}
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, ...], Any] = {}
        self._standing = StandingCollector(version=version)
        self.registry.register(self._standing)

    def exposition(self) -> bytes:
        """Everything in the text format of Prometheus."""
        return generate_latest(self.registry)

    def watch(self, stand: Callable[[], Standing]) -> None:
        """Ask this from now on how things stand; it must not wait for anything."""
        self._standing.stand = stand
        self._look_at_grades()

    def hear(self, event: Event) -> None:
        """Count what happens."""
        match event:
            case EssaysScored():
                self._hear_scored(event)
            case ScoringFailed(reason=reason, count=count):
                self._count("cj_ml_prediction_errors_total", count, error_type=reason)
            case RequestAnswered(route=route, status=status, seconds=seconds):
                self._count("cj_ml_requests_total", route=route, status=str(status))
                self._summary("cj_ml_request_duration_seconds", seconds, route=route)
            case ModelReloaded():
                self._hear_reload(event)
            case ShadowEnded(fate=fate):
                self._count("cj_ml_shadow_total", fate=fate)
            case BatchFinalized():
                self._hear_batch(event)
            case CorrectionTaken(steps=steps):
                self._count("cj_ml_corrections_total", steps=str(max(-FURTHEST, min(FURTHEST, steps))))
            case AccessRefused(reason=reason):
                self._count("cj_ml_access_refused_total", reason=reason)
            case _:
                pass

    def _hear_scored(self, event: EssaysScored) -> None:
        n = len(event.grades)
        n_read = n - event.n_cached
        if event.arm == "shadow" or not n:  # which nobody sees
            return
        several = "batch_" if n > 1 else ""
        self._histograms[f"cj_ml_{several}prediction_duration_seconds"].observe(event.seconds)
        for _ in range(n_read):
            self._histograms["cj_ml_feature_extraction_duration_seconds"].observe(event.read_seconds / n_read)
        self._count("cj_ml_feature_cache_hit_total", event.n_cached)
        self._count("cj_ml_feature_cache_miss_total", n_read)
        self._count("cj_ml_answers_total", n, arm=event.arm)
        for grade, confidence in event.grades:
            served = grade if grade in self._grades else OTHER
            bucket = confidence_bucket(confidence)
            self._count("cj_ml_prediction_total", grade=served, confidence_bucket=bucket)
        for route in event.routes:
            self._count("cj_ml_routes_total", route=route)
        for lack in event.lacks:
            self._count("cj_ml_degraded_total", n, lack=lack)

    def _hear_reload(self, event: ModelReloaded) -> None:
        self._summary("cj_ml_model_reload_duration_seconds", event.seconds, outcome=event.outcome)
        if event.outcome == "swapped":
            self._count("cj_ml_model_reload_total")
            self._look_at_grades()
        elif event.outcome == "refused":
            self._count("cj_ml_model_reload_refused_total", slot=event.slot, reason=event.reason)

    def _hear_batch(self, event: BatchFinalized) -> None:
        self._count("cj_ml_batches_finalized_total", scoring_method=event.scoring_method)
        self._count("cj_ml_batch_essays_total", event.n_essays)
        self._count("cj_ml_disagreements_total", event.n_disagree)
        self._summary("cj_ml_finalize_duration_seconds", event.seconds)
        for reason in event.reasons:
            self._count("cj_ml_fallback_total", reason=reason)

    def _look_at_grades(self) -> None:
        """Take over the grades that are served now, and begin to count those that are new."""
        self._grades = frozenset(sorted(self._standing.stand().grades)[:MOST_VALUES])
        for grade, bucket in product(sorted(self._grades), CONFIDENCES):
            self._count("cj_ml_prediction_total", 0, grade=grade, confidence_bucket=bucket)

    def _made(self, collector: type[Made], kind: MetricKind) -> dict[str, Made]:
        """Collectors of a kind, by name; series whose labels are known beforehand begin at 0."""
        made = {}
        for each in SERVICE_METRICS:
            if each.kind == kind:
                made[each.name] = collector(each.name, each.help, each.labels, registry=self.registry)
                if each.labels and each.labels == tuple(each.values):
                    for values in product(*each.values.values()):
                        made[each.name].labels(*values)
        return made

    def _count(self, name: str, amount: float = 1, **labels: str) -> None:
        self._series(self._counters[name], name, labels).inc(amount)

    def _summary(self, name: str, value: float, **labels: str) -> None:
        self._series(self._summaries[name], name, labels).observe(value)

    def _series(self, collector: Made, name: str, labels: Mapping[str, str]) -> Made:
        """The series of these labels, which is kept: to find it takes longer than to count."""
        if not labels:
            return collector
        key = (name, *labels.values())
        kept: Made | None = self._kept.get(key)
        if kept is None:
            bounded = self._bounded(name, labels)
            kept = collector.labels(**bounded)
            if bounded == labels:  # of others there may be any number
                self._kept[key] = kept
        return kept

    def _bounded(self, name: str, labels: Mapping[str, str]) -> dict[str, str]:
        """The labels; what is not foreseen, or is one too many, is ``other``."""
        return {label: self._known(name, label, value[:LONGEST_VALUE]) for label, value in labels.items()}

    def _known(self, name: str, label: str, value: str) -> str:
        foreseen = _TABLE[name].values.get(label)
        if foreseen is not None:
            return value if value in foreseen else OTHER
        with self._lock:
            known = self._values.setdefault((name, label), set())
            if value not in known and len(known) >= MOST_VALUES:
                return OTHER
            known.add(value)
        return value


def confidence_bucket(confidence: float) -> str:
    """The bucket of a confidence from 0 to 1.

    >>> [confidence_bucket(each) for each in (0.2, 0.5, 0.89, 1.0)]
    ['0.0-0.5', '0.5-0.7', '0.7-0.9', '0.9-1.0']
    """
    return CONFIDENCES[sum(confidence >= limit for limit in _CONFIDENCE_LIMITS)]
