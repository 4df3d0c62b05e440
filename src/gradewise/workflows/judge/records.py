"""What judgement found as rows for tables and as values for JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from gradewise.evaluation.interval_json import interval_to_json, number_to_json
from gradewise.judgement.anchor_checks import AnchorCheck, AnchorDrift
from gradewise.judgement.features import COLUMNS, JudgementFeatures
from gradewise.judgement.findings import ExaminedBatch, GradedBatch
from gradewise.judgement.judges import PositionBias
from gradewise.judgement.pairing import Pair
from gradewise.judgement.reliability import as_share
from gradewise.judgement.stopping import Decision
from gradewise.reporting.topics.judgement_panels import panel_to_json, shared_to_json

Row = Mapping[str, str | int | float | bool | None]
"""Cells by column."""
_DIGITS = 6


def score_rows(scored: ExaminedBatch) -> list[Row]:
    """An essay a row, the best first."""
    low, high = scored.intervals
    known = {essay.id: essay for essay in scored.batch.essays}
    ranks, rates, scores = scored.ranks, scored.tallies.win_rates, scored.scores
    order = sorted(range(len(scores.items)), key=lambda at: (ranks[at], scores.items[at]))
    return [
        {
            "essay_id": scores.items[at],
            "rank": int(ranks[at]),
            "bt_score": _rounded(scores.values[at]),
            "bt_se": _rounded(scores.errors[at]),
            "low": _rounded(low[at]),
            "high": _rounded(high[at]),
            "win_rate": _rounded(rates[at]),
            "wins": int(scored.tallies.wins[at]),
            "comparison_count": int(scored.tallies.counts[at]),
            "group": int(scores.groups[at]),
            "held_by_prior": bool(scored.held[at]),
            "is_anchor": known[scores.items[at]].is_anchor if scores.items[at] in known else False,
            "known_grade": known[scores.items[at]].known_grade if scores.items[at] in known else None,
        }
        for at in order
    ]


def grade_rows(graded: GradedBatch) -> list[Row]:
    """An essay a row, the best first, with the probability of each grade.

    The column is called ``projected_grade``: by that name it is refused as a label beside scores.
    """
    projection, place = graded.projection, {item: at for at, item in enumerate(graded.projection.items)}
    beyond = {
        item for concern in projection.concerns if concern.kind == "out of range" for item in concern.about
    }
    rows: list[Row] = []
    for row in score_rows(graded.scored):
        at = place[str(row["essay_id"])]
        chances = {
            f"p_{grade}": _rounded(chance)
            for grade, chance in zip(projection.scale.grades, projection.probabilities[at], strict=True)
        }
        rows.append(
            {
                **{
                    key: row[key]
                    for key in ("essay_id", "rank", "bt_score", "bt_se", "is_anchor", "known_grade")
                },
                "projected_grade": graded.signed[at],
                "confidence": _rounded(projection.confidences[at]),
                "out_of_range": row["essay_id"] in beyond,
                **chances,
            }
        )
    return rows


def judge_rows(scored: ExaminedBatch) -> list[Row]:
    """A judge a row."""
    bias = {each.judge: each for each in scored.bias}
    return [
        {
            "judge": each.judge,
            "decisions": each.n,
            "agreement": _rounded(each.agreement),
            "infit": _rounded(each.infit),
            "outfit": _rounded(each.outfit),
            "infit_z": _rounded(each.infit_z),
            "odd": "erratic" if each.erratic else "too regular" if each.too_regular else "",
            "first_won": _first_won(bias.get(each.judge)),
        }
        for each in scored.judges
    ]


def pair_rows(pairs: Sequence[Pair], judges: Sequence[str]) -> list[Row]:
    """A pair a row, in the order in which they are to be asked; with the judge, where some were named.

    The winner is empty: filled in, the rows are decisions.
    """
    dealt: Sequence[str | None] = judges or [None] * len(pairs)
    return [
        {
            "first": pair.first,
            "second": pair.second,
            **({} if judge is None else {"judge": judge}),
            "winner": "",
            "gain": _rounded(pair.gain),
            "chance_first_wins": _rounded(pair.chance),
        }
        for pair, judge in zip(pairs, dealt, strict=True)
    ]


def feature_rows(features: JudgementFeatures) -> list[Row]:
    """An essay a row."""
    return [
        {"essay_id": item, **{name: _rounded(value) for name, value in zip(COLUMNS, row, strict=True)}}
        for item, row in zip(features.items, features.values.tolist(), strict=True)
    ]


def summary_json(scored: ExaminedBatch) -> dict[str, Any]:
    """What is found of a batch as a whole."""
    found, aside = scored.separation, dict(scored.batch.set_aside)
    return {
        "batch": scored.batch.id,
        "essays": len(scored.scores.items),
        "comparisons": scored.comparisons.n,
        "judges": len(scored.comparisons.judge_names),
        "set_aside": aside,
        "prior_sd": scored.scores.prior.standard_deviation,
        "weighted_by_confidence": scored.weighted,
        **reliabilities_json(scored),
        "spread": None if found is None else number_to_json(found.spread),
        "error": None if found is None else number_to_json(found.error),
        "groups": scored.scores.n_groups,
        "held_by_prior": int(scored.held.sum()),
        "always_won": list(scored.always_won),
        "always_lost": list(scored.always_lost),
        "never_compared": list(scored.never_compared),
        "pair_closeness": number_to_json(scored.closeness),
        "first_won": None if not scored.bias else interval_to_json(scored.bias[0].first_won),
        "odd_judges": [each.judge for each in scored.judges if each.erratic or each.too_regular],
        "decided_alike": None if scored.alike is None else shared_to_json(scored.alike),
        "panel": None if scored.panel is None else panel_to_json(scored.panel),
    }


def reliabilities_json(scored: ExaminedBatch) -> dict[str, Any]:
    """How reliable scores are by each way of asking, as shares: 0 where errors exceed differences."""
    likely, found = scored.reliability, scored.separation
    return {
        "reliability": None if likely is None else interval_to_json(likely),
        "scale_separation": None if found is None else interval_to_json(as_share(found.reliability)),
        "halves": {each.halves_of: interval_to_json(as_share(each.reliability)) for each in scored.halves},
    }


def anchors_json(graded: GradedBatch) -> dict[str, Any]:
    """What is found of anchors and boundaries."""
    ends, projection = graded.projection.boundaries, graded.projection
    return {
        "scale": projection.scale.name,
        "grades": list(projection.scale.grades),
        "boundaries": [_rounded(end) for end in ends.positions],
        "boundary_errors": [_rounded(error) for error in ends.errors],
        "grading_noise": _rounded(ends.noise),
        "anchors": [_anchor_json(check) for check in graded.checks],
        "inversions": [
            {"lower": each.lower, "higher": each.higher, "by": _rounded(each.by)}
            for each in graded.inversions
        ],
        "drift": None if graded.drift is None else _drift_json(graded.drift),
        "unjudged": list(graded.unjudged),
        "unresolved": list(graded.unresolved),
        "ways": dict(graded.ways),
        "concerns": [{"kind": each.kind, "message": each.message} for each in projection.concerns],
    }


def _anchor_json(check: AnchorCheck) -> dict[str, Any]:
    return {
        "essay_id": check.item,
        "known_grade": check.known,
        "found_without_it": check.found,
        "steps": check.steps,
        "probability": _rounded(check.probability),
    }


def _drift_json(drift: AnchorDrift) -> dict[str, Any]:
    return {
        "shift": _rounded(drift.shift),
        "anchors": [
            {
                "essay_id": move.item,
                "earlier": _rounded(move.earlier),
                "now": _rounded(move.now),
                "deviate": _rounded(move.deviate),
                "moved": move.moved,
            }
            for move in drift.moves
        ],
    }


def decision_json(decision: Decision) -> dict[str, Any]:
    """Whether to stop, and why."""
    return {
        "stop": decision.stop,
        "reason": decision.reason,
        "message": decision.message,
        "remaining": decision.remaining,
        "needed": decision.needed,
        "reliability_at_budget": number_to_json(decision.reliability_at_budget),
    }


def _rounded(value: float) -> float:
    return round(float(value), _DIGITS) + 0.0


def _first_won(bias: PositionBias | None) -> float | None:
    return None if bias is None else _rounded(bias.first_won.estimate)
