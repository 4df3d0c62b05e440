"""The metrics that a job offers: one table, of which the collectors and the documentation are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

MetricKind = Literal["counter", "gauge", "summary", "histogram"]


@dataclass(frozen=True, slots=True)
class MetricName:
    """One metric."""

    name: str
    """As Prometheus shows it."""
    kind: MetricKind
    """``counter`` only rises, ``gauge`` goes anywhere, ``summary`` is a sum and a count,
    ``histogram`` also counts what is within each of some limits."""
    labels: tuple[str, ...]
    """What tells its series apart; the values of each are few, see `MOST_VALUES`."""
    help: str
    """What it says, with its unit."""
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What a label may say, where that is known beforehand: its series begin at 0, all else is ``other``."""
    buckets: tuple[float, ...] = ()
    """Upper limits of a histogram, in the metric's unit."""


MOST_VALUES = 60
"""Values that a label may take in one process; further ones are ``other``."""

ANSWER_DRIFT_METRICS = (
    MetricName(
        "cj_ml_drift_alarm",
        "gauge",
        ("model_name", "model_version"),
        "1 where texts that a model answered have drifted from what it learnt from, 0 where not or too few "
        "to tell; of gradewise scores drift.",
    ),
    MetricName(
        "cj_ml_drift_answers", "gauge", ("model_name", "model_version"), "Answers that were looked at."
    ),
    MetricName(
        "cj_ml_drift_moved",
        "gauge",
        ("model_name", "model_version", "check"),
        "How far things have moved, the most moved ones; from 1 on it is an alarm if it is not luck.",
    ),
    MetricName(
        "cj_ml_drift_timestamp_seconds",
        "gauge",
        ("model_name", "model_version"),
        "When it was measured, seconds since 1970.",
    ),
)
"""What `gradewise scores drift --metrics` writes: beside those of a service, as it is no service itself."""

METRICS = (
    MetricName("gradewise_info", "gauge", ("version",), "1, with the version of gradewise."),
    MetricName("gradewise_commands_total", "counter", ("command", "outcome"), "Commands that ended."),
    MetricName("gradewise_command_seconds", "gauge", ("command",), "Duration of the last command, seconds."),
    MetricName(
        "gradewise_command_start_timestamp_seconds",
        "gauge",
        ("command",),
        "When it began, seconds since 1970.",
    ),
    MetricName(
        "gradewise_command_success_timestamp_seconds",
        "gauge",
        ("command",),
        "When one last ended well, seconds since 1970.",
    ),
    MetricName("gradewise_run_active", "gauge", ("command",), "1 while a run goes on."),
    MetricName("gradewise_runs_total", "counter", ("command", "outcome"), "Runs that ended, by their state."),
    MetricName(
        "gradewise_run_seconds", "summary", ("command", "outcome"), "Duration of runs, seconds, all attempts."
    ),
    MetricName("gradewise_stage_seconds", "summary", ("command", "stage"), "Duration of stages, seconds."),
    MetricName(
        "gradewise_stage_units_done", "gauge", ("command", "stage", "unit"), "Units that a stage has done."
    ),
    MetricName(
        "gradewise_stage_units_expected", "gauge", ("command", "stage", "unit"), "Units that it will do."
    ),
    MetricName("gradewise_essays_read_total", "counter", ("source",), "Essays read, by kind of source."),
    MetricName(
        "gradewise_essays_reading_seconds",
        "summary",
        ("source",),
        "Time to read a source to its end, seconds.",
    ),
    MetricName(
        "gradewise_model_quality",
        "gauge",
        ("experiment", "command", "figure"),
        "Figures of the last run: qwk, mae and their like; none where terms of data allow none.",
    ),
    MetricName("gradewise_search_trials_done", "gauge", ("search",), "Trials of a search that are finished."),
    MetricName("gradewise_search_trials_expected", "gauge", ("search",), "Trials that there will be."),
    MetricName("gradewise_search_best_loss", "gauge", ("search",), "Least loss of a search so far."),
    MetricName(
        "gradewise_registry_acts_total", "counter", ("act", "outcome"), "Acts on models, done or refused."
    ),
    MetricName("gradewise_registry_act_seconds", "summary", ("act", "outcome"), "Their duration, seconds."),
    MetricName("gradewise_gate_reports_total", "counter", ("gates", "verdict"), "Models judged by gates."),
    MetricName(
        "gradewise_gate_shortfalls_total", "counter", ("figure",), "Rules of gates that were not passed."
    ),
    MetricName(
        "gradewise_dataset_steps_total", "counter", ("step",), "Steps of datasets in a watched directory."
    ),
    MetricName(
        "gradewise_drift_alarm",
        "gauge",
        ("model",),
        "1 where texts have drifted from what a model learnt from, 0 where not or too few to tell.",
    ),
    MetricName("gradewise_drift_texts", "gauge", ("model",), "Texts that were looked at."),
    MetricName("gradewise_drift_checks", "gauge", ("model", "verdict"), "Checks by what they came to."),
    MetricName(
        "gradewise_drift_moved",
        "gauge",
        ("model", "check"),
        "How far things have moved, the most moved ones; from 1 on it is an alarm if it is not luck.",
    ),
    MetricName(
        "gradewise_drift_timestamp_seconds", "gauge", ("model",), "When it was measured, seconds since 1970."
    ),
    *ANSWER_DRIFT_METRICS,
    MetricName("gradewise_notices_total", "counter", ("command",), "Notices to the user."),
)
"""Every metric; those of the process itself, ``gradewise_process_*``, come besides."""


def metrics_markdown(metrics: Sequence[MetricName] = METRICS) -> str:
    """A table as documentation shows it."""
    rows = [f"| `{each.name}` | {each.kind} | {', '.join(each.labels)} | {each.help} |" for each in metrics]
    return "\n".join(["| metric | kind | labels | what it says |", "|---|---|---|---|", *rows]) + "\n"
