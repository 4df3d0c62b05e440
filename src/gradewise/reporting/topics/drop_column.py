"""What each column adds: the picture with the noise floor, the ranked table, and what to make of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradewise.evaluation.importance import Advice, ColumnGain, Importance, JudgedColumn, NoiseFloor
from gradewise.evaluation.interval_json import interval_to_json, intervals_to_json, number_to_json
from gradewise.evaluation.side_by_side import BETTER
from gradewise.evaluation.twins import Twin
from gradewise.evaluation.weights import Floats
from gradewise.reporting.charts.gains import GainKind, GainRow, gains_chart
from gradewise.reporting.parts import Figure, Section, Statement, table
from gradewise.reporting.topics.gains import DIGITS, gain_words
from gradewise.reporting.wording import counted, decimal, enumerated, percentage, signed

FORMAT = 1
"""Of the record."""
NEARLY_THE_SAME = 0.9
"""Rank correlation from which two columns are said to be nearly the same."""

KINDS: Mapping[Advice, GainKind] = {"keep": "model", "inside the noise": "baseline", "drop": "broken"}
SHORT = {"qwk": "qwk", "adjacent_accuracy": "adjacent", "mae": "mae", "rps": "rps"}
"""What figures are called in the record."""


def drop_column_section(importance: Importance, twins: Mapping[str, Twin]) -> Section:
    """The topic: the picture, both tables, and its statements."""
    return Section(
        name="columns",
        heading="What does each column add?",
        intro="Each column was left out in turn and the model learnt again on the same folds, "
        f"{counted(importance.n_seeds, 'time')} by different seeds. The gain is how much better essays are "
        f"graded with the column than without it, over {counted(importance.n, 'essay')} that the models had "
        "not seen. A column that says what others say adds nothing, however much it says.",
        figures=tuple(_figures(importance, twins)),
        statements=tuple(_statements(importance, twins)),
        record=importance_record(importance, twins),
    )


def _figures(importance: Importance, twins: Mapping[str, Twin]) -> Iterator[Figure]:
    floor = importance.noise
    rows = [
        GainRow(column.name, column.gains["qwk"], gain_words(column.gains["qwk"]), KINDS[column.advice])
        for column in importance.columns
    ]
    shaded = (
        f" The shaded band is where gains of random columns lie (±{decimal(floor.reach, digits=DIGITS)})."
        if floor.columns
        else ""
    )
    yield Figure(
        "Gain in agreement (QWK) by each column",
        gains_chart("Gain in agreement", rows, band=floor.reach, ends=("better without", "better with")),
        "The dot is the gain, the line its interval over essays. Blue stands out from luck, red for the "
        f"worse, grey does not.{shaded}",
        table(
            ("Column", "QWK gained", "In folds", "Distance gained", "Within one grade gained", "Advice"),
            (
                (
                    column.name,
                    gain_words(column.gains["qwk"]),
                    percentage(column.positive()),
                    gain_words(column.gains["mae"]),
                    gain_words(column.gains["adjacent_accuracy"]),
                    column.advice,
                )
                for column in importance.columns
            ),
        ),
    )
    yield Figure(
        "What to do with each column",
        "",
        f"“keep” and “drop” hold after all {len(importance.columns)} columns are allowed for; "
        "columns inside the noise may go one at a time, and of two that say the same only one.",
        table(
            ("Column", "Advice", "Why"),
            ((column.name, column.advice, _why(column, twins)) for column in importance.columns),
            prose=True,
        ),
    )
    if floor.columns:
        yield Figure(
            "Columns of random numbers",
            "",
            "What numbers that have nothing to do with any essay seem to add: the floor below which a gain "
            "says nothing.",
            table(
                ("Column", "QWK gained", "In folds"),
                (
                    (column.name, gain_words(column.gains["qwk"]), percentage(column.positive()))
                    for column in floor.columns
                ),
            ),
        )


def _why(column: JudgedColumn, twins: Mapping[str, Twin]) -> str:
    chance = f"false discovery rate {decimal(_rate(column), digits=DIGITS)}"
    match column.advice:
        case "keep":
            return f"The model is worse without it: {gain_words(column.gains['qwk'])}, {chance}."
        case "drop":
            return f"The model is better without it: {gain_words(column.gains['qwk'])}, {chance}."
        case "inside the noise":
            twin = twins.get(column.name)
            if twin is not None and abs(twin.correlation) >= NEARLY_THE_SAME:
                return (
                    f"{twin.name} says nearly the same (rank correlation "
                    f"{signed(twin.correlation)}), so that either may go."
                )
            return "Its gain is no surer than that of random numbers."


def _rate(column: JudgedColumn) -> float:
    return column.q_harmful if column.advice == "drop" else column.q_useful


def _statements(importance: Importance, twins: Mapping[str, Twin]) -> Iterator[Statement]:
    keep, inside, drop = (importance.advised(advice) for advice in KINDS)
    n = len(importance.columns)
    best = f", first {keep[0].name} ({gain_words(keep[0].gains['qwk'])} QWK)" if keep else ""
    yield Statement(
        "good" if keep else "info",
        f"Columns that surely add to the others: {len(keep)} of {n}{best}. Not told from random numbers: "
        f"{len(inside)}. Surely harmful: {len(drop)}.",
    )
    if drop:
        yield Statement("warn", f"Better left out: {enumerated([column.name for column in drop])}.")
    if inside:
        yield Statement("info", _inside(inside, twins))
    yield _noise(importance)
    yield Statement(
        "info",
        f"{counted(n, 'column')} were tried at once. The advice allows for that: of the columns that are "
        f"kept, at most {percentage(importance.level)} are kept by luck on average "
        "(Benjamini–Hochberg), and of those dropped as many.",
    )


def _inside(inside: Sequence[JudgedColumn], twins: Mapping[str, Twin]) -> str:
    doubles = [
        column.name
        for column in inside
        if column.name in twins and abs(twins[column.name].correlation) >= NEARLY_THE_SAME
    ]
    said = f" {len(doubles)} of them have a column that says nearly the same." if doubles else ""
    return (
        f"Inside the noise: {enumerated([column.name for column in inside])}.{said} That is no order to drop "
        "them all: leave out one at a time, or try a set with `--drop` and compare."
    )


def _noise(importance: Importance) -> Statement:
    floor = importance.noise
    if not floor.columns:
        return Statement(
            "warn",
            "No random columns were tried, so the luck of learning is not known and the advice allows for "
            "that of essays alone; ask for some: --noise-columns 10.",
        )
    return Statement(
        "info",
        f"{counted(len(floor.columns), 'column')} of random numbers seemed to add up to "
        f"{signed(floor.highest, digits=DIGITS)} QWK (the 95th percentile of their gains). By the rule of "
        f"thumb, a gain above 0 in {percentage(importance.stable_share)} of the folds, "
        f"{floor.passing} of them would have been kept.",
    )


def importance_record(importance: Importance, twins: Mapping[str, Twin]) -> dict[str, Any]:
    """The same for programs; every gain is above 0 where the column is useful."""
    return {
        "schema_version": FORMAT,
        "positive": "the model is better with the column, whatever the figure",
        "n_essays": importance.n,
        "n_seeds": importance.n_seeds,
        "n_folds": importance.n_folds,
        "confidence": importance.resampling.confidence,
        "resamples": importance.resampling.n_resamples,
        "clustered_by": importance.resampling.clustered_by,
        "stable_share": importance.stable_share,
        "baseline": {
            "folds": _folds(importance.base_folds),
            "summary": _summary(importance.base_folds),
            "figures": intervals_to_json(importance.base),
        },
        "noise": _noise_record(importance.noise),
        "handcrafted_features": [
            {**_column(column), **_judgement(column), "twin": _twin(twins.get(column.name))}
            for column in importance.columns
        ],
    }


def _column(column: ColumnGain) -> dict[str, Any]:
    return {
        "feature": column.name,
        "deltas": {
            SHORT[name]: {
                **_spread(column.by_fold[name]),
                "interval": interval_to_json(column.gains[name]),
                "per_fold": [[number_to_json(gain) for gain in seed] for seed in column.by_fold[name]],
            }
            for name in BETTER
        },
        "stability": {
            f"{SHORT[name]}_positive_fraction": number_to_json(column.positive(name)) for name in BETTER
        },
        "folds": _folds(column.figures),
    }


def _judgement(column: JudgedColumn) -> dict[str, Any]:
    return {
        "advice": column.advice,
        "p_useful": column.p_useful,
        "p_harmful": column.p_harmful,
        "q_useful": column.q_useful,
        "q_harmful": column.q_harmful,
    }


def _noise_record(floor: NoiseFloor) -> dict[str, Any]:
    return {
        "columns": [_column(column) for column in floor.columns],
        "spread": number_to_json(floor.spread),
        "percentile_95": number_to_json(floor.highest),
        "reach": number_to_json(floor.reach),
        "passing_rule_of_thumb": floor.passing,
    }


def _twin(twin: Twin | None) -> dict[str, Any] | None:
    return None if twin is None else {"feature": twin.name, "rank_correlation": twin.correlation}


def _folds(figures: Mapping[str, Floats]) -> list[dict[str, Any]]:
    n_seeds, n_folds = figures["qwk"].shape
    return [
        {
            "seed": seed,
            "fold": fold,
            **{SHORT[name]: number_to_json(figures[name][seed, fold]) for name in BETTER},
        }
        for seed in range(n_seeds)
        for fold in range(n_folds)
    ]


def _summary(figures: Mapping[str, Floats]) -> dict[str, Any]:
    return {SHORT[name]: _spread(figures[name]) for name in BETTER}


def _spread(values: Floats) -> dict[str, float | None]:
    """Mean and population standard deviation over seeds and folds, of those that are defined."""
    defined = values[np.isfinite(values)]
    if not defined.size:
        return {"mean": None, "std": None}
    return {"mean": float(defined.mean()), "std": float(defined.std())}
