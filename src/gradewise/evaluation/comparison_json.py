"""Comparisons as plain values for JSON; what is not defined is ``null``."""

from collections.abc import Mapping
from typing import Any

from gradewise.essays.scales import Scale
from gradewise.evaluation.comparison import ChangedEssay, Comparison, Difference
from gradewise.evaluation.interval_json import intervals_to_json, number_to_json

MOST_CHANGED = 50
"""Essays with another grade that a record names."""


def difference_to_json(row: Difference) -> dict[str, Any]:
    """How two models differ on some essays."""
    return {
        "name": row.name,
        "n": row.n,
        "reference": _numbers(row.reference),
        "candidate": _numbers(row.candidate),
        "differences": intervals_to_json(row.differences),
    }


def _numbers(figures: Mapping[str, float]) -> dict[str, float | None]:
    return {name: number_to_json(value) for name, value in figures.items()}


def comparison_to_json(found: Comparison, scale: Scale) -> dict[str, Any]:
    """The whole comparison; of essays with another grade, the number and those that changed most."""
    return {
        "whole": difference_to_json(found.whole),
        "whole_prompts_drawn": None if found.over_prompts is None else difference_to_json(found.over_prompts),
        "tails": [difference_to_json(row) for row in found.tails],
        "prompts": [
            {**difference_to_json(row), "shrunken_qwk_difference": _known(row.shrunken_qwk)}
            for row in found.prompts
        ],
        "hardest_prompts": {
            "prompts": list(found.hardest_prompts),
            "pooled": None if found.hardest is None else difference_to_json(found.hardest),
        },
        "changed": {
            "n": len(found.changed),
            "nearer": sum(each.gain > 0 for each in found.changed),
            "farther": sum(each.gain < 0 for each in found.changed),
            "most": [changed_to_json(each, scale) for each in found.changed[:MOST_CHANGED]],
        },
        "resampling": {
            "n_resamples": found.resampling.n_resamples,
            "confidence": found.resampling.confidence,
            "seed": found.resampling.seed,
        },
    }


def _known(number: float | None) -> float | None:
    return None if number is None else number_to_json(number)


def changed_to_json(each: ChangedEssay, scale: Scale) -> dict[str, Any]:
    """An essay with its three grades; nothing of its text."""
    return {
        "record_id": each.essay_id,
        "prompt": each.prompt,
        "y_true": scale.grades[each.true_code],
        "y_pred_reference": scale.grades[each.reference_code],
        "y_pred_candidate": scale.grades[each.candidate_code],
        "change": each.change,
    }
