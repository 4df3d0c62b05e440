"""What turning scores into grades as a plan asks wins and costs, beside plain rounding."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradewise.essays.scales import Scale
from gradewise.evaluation.comparison import Difference, find_difference, tail_differences
from gradewise.evaluation.comparison_json import difference_to_json
from gradewise.evaluation.results import Graded, Resampling
from gradewise.models.decisions import Cuts, DecisionKind, decide, rounding_cuts
from gradewise.models.grader_fitting import FittedGrader

SCHEMA_VERSION = 1
"""Of both records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodingCost:
    """Out-of-fold scores, rounded and decided."""

    kind: DecisionKind
    """How scores become grades."""
    cuts_by_fold: tuple[Cuts, ...]
    """Where the grades of each fold end, learnt from the other folds."""
    cuts: Cuts
    """Where grades end that ship, learnt from all folds."""
    whole: Difference
    """All essays: reference is rounding, candidate the decision."""
    tails: tuple[Difference, ...]
    """The same in each part of the scale."""


def measure_decoding(
    fitted: FittedGrader, kind: DecisionKind, graded: Graded, scale: Scale, resampling: Resampling
) -> DecodingCost:
    """Grade out-of-fold scores by plain rounding too, and compare.

    Args:
        fitted: the model with its out-of-fold predictions.
        kind: how its scores become grades.
        graded: those predictions beside the teacher's grades.
        scale: the grades.
        resampling: how intervals are made.
    """
    codes = decide(graded.scores.astype(np.float32), rounding_cuts(scale.n_grades))
    rounded = replace(graded, predicted_codes=codes)
    return DecodingCost(
        kind=kind,
        cuts_by_fold=fitted.out_of_fold.cuts,
        cuts=fitted.grader.decoding.cuts,
        whole=find_difference("all essays", rounded, graded, resampling),
        tails=tail_differences(rounded, graded, resampling),
    )


def cut_points_record(cost: DecodingCost, scale: Scale) -> dict[str, Any]:
    """Cut points on the score, whose unit is a grade step and whose 0 is the lowest grade."""
    return {
        "schema_version": SCHEMA_VERSION,
        "mode": cost.kind,
        "band_values": list(scale.grades),
        "min_band": scale.grades[0],
        "max_band": scale.grades[-1],
        "cutpoints_by_fold": {str(fold): cuts.tolist() for fold, cuts in enumerate(cost.cuts_by_fold)},
        "global_cutpoints": cost.cuts.tolist(),
    }


def decoding_record(cost: DecodingCost) -> dict[str, Any]:
    """Figures before (rounding) and after (the decision), with the difference, whole and in the tails."""
    return {
        "schema_version": SCHEMA_VERSION,
        "mode": cost.kind,
        "reference": "rounding",
        "candidate": cost.kind,
        "whole": difference_to_json(cost.whole),
        "tails": [difference_to_json(row) for row in cost.tails],
    }
