"""How several ways to grade the same essays stand beside each other: picture, tables, record."""

from collections.abc import Iterator, Sequence
from typing import Any

from gradewise.evaluation.fold_figures import spread_to_json
from gradewise.evaluation.interval_json import intervals_to_json, number_to_json
from gradewise.evaluation.results import HEADLINE, Interval
from gradewise.evaluation.standings import Standing, WeakPrompts
from gradewise.reporting.charts.gains import gains_chart
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.parts import MOST_ROWS, Figure, Table, table
from gradewise.reporting.topics.gains import GAINED, figure_words, gain_words, spread_words
from gradewise.reporting.wording import ABSENT, decimal, percentage, signed


def standing_figures(
    standings: Sequence[Standing], *, kind: str, reference: str, by: str
) -> Iterator[Figure]:
    """The picture of gains, the figures behind it, and the weak spots.

    Args:
        standings: in the order in which they are shown.
        kind: what they are, as the head of a table.
        reference: over which gains are taken.
        by: the figure whose gain is drawn.
    """
    rows = [
        IntervalRow(each.name, each.gains[by], _kind(each.gains[by]), gain_words(by, each.gains[by]))
        for each in standings[:MOST_ROWS]
        if each.name != reference
    ]
    yield Figure(
        f"Gain in {GAINED[by]} over {reference}",
        gains_chart(f"Gain over {reference}", rows, ends=("worse", "better"), beside=False),
        "The dot is the gain, the line its interval over essays, which both have graded. Grey lines hold 0: "
        "these essays do not tell the two apart.",
        _gains_table(standings, kind, reference),
    )
    yield Figure.in_numbers(
        "Figures",
        "Over all essays, graded out of fold, with intervals over essays; the mean over folds is beside its "
        "standard deviation.",
        _figures_table(standings, kind),
    )
    yield Figure.in_numbers(
        "Weak spots",
        "Average lean in grade steps at both ends of the scale, by true grade; the prompt with the lowest "
        "agreement, drawn towards the mean as far as its size leaves it to chance; and the prompts that are "
        "hardest for all rows together, pooled.",
        _weak_table(standings, kind),
    )


def standing_record(standing: Standing) -> dict[str, Any]:
    """One standing for programs."""
    return {
        "name": standing.name,
        "figures": intervals_to_json(standing.figures),
        "gains": intervals_to_json(standing.gains),
        "over_folds": {name: spread_to_json(standing.over_folds(name)) for name in HEADLINE},
        "per_fold": {
            name: [[number_to_json(figure) for figure in seed] for seed in standing.by_fold[name]]
            for name in HEADLINE
        },
        "tails": [
            {
                "name": tail.name,
                "n": tail.n,
                "mae": number_to_json(tail.mae),
                "mean_residual": number_to_json(tail.mean_residual),
                "adjacent_accuracy": number_to_json(tail.adjacent_accuracy),
            }
            for tail in standing.tails
        ],
        "prompts": _prompts_record(standing.prompts),
    }


def _prompts_record(prompts: WeakPrompts | None) -> dict[str, Any] | None:
    if prompts is None:
        return None
    return {
        "n_prompts": prompts.n_prompts,
        "worst": prompts.worst,
        "n_worst": prompts.n_worst,
        "worst_qwk": number_to_json(prompts.worst_qwk),
        "n_pooled": prompts.n_pooled,
        "pooled_qwk": number_to_json(prompts.pooled_qwk),
    }


def _kind(gain: Interval) -> str:
    return "model" if gain.low > 0 else "broken" if gain.high < 0 else "baseline"


def _gains_table(standings: Sequence[Standing], kind: str, reference: str) -> Table:
    return table(
        (kind, *(f"Gain, {GAINED[name]}" for name in HEADLINE)),
        (
            (each.name, *(gain_words(name, each.gains[name]) for name in HEADLINE))
            for each in standings
            if each.name != reference
        ),
    )


def _figures_table(standings: Sequence[Standing], kind: str) -> Table:
    return table(
        (kind, "QWK", "QWK, mean ± sd over folds", "RPS", "Average distance", "Within one grade"),
        (
            (
                each.name,
                figure_words("qwk", each.figures["qwk"]),
                spread_words(each.over_folds("qwk")),
                figure_words("rps", each.figures["rps"]),
                figure_words("mae", each.figures["mae"]),
                percentage(each.figures["adjacent_accuracy"].estimate),
            )
            for each in standings
        ),
    )


def _weak_table(standings: Sequence[Standing], kind: str) -> Table:
    return table(
        (kind, "Lean, low grades", "Lean, high grades", "Worst prompt", "QWK there", "QWK, hardest pooled"),
        (
            (
                each.name,
                signed(each.tails[0].mean_residual),
                signed(each.tails[-1].mean_residual),
                *_prompt_cells(each.prompts),
            )
            for each in standings
        ),
    )


def _prompt_cells(prompts: WeakPrompts | None) -> tuple[str, str, str]:
    if prompts is None:
        return ABSENT, ABSENT, ABSENT
    return (
        f"{prompts.worst}, n = {prompts.n_worst}",
        decimal(prompts.worst_qwk, digits=3),
        f"{decimal(prompts.pooled_qwk, digits=3)}, n = {prompts.n_pooled}",
    )
