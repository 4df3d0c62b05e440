"""What a plan may ask of a candidate before it is used: rules, their digest, and which rules clash."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Any

from gradewise.evaluation.gates import Comparison, GatePreset, GateRule, JudgedBy
from gradewise.evaluation.normal_agreement import agreement_with

WORDS: Mapping[str, str] = {
    "qwk": "Agreement beyond chance (QWK)",
    "accuracy": "Same grade as the teacher",
    "adjacent_accuracy": "Within one grade of the teacher’s",
    "mae": "Average distance from the teacher’s grade, in steps",
    "pearson": "Correlation with the teacher (Pearson)",
    "smd": "Average grade less the teacher’s, in SDs (SMD)",
    "ece": "Confidence error (ECE)",
    "rps": "Probability error along the scale (RPS)",
    "group_dsm": "The largest difference for a group of writers, in SDs (DSM)",
    "training_share_difference": "The largest distance of a share from that in training",
    "latency_p95_ms": "Processor time for one text, 95 of 100 take less, in ms",
    "batch_of_50_s": "Processor time for 50 texts, in seconds",
    "changed_grades": "Grades that differ between the ONNX model and the trees beside it",
    "qwk_over_production": "Agreement (QWK), less that of the model in production on the same essays",
    "macro_f1": "Macro F1",
    "weighted_f1": "F1, each class by its texts",
    "log_loss": "Probability error (log loss)",
    "brier": "Probability error (Brier)",
    "roc_auc": "Area under the ROC curve",
    "pr_auc": "Area under the precision-recall curve",
    "macro_f1_over_commonest": "Macro F1, less that of always the commonest class",
    "accuracy_over_commonest": "Accuracy, less that of always the commonest class",
    "lost_classes": "Classes of ten texts or more that are never found",
    "macro_f1_over_production": "Macro F1, less that of the model in production on the same texts",
}
"""Every figure that a plan may ask about, for a reader."""
SPEED = frozenset({"latency_p95_ms", "batch_of_50_s"})
"""Figures that depend on the machine."""
NAME, TITLE = "promotion", "What a model must show before it is used"
SOURCE = "the plan of this model, promotion.gates"

_UP: frozenset[Comparison] = frozenset({"at least", "above"})
_MOOT = 0.1  # a QWK that another rule implies by so much more makes the rule on QWK idle


def promotion_rule(metric: str, comparison: Comparison, bound: float, *, required: bool) -> GateRule:
    """A rule as a plan states it.

    >>> promotion_rule("qwk", "at least", 0.7, required=True).words
    'Agreement beyond chance (QWK)'
    """
    return GateRule(metric, comparison, bound, WORDS[metric], SOURCE, required)


def promotion_gates(rules: Sequence[GateRule]) -> GatePreset:
    """The rules of a plan as a preset of their own."""
    return GatePreset(NAME, TITLE, tuple(rules))


def rules_digest(preset: GatePreset, judged_by: JudgedBy, measured: Mapping[str, Any]) -> str:
    """SHA-256 of what is asked: 64 hex digits, the same wherever and however it is written down.

    Args:
        preset: The rules; words and sources do not count.
        judged_by: What is held against the bounds.
        measured: How figures are made, as JSON values: resamples, confidence, seed.
    """
    rules = [
        {
            "metric": rule.metric,
            "comparison": rule.comparison,
            "bound": float(rule.bound),
            "required": rule.required,
        }
        for rule in preset.rules
    ]
    asked = {"rules": rules, "judged_by": judged_by, "measured": dict(measured)}
    canonical = json.dumps(asked, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def clashes(rules: Sequence[GateRule], shares: Sequence[float]) -> tuple[str, ...]:
    """Where rules cannot be met together, or one leaves another nothing to say; a sentence each.

    Args:
        rules: what is asked.
        shares: how often the teacher gives each grade, lowest first; they sum to 1.
    """
    return (*_impossible(rules), *_idle(rules, shares))


def _impossible(rules: Sequence[GateRule]) -> Iterator[str]:
    for metric in dict.fromkeys(rule.metric for rule in rules):
        low, high = -inf, inf
        for rule in (rule for rule in rules if rule.metric == metric):
            if rule.comparison in _UP:
                low = max(low, rule.bound)
            else:
                high = min(high, rule.bound)
                low = max(low, -rule.bound) if rule.comparison == "within" else low
        if low > high:
            yield f"No {metric} can be {low:g} or more and {high:g} or less, as two rules together ask."


def _idle(rules: Sequence[GateRule], shares: Sequence[float]) -> Iterator[str]:
    least = {rule.metric: rule.bound for rule in rules if rule.comparison in _UP}
    asked = least.get("qwk")
    if asked is None:
        return
    for metric, words in (("accuracy", "the same grade"), ("adjacent_accuracy", "a grade within one step")):
        implied = agreement_with(metric, least[metric], shares) if metric in least else None
        usual = agreement_with("qwk", asked, shares)
        if implied is not None and usual is not None and abs(implied.qwk - asked) > _MOOT:
            harder, idle = (metric, "qwk") if implied.qwk > asked else ("qwk", metric)
            yield (
                f"On this scale of {len(shares)} grades, {words} for {100 * least[metric]:.0f} % of essays "
                f"goes with a QWK of about {implied.qwk:.2f}, and a QWK of {asked:g} with {words} for about "
                f"{100 * getattr(usual, metric):.0f} %: the rule on {harder} decides, that on {idle} asks "
                "for little."
            )
