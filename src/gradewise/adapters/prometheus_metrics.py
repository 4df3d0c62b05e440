"""Metrics of one command for Prometheus, made of what its listener hears."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    ProcessCollector,
    Summary,
    disable_created_metrics,
    generate_latest,
)

from gradewise.adapters.metric_names import METRICS, MOST_VALUES, MetricKind
from gradewise.experiments import ExperimentEntry
from gradewise.telemetry import Event, Notice, StageAdvanced, StageFinished, StageStarted
from gradewise.work_events import (
    ActEnded,
    CommandBegan,
    CommandEnded,
    DatasetStep,
    DriftMeasured,
    EssaysRead,
    GatesJudged,
    RunBegan,
    RunEnded,
    SearchAdvanced,
)

FIGURES = frozenset(
    {"qwk", "macro_f1", "accuracy", "adjacent_accuracy", "mae", "rmse", "rps", "ece", "pearson", "smd"}
)
"""Figures of a run that are metrics, with their spreads; the others are in its report."""
OUT_OF_FOLD = "out_of_fold_"
"""What stands before figures of essays that a model was cross-validated on."""
LONGEST_VALUE = 100
"""Characters of a label's value."""
OTHER = "other"
VERDICTS = ("alike", "slight", "drift", "too few")
"""What a check of drift comes to."""
Made = TypeVar("Made", Counter, Gauge, Summary)


class JobMetrics:
    """Counts what a command does, in a registry of its own; safe for threads that report at once."""

    def __init__(self, *, version: str, clock: Callable[[], float] = time.time) -> None:
        """Begin with nothing counted; `clock` gives seconds since 1970."""
        disable_created_metrics()  # type: ignore[no-untyped-call]  # node_exporter would take each `_created` for a series of its own
        self.registry = CollectorRegistry()
        # By another prefix than node_exporter's own, which refuses a file with names of its own in it.
        ProcessCollector(namespace="gradewise", registry=self.registry)
        self._counters = self._made(Counter, "counter")
        self._gauges = self._made(Gauge, "gauge")
        self._summaries = self._made(Summary, "summary")
        self._clock, self._command = clock, ""
        self._values: dict[str, set[str]] = {}
        self._units: dict[str, str] = {}
        self._lock = threading.Lock()
        self._set("gradewise_info", 1, version=version)

    def _made(self, collector: type[Made], kind: MetricKind) -> dict[str, Made]:
        """Collectors of a kind, by name."""
        return {
            each.name: collector(each.name, each.help, each.labels, registry=self.registry)
            for each in METRICS
            if each.kind == kind
        }

    def exposition(self) -> bytes:
        """Everything in the text format of Prometheus."""
        return generate_latest(self.registry)

    def hear(self, event: Event) -> None:
        """Count what happens."""
        match event:
            case StageStarted() | StageAdvanced() | StageFinished():
                self._hear_stage(event)
            case CommandBegan(command=command):
                self._command = command
                self._set("gradewise_command_start_timestamp_seconds", self._clock(), command=command)
            case CommandEnded():
                self._hear_command(event)
            case RunBegan(entry=entry):
                self._set("gradewise_run_active", 1, command=entry.command)
            case RunEnded(entry=entry):
                self._hear_run(entry)
            case EssaysRead(source=source, count=count, seconds=seconds):
                self._count("gradewise_essays_read_total", count, source=source)
                self._observe("gradewise_essays_reading_seconds", seconds, source=source)
            case Notice():
                self._count("gradewise_notices_total", command=self._command)
            case _:
                self._hear_more(event)

    def _hear_more(self, event: Event) -> None:
        match event:
            case SearchAdvanced():
                self._hear_search(event)
            case ActEnded(act=act, outcome=outcome, seconds=seconds):
                self._count("gradewise_registry_acts_total", act=act, outcome=outcome)
                self._observe("gradewise_registry_act_seconds", seconds, act=act, outcome=outcome)
            case GatesJudged():
                self._hear_gates(event)
            case DatasetStep(step=step):
                self._count("gradewise_dataset_steps_total", step=step)
            case DriftMeasured():
                self._hear_answers(event) if event.version else self._hear_drift(event)

    def _hear_command(self, event: CommandEnded) -> None:
        self._count("gradewise_commands_total", command=event.command, outcome=event.outcome)
        self._set("gradewise_command_seconds", event.seconds, command=event.command)
        if event.outcome == "done":
            self._set("gradewise_command_success_timestamp_seconds", self._clock(), command=event.command)

    def _hear_run(self, entry: ExperimentEntry) -> None:
        command, outcome = entry.command, entry.state
        self._set("gradewise_run_active", 0, command=command)
        self._count("gradewise_runs_total", command=command, outcome=outcome)
        self._observe("gradewise_run_seconds", entry.elapsed_seconds, command=command, outcome=outcome)
        for name, value in entry.metrics.items():
            if value is not None and name.removeprefix(OUT_OF_FOLD).removesuffix("_sd") in FIGURES:
                labels = {"experiment": entry.experiment, "command": entry.command, "figure": name}
                self._set("gradewise_model_quality", value, **labels)

    def _hear_stage(self, event: StageStarted | StageAdvanced | StageFinished) -> None:
        named = {"command": self._command, "stage": event.stage}
        match event:
            case StageStarted(unit=unit, total=total):
                self._units[event.stage] = unit
                if total is not None:
                    self._set("gradewise_stage_units_expected", total, **named, unit=unit)
            case StageAdvanced(done=done):
                unit = self._units.get(event.stage, "")
                self._set("gradewise_stage_units_done", done, **named, unit=unit)
            case StageFinished(seconds=seconds):
                self._observe("gradewise_stage_seconds", seconds, **named)

    def _hear_search(self, event: SearchAdvanced) -> None:
        self._set("gradewise_search_trials_done", event.done, search=event.search)
        self._set("gradewise_search_trials_expected", event.total, search=event.search)
        if event.best_loss is not None:
            self._set("gradewise_search_best_loss", event.best_loss, search=event.search)

    def _hear_gates(self, event: GatesJudged) -> None:
        verdict = "passed" if event.passed else "not passed"
        self._count("gradewise_gate_reports_total", gates=event.gates, verdict=verdict)
        for figure in event.short:
            self._count("gradewise_gate_shortfalls_total", figure=figure)

    def _hear_drift(self, event: DriftMeasured) -> None:
        model = event.model or "none"
        self._set("gradewise_drift_alarm", event.verdict == "drift", model=model)
        self._set("gradewise_drift_texts", event.n_texts, model=model)
        self._set("gradewise_drift_timestamp_seconds", self._clock(), model=model)
        for verdict in VERDICTS:
            self._set("gradewise_drift_checks", event.checks.get(verdict, 0), model=model, verdict=verdict)
        for check, share in event.moved.items():
            self._set("gradewise_drift_moved", share, model=model, check=check)

    def _hear_answers(self, event: DriftMeasured) -> None:
        model = {"model_name": event.model, "model_version": event.version}
        self._set("cj_ml_drift_alarm", event.verdict == "drift", **model)
        self._set("cj_ml_drift_answers", event.n_texts, **model)
        self._set("cj_ml_drift_timestamp_seconds", self._clock(), **model)
        for check, share in event.moved.items():
            self._set("cj_ml_drift_moved", share, **model, check=check)

    def _count(self, name: str, amount: float = 1, **labels: str) -> None:
        self._counters[name].labels(**self._bounded(labels)).inc(amount)

    def _set(self, name: str, value: float, **labels: str) -> None:
        self._gauges[name].labels(**self._bounded(labels)).set(value)

    def _observe(self, name: str, value: float, **labels: str) -> None:
        self._summaries[name].labels(**self._bounded(labels)).observe(value)

    def _bounded(self, labels: Mapping[str, str]) -> dict[str, str]:
        """The labels; a value is ``other`` when its label has as many values as it may have."""
        with self._lock:
            return {label: self._known(label, value[:LONGEST_VALUE]) for label, value in labels.items()}

    def _known(self, label: str, value: str) -> str:
        known = self._values.setdefault(label, set())
        if value not in known and len(known) >= MOST_VALUES:
            return OTHER
        known.add(value)
        return value
