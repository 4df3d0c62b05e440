"""The search for better settings: its worth, its course and its choice, with pictures."""

import math
from collections.abc import Sequence
from typing import Any

from gradewise.evaluation.gains import Gain, figure_of
from gradewise.evaluation.interval_json import interval_to_json, number_to_json
from gradewise.models.search import Choices, Dimension, Span, Value, best_trial
from gradewise.reporting.charts.search import (
    Placed,
    Setting,
    Tried,
    gain_row,
    gains_chart,
    search_chart,
    settings_chart,
)
from gradewise.reporting.parts import Figure, Section, Table, table
from gradewise.reporting.topics.gains import GAINED
from gradewise.reporting.tuning_verdict import DIGITS, TuningFindings, said_value, short_key
from gradewise.reporting.wording import counted, decimal, difference_words, metric_words


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
                gains_chart("What tuning buys", [gain_row(_gained(name), gain) for name, gain in rows]),
                "How much better each figure became, with its interval; right of the line is better. Where a "
                "bar crosses the line, these essays cannot tell. Each row has its own scale.",
                _gain_table(rows),
            ),
            Figure.in_numbers(
                "What each fold’s search chose",
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
    own, better = figure_of(found.objective, found.own.loss or 0.0), metric_words(found.objective).better
    return Section(
        name="search",
        heading="What was tried",
        intro=f"{counted(len(found.trials), 'configuration')}, all different, the first the plan’s own. "
        f"Given up after some folds, being worse there than half of those before them: {pruned}.",
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
                f"nor down, the setting hardly matters here. {better.capitalize()} is better.",
                None,
            ),
        ),
        record={"n_trials": len(found.trials), "pruned": pruned, "objective": found.objective},
    )


def _selected(found: TuningFindings) -> Section:
    own, chosen = found.own.settings, found.winner.settings
    return Section(
        name="selected",
        heading="What was selected",
        intro=f"Configuration {found.winner.number}. Its figures here are from the folds that chose it, so "
        "they flatter; losses, though, are real.",
        figures=(
            Figure.in_numbers(
                "Settings",
                "A plan with these settings is in artifacts/tuned_plan.yaml.",
                table(
                    ("Setting", "The plan’s own", "Selected"),
                    ((key, said_value(own[key]), said_value(value)) for key, value in chosen.items()),
                ),
            ),
            _gains_figure(found),
        ),
        record={
            "number": found.winner.number,
            "settings": dict(chosen),
            "own_settings": dict(own),
            "claimed": {name: gain_to_json(gain) for name, gain in found.claimed.items()},
            "guards": {name: gain_to_json(gain) for name, gain in found.guards.items()},
        },
    )


def _gains_figure(found: TuningFindings) -> Figure:
    rows = [(_gained(name), gain) for name, gain in {**found.claimed, **found.guards}.items()]
    return Figure(
        "On the folds of the search",
        gains_chart("Selected settings against the plan’s own", [gain_row(*row) for row in rows]),
        "How much better each figure became, with its interval. Tails are the lowest and the highest "
        "third of the scale; the worst prompt’s kappa is drawn towards the mean of all prompts.",
        _gain_table(rows),
    )


def _gained(name: str) -> str:
    """What is gained in a figure; a part of the essays goes by its own name."""
    return GAINED.get(name, name.replace("_", " "))


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
                decimal(gain.before, digits=DIGITS),
                decimal(gain.after, digits=DIGITS),
                difference_words(gain.gain, digits=DIGITS),
            )
            for name, gain in rows
        ),
    )


def _winners_table(found: TuningFindings) -> Table:
    keys = [dimension.key for dimension in found.space.dimensions]
    return table(
        ("Fold", *(short_key(key) for key in keys)),
        (
            (str(number), *(said_value(trial.settings[key]) for key in keys))
            for number, trial in enumerate(map(best_trial, found.nested))
        ),
    )


def _best_table(found: TuningFindings) -> Table:
    keys = [dimension.key for dimension in found.space.dimensions]
    judged = sorted(
        (each for each in found.trials if each.loss is not None), key=lambda each: (each.loss, each.number)
    )
    return table(
        ("Configuration", metric_words(found.objective).label, *(short_key(key) for key in keys)),
        (
            (
                str(each.number),
                decimal(figure_of(found.objective, each.loss or 0.0), digits=DIGITS),
                *(said_value(each.settings[key]) for key in keys),
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
        (said_value(dimension.low), said_value(dimension.high))
        if isinstance(dimension, Span)
        else (said_value(dimension.values[0]), said_value(dimension.values[-1]))
    )
    points = tuple(
        Placed(place, said_value(value), figure_of(found.objective, trial.loss or 0.0))
        for trial, value in zip(judged, values, strict=True)
        if (place := _place(dimension, value)) is not None
    )
    return Setting(short_key(dimension.key), *ends, points)


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
