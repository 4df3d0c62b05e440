"""What each column adds, for programs: the fields of ``drop_column_importance.json``."""

from collections.abc import Mapping
from typing import Any

from gradewise.evaluation.fold_figures import spread_of, spread_to_json
from gradewise.evaluation.importance import ColumnGain, Importance, JudgedColumn, NoiseFloor
from gradewise.evaluation.interval_json import interval_to_json, intervals_to_json, number_to_json
from gradewise.evaluation.results import HEADLINE
from gradewise.evaluation.twins import Twin
from gradewise.evaluation.weights import Floats

FORMAT = 1
"""Raised whenever a field changes its meaning or goes away."""

SHORT = {"qwk": "qwk", "adjacent_accuracy": "adjacent", "mae": "mae", "rps": "rps"}
"""What figures are called."""


def importance_record(importance: Importance, twins: Mapping[str, Twin]) -> dict[str, Any]:
    """The same for programs; every gain is above 0 where the column is useful."""
    return {
        "schema_version": FORMAT,
        "judged_by": importance.judged_by,
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
                **spread_to_json(spread_of(column.by_fold[name])),
                "interval": interval_to_json(column.gains[name]),
                "per_fold": [[number_to_json(gain) for gain in seed] for seed in column.by_fold[name]],
            }
            for name in HEADLINE
        },
        "stability": {
            f"{SHORT[name]}_positive_fraction": number_to_json(column.positive(name)) for name in HEADLINE
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
            **{SHORT[name]: number_to_json(figures[name][seed, fold]) for name in HEADLINE},
        }
        for seed in range(n_seeds)
        for fold in range(n_folds)
    ]


def _summary(figures: Mapping[str, Floats]) -> dict[str, Any]:
    return {SHORT[name]: spread_to_json(spread_of(figures[name])) for name in HEADLINE}
