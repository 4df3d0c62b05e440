"""Models, acts and summaries as a person reads them in a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

from gradewise.cli.columns import in_columns, listed
from gradewise.cli.moments import day, moment
from gradewise.evaluation.intervals import Interval
from gradewise.experiments import ExperimentEntry, headline
from gradewise.registry.differences import flat_facts
from gradewise.registry.known_figures import figures_of, headline_of, shared_headline
from gradewise.registry.records import GateRecord, ModelRecord, RunSummary, StageChange
from gradewise.registry.summaries import NameSummary
from gradewise.reporting.registry_wording import best_words, trend_words
from gradewise.reporting.wording import ABSENT, MINUS, decimal, shortened
from gradewise.workflows.registry.catalogue import KnownModel, Listing
from gradewise.workflows.registry.export import plain_fact

BLOCKS = "▁▂▃▄▅▆▇█"
"""Of a sparkline, low to high."""
MOST_POINTS = 24
"""Of a sparkline, the newest."""
_LONG = 100  # characters of a fact or a reason in a list


def model_table(listing: Listing, *, width: int | None) -> str:
    """A line a model; where the width is given and does not suffice, who registered it is left out."""
    metric = shared_headline(model.metrics for model in listing.models)
    head = ("name", "version", "stage", "registered", metric_head(metric), "by")
    rows = [head]
    for model in listing.models:
        by = listing.registered_by.get(model.id, "").split("@")[0]
        rows.append(
            (
                model.model_name,
                model.version,
                _stage(model),
                day(model.created_at),
                _figure(model, metric),
                by,
            )
        )
    table = in_columns(rows)
    if width is not None and max(map(len, table.splitlines())) > width:
        return in_columns([row[:-1] for row in rows])
    return table


def metric_head(metric: str | None) -> str:
    """The name of a figure as a heading."""
    return "figure" if metric is None else metric.replace("_", " ").replace("qwk", "QWK").replace("f1", "F1")


def interval_words(interval: Interval) -> str:
    """A figure with its bounds, to three decimals; without brackets where there are none.

    >>> interval_words(Interval(0.7, 0.6, 0.8))
    '0.700 (0.600–0.800)'
    """
    if not isfinite(interval.estimate):
        return ABSENT
    estimate = decimal(interval.estimate, digits=3)
    if not (isfinite(interval.low) and isfinite(interval.high)):
        return estimate
    low, high = decimal(interval.low, digits=3), decimal(interval.high, digits=3)
    return f"{estimate} ({low} to {high})" if low.startswith(MINUS) else f"{estimate} ({low}–{high})"


def model_line(model: ModelRecord) -> str:
    """A model in a line."""
    best = headline_of(model.metrics)
    said = "" if best is None else f"; {metric_head(best[0])} {interval_words(best[1])}"
    return f"{model.label}, {_stage(model)}, registered {day(model.created_at)}{said}"


def model_page(known: KnownModel) -> str:
    """Everything about a model that fits on a screen."""
    model = known.model
    metadata = _with_counts({key: value for key, value in model.metadata.items() if key != "versions"})
    parts = [
        listed(dict(_facts(known))),
        _titled(
            "figures", {name: interval_words(found) for name, found in figures_of(model.metrics).items()}
        ),
        _titled("made of", {key: fact_words(value) for key, value in flat_facts(metadata).items()}),
        _titled(
            "settings", {key: fact_words(value) for key, value in flat_facts(model.hyperparameters).items()}
        ),
        _titled("versions", flat_facts(model.metadata.get("versions") or {})),
        _titled("gates", dict(_gates(known.gates))),
        _block("what was done", change_lines(known.changes, name=False)),
    ]
    return "\n\n".join(part for part in parts if part)


def _with_counts(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same with the essays of each grade on one line."""
    data = metadata.get("data")
    counts = data.get("label_counts") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(counts, Mapping):
        return metadata
    told = ", ".join(f"{grade} {count}" for grade, count in counts.items())
    return {**metadata, "data": {**data, "label_counts": told}}


def change_lines(changes: Sequence[StageChange], *, name: bool = True) -> str:
    """What was done, a line each, with reasons under it."""
    rows = [
        (
            moment(change.changed_at),
            change.act,
            f"{change.model_name} {change.version}" if name else change.version,
            f"{change.from_stage or ABSENT} → {change.to_stage}",
            change.changed_by.split("@")[0] if name else change.changed_by,
        )
        for change in changes
    ]
    if not rows:
        return ""
    lines = in_columns(rows).splitlines()
    return "\n".join(
        "\n".join([line, *_reasons(change)]) for line, change in zip(lines, changes, strict=True)
    )


def run_lines(entries: Sequence[ExperimentEntry], *, reasons: bool) -> str:
    """A line a run, newest first; with the reason of a failure where asked for."""
    rows = [("run", "experiment", "command", "state", "step", "figure")]
    rows += [
        (
            entry.started_at[:16].replace("T", " ") or entry.timestamp[:16].replace("T", " "),
            entry.experiment,
            entry.command,
            entry.state,
            "" if entry.state == "completed" else entry.stage,
            headline(entry.metrics),
        )
        for entry in entries
    ]
    head, *lines = in_columns(rows).splitlines()
    shown = [head]
    for line, entry in zip(lines, entries, strict=True):
        shown.append(line)
        if entry.failure_reason and (reasons or entry.state == "failed"):
            shown.append(f"  {shortened(entry.failure_reason, most=_LONG if not reasons else 400)}")
        if reasons and entry.output:
            shown.append(f"  {entry.output}")
    return "\n".join(shown)


def summary_table(names: Sequence[NameSummary]) -> str:
    """A line a name: how many versions, what is in production, how the figure went."""
    rows = [("name", "models", "in production", "over versions", "newest (change)")]
    for each in names:
        production = each.state.production
        said = trend_words(each)
        if each.metric is not None:
            said = f"{metric_head(each.metric)} {said}"
        rows.append(
            (
                each.state.name,
                str(len(each.state.models)),
                ABSENT if production is None else production.version,
                sparkline(each),
                said,
            )
        )
    return in_columns(rows, right=[1])


def sparkline(summary: NameSummary) -> str:
    """The figure from the oldest version to the newest, on the scale that its intervals span.

    Ups and downs within what the intervals allow so look as small as they are.
    """
    points = [point.figure for point in summary.points[-MOST_POINTS:]]
    if len(points) <= 1:
        return ""
    known = [bound for each in points for bound in (each.low, each.estimate, each.high) if isfinite(bound)]
    low, span = min(known), max(known) - min(known)
    top = len(BLOCKS) - 1
    return "".join(BLOCKS[round(top * (each.estimate - low) / span) if span else top // 2] for each in points)


def runs_table(runs: Sequence[RunSummary]) -> str:
    """A line for the runs of each command of each experiment."""
    rows = [("experiment", "command", "runs", "failed", "best", "newest")]
    rows += [
        (
            each.experiment,
            each.command,
            f"{each.n:,}",
            f"{each.failed:,}",
            best_words(each),
            day(each.latest_at),
        )
        for each in runs
    ]
    return in_columns(rows, right=[2, 3])


def fact_words(value: Any) -> str:
    """A fact in a line: of a long list only how long it is."""
    return ABSENT if value is None else shortened(str(plain_fact(value)), most=_LONG) or "none"


def _stage(model: ModelRecord) -> str:
    return "deleted" if model.pruned_at is not None else model.stage


def _figure(model: ModelRecord, metric: str | None) -> str:
    figures = figures_of(model.metrics)
    if metric in figures:
        return interval_words(figures[metric])
    best = headline_of(model.metrics)
    return ABSENT if best is None else f"{metric_head(best[0])} {interval_words(best[1])}"


def _facts(known: KnownModel) -> Iterator[tuple[str, object]]:
    model = known.model
    yield "model", model.label
    yield (
        "stage",
        model.stage if model.pruned_at is None else f"{model.stage}, bundle deleted {day(model.pruned_at)}",
    )
    if known.changes:
        newest = known.changes[0]
        yield "since", f"{moment(newest.changed_at)} UTC by {newest.changed_by} ({newest.act})"
    yield "registered", f"{moment(model.created_at)} UTC"
    yield "id", model.id
    yield "content id", model.content_id or "none: there before gradewise, without a bundle"
    yield "bundle", model.model_path if model.pruned_at is None else "deleted"
    yield "features", f"{len(model.feature_names):,}"


def _gates(records: Sequence[GateRecord]) -> Iterator[tuple[str, str]]:
    for each in records:
        against = "" if each.against is None else f", against {each.against[:12]}"
        essays = f"rules {each.rules_digest[:8]}, essays {each.data_sha256[:8]}{against}"
        yield moment(each.made_at), f"{'passed' if each.passed else 'not passed'} ({essays})"


def _reasons(change: StageChange) -> Iterator[str]:
    if change.reason:
        yield f"  why: {' '.join(change.reason.split())}"
    if change.override:
        yield f"  gates overridden: {' '.join(change.override.split())}"


def _titled(title: str, facts: Mapping[str, object]) -> str:
    return _block(title, listed(facts)) if facts else ""


def _block(title: str, text: str) -> str:
    return f"{title}\n" + "\n".join(f"  {line}" for line in text.splitlines()) if text else ""
