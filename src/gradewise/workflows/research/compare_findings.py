"""Two finished cross-validations that can be compared, and what is found."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gradewise.errors import InputError, PlanError
from gradewise.evaluation.comparison import (
    Comparison,
    Difference,
    compare_graded,
    fold_differences,
    grade_differences,
)
from gradewise.evaluation.comparison_gates import ProfileName, judge_comparison
from gradewise.evaluation.gates import GateReport
from gradewise.evaluation.results import Resampling
from gradewise.evaluation.side_by_side import require_same_essays
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.research.asked import prompt_limits_of
from gradewise.workflows.research.cv_record import FinishedCv, read_finished_cv
from gradewise.workflows.runs.identity import CIRCUMSTANCES

SHARED: Mapping[str, str] = {
    "dataset_sha256": "data",
    "scale": "scale",
    "scheme": "split scheme",
    "splits_id": "splits",
}
"""What two runs must have in common, by field of their records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two runs that can be compared."""

    reference: FinishedCv
    """What there is."""
    candidate: FinishedCv
    """What may replace it."""

    @property
    def identity(self) -> str:
        """What tells this pair from any other, wherever its files lie."""
        return json.dumps([self.reference.record, self.candidate.record], sort_keys=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CvComparison:
    """What a comparison of two runs finds."""

    plan: Plan
    """What was asked."""
    pair: Pair
    """Of which runs."""
    comparison: Comparison
    """Essay by essay."""
    gates: GateReport | None
    """What the profile says of it; ``None`` for the profile that asks for nothing."""
    folds: Mapping[int, float]
    """QWK, or macro F1 of classes, of the candidate less that of the reference in each fold."""
    classes: tuple[Difference, ...] = ()
    """The same by the right class; none of grades."""


def find_differences(plan: Plan, pair: Pair) -> CvComparison:
    """Compare two runs as a plan asks."""
    asked, profile = plan.compare, profile_of(plan)
    first, second = pair.reference.out_of_fold, pair.candidate.out_of_fold
    scale, ordered = pair.candidate.scale, pair.candidate.scale.ordered
    resampling = Resampling(asked.resamples, plan.evaluation.confidence, asked.seed)
    comparison = compare_graded(
        first.graded, second.graded, resampling=resampling, limits=prompt_limits_of(plan)
    )
    return CvComparison(
        plan=plan,
        pair=pair,
        comparison=comparison,
        gates=judge_comparison(profile, comparison),
        folds=fold_differences(first.graded, second.graded, first.rows_by_fold()),
        classes=() if ordered else grade_differences(first.graded, second.graded, scale, resampling),
    )


def profile_of(plan: Plan) -> ProfileName:
    """The rules of the verdict: those that the plan names, else the usual ones of its task.

    Raises:
        PlanError: they ask for what classes do not have.
    """
    asked = plan.compare.profile
    if plan.task == "ordinal":
        return asked or "prompt_holdout_primary"
    if asked == "prompt_holdout_primary":
        raise PlanError(
            f"compare.profile {asked!r} asks about prompts and the ends of a scale, which classes do not "
            "have; name stratified_stability or none"
        )
    return asked or "stratified_stability"


def read_pair(plan: Plan) -> Pair:
    """The two runs, once they are known to be comparable.

    Raises:
        PlanError, InputError: as `compare_cv_runs`.
    """
    asked = plan.compare
    if asked.reference is None or asked.candidate is None:
        raise PlanError("a comparison needs two runs; name compare.reference and compare.candidate")
    pair = Pair(reference=read_finished_cv(asked.reference), candidate=read_finished_cv(asked.candidate))
    for name, words in SHARED.items():
        first, second = pair.reference.record[name], pair.candidate.record[name]
        if first != second:
            raise InputError(
                f"the runs have different {words} ({name} {_short(first)} and {_short(second)}); "
                "a comparison needs two runs on the same essays, divided alike: "
                "gradewise make-splits writes a splits.json, which both follow by --splits-path"
            )
    require_same_essays(pair.reference.out_of_fold.graded, pair.candidate.out_of_fold.graded)
    return pair


def _short(value: Any) -> str:
    text = value["name"] if isinstance(value, Mapping) else str(value)
    return str(text)[:24]


def differing_settings(first: Plan, second: Plan) -> tuple[tuple[str, str, str], ...]:
    """Keys of two plans that are not alike, with both values; circumstances of the runs apart."""
    one, other = (dict(_flat(plan.model_dump(mode="json", exclude=set(_APART)))) for plan in (first, second))
    keys = dict.fromkeys((*one, *other))
    return tuple(
        (key, _spelled(one.get(key)), _spelled(other.get(key)))
        for key in keys
        if one.get(key) != other.get(key) and key != _STORE
    )


_APART = {*CIRCUMSTANCES, "name", "compare", "drop_column", "sweep", "tune", "data", "split"}
"""Keys that do not shape what two runs on the same essays, divided alike, learn."""
_STORE = "features.store"
"""Nor does where features were read from: a store holds what measuring again would give."""


def _flat(value: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, each in value.items():
        if isinstance(each, Mapping):
            yield from _flat(each, f"{before}{key}.")
        else:
            yield f"{before}{key}", each


def _spelled(value: Any) -> str:
    return "–" if value is None else json.dumps(value, ensure_ascii=False)
