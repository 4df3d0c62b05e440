"""What a search for better settings found: the verdict and the topics of its page."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradewise.evaluation.gains import ERRORS, Gain, figure_of
from gradewise.evaluation.interval_json import interval_to_json, number_to_json
from gradewise.models.search import Choices, Dimension, SearchSpace, Span, Trial, Value, best_trial
from gradewise.reporting.charts.search import (
    Placed,
    Setting,
    Tried,
    gains_chart,
    said_gain,
    search_chart,
    settings_chart,
)
from gradewise.reporting.parts import Figure, Section, Statement, Table, table
from gradewise.reporting.wording import counted, decimal, enumerated, metric_words

_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningFindings:
    """What a search found, and what it is worth."""

    objective: str
    """Name of the figure that was made best."""
    space: SearchSpace
    """Where it looked."""
    asked: int
    """Configurations that were asked for."""
    trials: tuple[Trial, ...]
    """Every configuration; the first is the plan's own settings."""
    winner: Trial
    """The best of them."""
    claimed: Mapping[str, Gain]
    """Winner against the plan's own settings, out of fold on the folds of the search, by figure."""
    guards: Mapping[str, Gain]
    """The same for parts of the essays that must not pay for it, by the part's name."""
    nested: tuple[tuple[Trial, ...], ...] = ()
    """The search repeated within each fold's training part; none when no check was asked for."""
    confirmed: Mapping[str, Gain] | None = None
    """What searches gain on essays that took no part in them, by figure."""

    @property
    def own(self) -> Trial:
        """The plan's own settings."""
        return self.trials[0]

    @property
    def exhausted(self) -> bool:
        """Whether the space held fewer configurations than were asked for."""
        return len(self.trials) < self.asked

    @property
    def flattery(self) -> float:
        """How much of the gain that the search claims is not there on essays that took no part in it."""
        if self.confirmed is None:
            return math.nan
        return self.claimed[self.objective].gain.estimate - self.confirmed[self.objective].gain.estimate

    @property
    def optimism(self) -> float:
        """The search's own best figure less what nested searches reach: above 0, it flatters."""
        if self.confirmed is None:
            return math.nan
        best = figure_of(self.objective, self.winner.loss or 0.0)
        sign = -1.0 if self.objective in ERRORS else 1.0
        return sign * (best - self.confirmed[self.objective].after)


def tuning_statements(found: TuningFindings) -> tuple[Statement, ...]:
    """The verdict, weightiest first."""
    return tuple(_statements(found))


def _statements(found: TuningFindings) -> Iterator[Statement]:
    yield _worth(found)
    for name, gain in found.guards.items():
        if gain.lost:
            yield Statement(
                "bad", f"Take care: with the selected settings {name} fare worse: {_change(gain)}."
            )
    if found.winner.number != found.own.number:
        yield Statement("info", f"Selected: {changes(found)}.")
    if found.confirmed is not None and found.flattery > 0:
        claimed, confirmed = (each[found.objective] for each in (found.claimed, found.confirmed))
        yield Statement(
            "info",
            f"The search’s own figures flatter: they claim {said_gain(claimed)}, of which "
            f"{decimal(found.flattery, digits=_DIGITS)} is not there on essays that took no part in it "
            f"({said_gain(confirmed)}).",
        )
    if found.exhausted:
        yield Statement(
            "info",
            f"The space holds no more than {counted(len(found.trials), 'configuration')}; "
            f"{found.asked} were asked for.",
        )


def _worth(found: TuningFindings) -> Statement:
    name, n = metric_words(found.objective).label, counted(len(found.trials), "configuration")
    if found.confirmed is None:
        claimed = said_gain(found.claimed[found.objective])
        return Statement(
            "warn",
            f"Best of {n}: {name} better by {claimed} than with the plan’s own settings, on the very essays "
            "that chose it. Nothing says how much of that is luck; set tune.nested_trials.",
        )
    gain = found.confirmed[found.objective]
    where = f"on {counted(gain.n, 'essay')} that took no part in it"
    if gain.shown:
        return Statement("good", f"Tuning pays: {where}, {_change(gain)}.")
    if gain.lost:
        return Statement("bad", f"Tuning does harm: {where}, {_change(gain)}. Keep the plan’s own settings.")
    return Statement(
        "warn",
        f"Inside the noise: {where}, {_change(gain)}. The plan’s own settings are as good as far as these "
        "essays can tell.",
    )


def _change(gain: Gain) -> str:
    name = metric_words(gain.metric).label
    before, after = (decimal(each, digits=_DIGITS) for each in (gain.before, gain.after))
    return f"{name} goes from {before} to {after}, better by {said_gain(gain)}"


def changes(found: TuningFindings) -> str:
    """What the selected settings change of the plan's own, in words."""
    own, chosen = found.own.settings, found.winner.settings
    changed = [f"{_short(key)} {_said(value)} (was {_said(own[key])})" for key, value in chosen.items()
               if value != own[key]]  # fmt: skip
    return enumerated(changed, most=len(changed)) or "the plan’s own settings"


def tuning_sections(found: TuningFindings) -> tuple[Section, ...]:
    """The topics, with pictures and tables."""
    confirmation = () if found.confirmed is None else (_confirmation(found),)
    return (*confirmation, _search(found), _selected(found))


def _confirmation(found: TuningFindings) -> Section:
    assert found.confirmed is not None  # noqa: S101 - the caller has looked
    rows = list(found.confirmed.items())
    return Section(
        name="confirmation",
        heading="Is it worth it?",
        intro="The best of many configurations is best partly by luck. So the search was repeated within "
        "each fold’s training part, and its winner, learnt there, graded the essays of the fold, beside the "
        "plan’s own settings. Those essays chose nothing.",
        figures=(
            Figure(
                "What tuning buys",
                gains_chart("What tuning buys", [(metric_words(name).label, gain) for name, gain in rows]),
                "How much better each figure became, with its interval; right of the line is better. Where a "
                "bar crosses the line, these essays cannot tell. Each row has its own scale.",
                _gain_table(rows),
            ),
            Figure(
                "What each fold’s search chose",
                "",
                "Searches that choose alike say that the choice is no accident.",
                _winners_table(found),
            ),
        ),
        record={
            "gains": {name: gain_to_json(gain) for name, gain in rows},
            "flattery": number_to_json(found.flattery),
            "optimism": number_to_json(found.optimism),
        },
    )


def _search(found: TuningFindings) -> Section:
    pruned = sum(trial.state == "pruned" for trial in found.trials)
    own = figure_of(found.objective, found.own.loss or 0.0)
    return Section(
        name="search",
        heading="What was tried",
        intro=f"{counted(len(found.trials), 'configuration')}, all different; {pruned} were given up after "
        "some folds, being worse there than half of those before them. The first is the plan’s own.",
        figures=(
            Figure(
                "The search, step by step",
                search_chart(found.objective, _tried(found), own),
                "Each dot is a configuration, judged out of fold. The line is the best so far, the dashed "
                "one the plan’s own settings; dots under the picture were given up early.",
                _best_table(found),
            ),
            Figure(
                "What each setting does",
                settings_chart(found.objective, [_setting(found, each) for each in found.space.dimensions]),
                "Every judged configuration, by the value of one setting at a time. Where dots go neither up "
                "nor down, the setting hardly matters here.",
                None,
            ),
        ),
        record={"n_trials": len(found.trials), "pruned": pruned, "objective": found.objective},
    )


def _selected(found: TuningFindings) -> Section:
    own, chosen = found.own.settings, found.winner.settings
    rows = [(metric_words(name).label if name == gain.metric else name, gain)
            for name, gain in {**found.claimed, **found.guards}.items()]  # fmt: skip
    return Section(
        name="selected",
        heading="What was selected",
        intro=f"Configuration {found.winner.number}. Its figures here are from the folds that chose it, so "
        "they flatter; losses, though, are real.",
        figures=(
            Figure(
                "Settings",
                "",
                "A plan with these settings is in artifacts/tuned_plan.yaml.",
                table(
                    ("Setting", "The plan’s own", "Selected"),
                    ((key, _said(own[key]), _said(value)) for key, value in chosen.items()),
                ),
            ),
            Figure(
                "On the folds of the search",
                gains_chart("Selected settings against the plan’s own", rows),
                "How much better each figure became, with its interval. Tails are the lowest and the highest "
                "third of the scale; the worst prompt’s kappa is drawn towards the mean of all prompts.",
                _gain_table(rows),
            ),
        ),
        record={
            "number": found.winner.number,
            "settings": dict(chosen),
            "own_settings": dict(own),
            "claimed": {name: gain_to_json(gain) for name, gain in found.claimed.items()},
            "guards": {name: gain_to_json(gain) for name, gain in found.guards.items()},
        },
    )


def gain_to_json(gain: Gain) -> dict[str, Any]:
    """A gain as plain values for JSON."""
    return {
        "metric": gain.metric,
        "before": number_to_json(gain.before),
        "after": number_to_json(gain.after),
        "gain": interval_to_json(gain.gain),
        "n": gain.n,
    }


def _gain_table(rows: Sequence[tuple[str, Gain]]) -> Table:
    return table(
        ("Figure", "Essays", "Own settings", "Tuned", "Better by"),
        (
            (
                metric_words(name).label,
                f"{gain.n:,}",
                decimal(gain.before, digits=_DIGITS),
                decimal(gain.after, digits=_DIGITS),
                said_gain(gain),
            )
            for name, gain in rows
        ),
    )


def _winners_table(found: TuningFindings) -> Table:
    keys = [dimension.key for dimension in found.space.dimensions]
    return table(
        ("Fold", *(_short(key) for key in keys)),
        (
            (str(number), *(_said(trial.settings[key]) for key in keys))
            for number, trial in enumerate(_winners(found))
        ),
    )


def _winners(found: TuningFindings) -> Iterator[Trial]:
    return map(best_trial, found.nested)


def _best_table(found: TuningFindings) -> Table:
    keys = [dimension.key for dimension in found.space.dimensions]
    judged = sorted(
        (each for each in found.trials if each.loss is not None), key=lambda each: (each.loss, each.number)
    )
    return table(
        ("Configuration", metric_words(found.objective).label, *(_short(key) for key in keys)),
        (
            (
                str(each.number),
                decimal(figure_of(found.objective, each.loss or 0.0), digits=_DIGITS),
                *(_said(each.settings[key]) for key in keys),
            )
            for each in judged
        ),
    )


def _tried(found: TuningFindings) -> list[Tried]:
    best, tried = math.inf, []
    for trial in found.trials:
        best = min(best, math.inf if trial.loss is None else trial.loss)
        figure = math.nan if trial.loss is None else figure_of(found.objective, trial.loss)
        tried.append(Tried(trial.number, figure, figure_of(found.objective, best)))
    return tried


def _setting(found: TuningFindings, dimension: Dimension) -> Setting:
    judged = [trial for trial in found.trials if trial.loss is not None and dimension.key in trial.settings]
    values = [trial.settings[dimension.key] for trial in judged]
    ends = (
        (_said(dimension.low), _said(dimension.high))
        if isinstance(dimension, Span)
        else (_said(dimension.values[0]), _said(dimension.values[-1]))
    )
    points = tuple(
        Placed(place, _said(value), figure_of(found.objective, trial.loss or 0.0))
        for trial, value in zip(judged, values, strict=True)
        if (place := _place(dimension, value)) is not None
    )
    return Setting(_short(dimension.key), *ends, points)


def _place(dimension: Dimension, value: Value) -> float | None:
    """Where a value stands between the ends of a setting, 0 to 1; ``None`` for one that it has not."""
    if not dimension.holds(value):
        return None
    if isinstance(dimension, Choices):
        return dimension.values.index(value) / max(1, len(dimension.values) - 1)
    if dimension.low == dimension.high:
        return 0.5
    low, high, number = dimension.low, dimension.high, float(value or 0.0)
    if dimension.log:
        low, high, number = (math.log(each) for each in (low, high, number))
    return (number - low) / (high - low)


def _short(key: str) -> str:
    return key.rsplit(".", maxsplit=1)[-1].replace("_", " ")


def _said(value: Value) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
