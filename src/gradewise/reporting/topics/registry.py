"""The registry as a page: versions over time, what was in production when, and runs."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from gradewise.registry.record_json import record_to_json, to_json_value
from gradewise.registry.records import RunSummary, StageChange
from gradewise.registry.summaries import NameSummary, TimeInUse, VersionPoint
from gradewise.reporting.charts.versions import UseMark, VersionMark, versions_chart
from gradewise.reporting.page import Page
from gradewise.reporting.parts import MOST_ROWS, Figure, Section, Statement, Table, table
from gradewise.reporting.registry_wording import best_words
from gradewise.reporting.wording import ABSENT, counted, lowered, metric_words, with_bounds


def registry_page(
    names: Sequence[NameSummary], runs: Sequence[RunSummary], *, location: str, made_at: datetime
) -> Page:
    """How models and runs have fared, to look at.

    Args:
        names: by name of the models.
        runs: by experiment and command.
        location: which registry, without any secret.
        made_at: when.
    """
    sections = [name_section(place, each) for place, each in enumerate(names)]
    if runs:
        sections.append(runs_section(runs))
    said = [statement for section in sections for statement in section.statements]
    n_models = sum(len(each.state.models) for each in names)
    return Page(
        title="What was trained, and what is in production",
        subtitle=f"{counted(n_models, 'model')} of {counted(len(names), 'name')}",
        made_at=made_at,
        statements=tuple(said) or (Statement("info", "The registry is empty."),),
        sections=tuple(sections),
        making=Table(("About", "What"), (("Registry", location),), prose=True),
    )


def name_section(place: int, summary: NameSummary) -> Section:
    """The versions of one name; `place` tells it apart from others of the page."""
    name = summary.state.name
    return Section(
        name=f"models_{place}",
        heading=name,
        intro="Each version with the figure that it was registered with, in the order of registration. "
        + (
            "All were judged on the same essays."
            if summary.same_essays
            else "Not all are known to be judged on the same essays: a difference may be one of essays. "
            "gradewise compare holds two models against each other on the same ones."
        ),
        figures=(*_pictures(summary), _trail(summary.state.changes)),
        statements=tuple(_statements(summary)),
        record={
            "name": name,
            "metric": summary.metric,
            "models": [record_to_json(model) for model in summary.state.models],
            "in_production": [to_json_value(each) for each in summary.in_use],
        },
    )


def _runs_table(runs: Sequence[RunSummary]) -> Table:
    rows = (
        (
            each.experiment,
            each.command,
            f"{each.n:,}",
            f"{each.failed:,}",
            best_words(each),
            f"{each.latest_at.astimezone(UTC):%Y-%m-%d %H:%M}",
        )
        for each in runs
    )
    return table(("Experiment", "Command", "Runs", "Failed", "Best", "Newest (UTC)"), rows, prose=True)


def runs_section(runs: Sequence[RunSummary]) -> Section:
    """Runs by experiment and command, failed ones too."""
    return Section(
        name="runs",
        heading="Runs",
        intro="Every run that was tracked, those that failed too.",
        figures=(
            Figure.in_numbers(
                "Runs by experiment and command",
                "The best figure is the best of many, and so too good to be true. Reasons of failures: "
                "gradewise registry list --failed.",
                _runs_table(runs),
            ),
        ),
        record={"runs": [record_to_json(each) for each in runs]},
    )


def _pictures(summary: NameSummary) -> Iterator[Figure]:
    if summary.metric is None or not summary.points:
        yield Figure.in_numbers(
            "Versions", "No figures may be shown of these models.", _versions_table(summary)
        )
        return
    words, points = metric_words(summary.metric), summary.points[-MOST_ROWS:]
    svg = versions_chart(
        f"{words.label} of {summary.state.name}",
        [_mark(point) for point in points],
        _use_marks(summary, points),
    )
    yield Figure(
        f"{words.label}, version by version",
        svg,
        "A dot is a version, its line the interval; the line across is the version in production, and dashed "
        "lines say where that changed. From left to right is the order of acts, not time.",
        _versions_table(summary),
    )


def _mark(point: VersionPoint) -> VersionMark:
    model = point.model
    return VersionMark(
        model.serial,
        f"{model.created_at.day} {model.created_at:%b}",
        model.version,
        point.figure,
        model.stage,
    )


def _use_marks(summary: NameSummary, points: Sequence[VersionPoint]) -> list[UseMark]:
    """What was in production since the first version that is shown."""
    first = points[0].model.serial
    figures = {point.model.id: point.figure.estimate for point in summary.points}
    return [
        UseMark(
            max(each.began.serial, first),
            None if each.ended is None else each.ended.serial,
            each.version,
            figures.get(each.model_id),
            _came(each.began),
        )
        for each in summary.in_use
        if each.ended is None or each.ended.serial > first
    ]


def _came(change: StageChange) -> str:
    why = f": {change.reason}" if change.reason else ""
    day = _day(change.changed_at)
    return f"{change.version} into production on {day} by {change.changed_by} ({change.act}){why}"


def _versions_table(summary: NameSummary) -> Table:
    figures = {point.model.id: point.figure for point in summary.points}
    label = "Figure" if summary.metric is None else metric_words(summary.metric).label
    return table(
        ("Version", "Stage", label, "Registered", "In production"),
        (
            (
                model.version,
                model.stage,
                with_bounds(figures[model.id], percent=False) if model.id in figures else ABSENT,
                _day(model.created_at),
                _in_use(model.id, summary.in_use),
            )
            for model in summary.state.models
        ),
    )


def _in_use(model_id: str, times: Sequence[TimeInUse]) -> str:
    spans = [
        f"{_day(each.began.changed_at)} to {'now' if each.ended is None else _day(each.ended.changed_at)}"
        for each in times
        if each.model_id == model_id
    ]
    return "; ".join(spans) or ABSENT


def _trail(changes: Sequence[StageChange]) -> Figure:
    rows = (
        (
            f"{change.changed_at.astimezone(UTC):%Y-%m-%d %H:%M}",
            change.act,
            change.version,
            f"{change.from_stage or ABSENT} → {change.to_stage}",
            change.changed_by,
            _why(change),
        )
        for change in changes
    )
    columns = ("When (UTC)", "Act", "Version", "Stage", "By", "Why")
    return Figure.in_numbers(
        "What was done", "Newest first; lines are added, never changed.", table(columns, rows, prose=True)
    )


def _why(change: StageChange) -> str:
    if change.override:
        return f"gates overridden: {change.override}"
    return change.reason or ABSENT


def _statements(summary: NameSummary) -> Iterator[Statement]:
    state = summary.state
    production = state.production
    if production is None:
        registered = counted(len(state.models), "model")
        yield Statement("info", f"{state.name}: no model is in production, {registered} registered.")
        return
    figure = next((point.figure for point in summary.points if point.model.id == production.id), None)
    said = ""
    if figure is not None and summary.metric is not None:
        said = f", {lowered(metric_words(summary.metric).label)} {with_bounds(figure, percent=False)}"
    yield Statement("good", f"{state.name}: version {production.version} is in production{said}.")
    overrides = (each.override for each in state.changes if each.model_id == production.id and each.override)
    if why := next(overrides, None):
        yield Statement("warn", f"{state.name}: gates were overridden for the version in production: {why}")


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}"
