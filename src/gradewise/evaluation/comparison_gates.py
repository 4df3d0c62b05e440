"""Profiles: what a candidate must show beside a reference before it may take its place."""

from collections.abc import Mapping
from typing import Literal

from gradewise.evaluation.comparison import Comparison, Difference
from gradewise.evaluation.gates import GatePreset, GateReport, GateRule, judge_gates
from gradewise.evaluation.results import Interval

ProfileName = Literal["prompt_holdout_primary", "stratified_stability", "none"]
"""Profiles, as a plan names them."""
Outcome = Literal["passed", "failed", "not shown"]
"""What became of a candidate."""

_OWN = "the research bench of this project: gates between two cross-validations"
_WHOLE = "Agreement on all essays (QWK), candidate less reference"
_HARDEST = "Agreement on the hardest prompts (QWK), candidate less reference"
_LOW = "Within one grade among the weakest essays, candidate less reference"
_HIGH = "Within one grade among the strongest essays, candidate less reference"

PROFILES: Mapping[ProfileName, GatePreset] = {
    "prompt_holdout_primary": GatePreset(
        "prompt_holdout_primary",
        "Better where it is hardest, and nowhere worse",
        (
            GateRule("hardest_prompts_qwk", "at least", 0.010, _HARDEST, _OWN),
            GateRule("qwk", "at least", -0.003, _WHOLE, _OWN),
            GateRule("low_adjacent_accuracy", "at least", -0.010, _LOW, _OWN),
            GateRule("high_adjacent_accuracy", "at least", -0.010, _HIGH, _OWN),
        ),
    ),
    "stratified_stability": GatePreset(
        "stratified_stability",
        "No worse on the whole",
        (GateRule("qwk", "at least", -0.005, _WHOLE, _OWN),),
    ),
}
"""Profiles by name; ``none`` asks for nothing."""

CLASS_PROFILES: Mapping[ProfileName, GatePreset] = {
    "stratified_stability": GatePreset(
        "stratified_stability",
        "No worse on the whole",
        (GateRule("macro_f1", "at least", -0.005, "Macro F1 on all texts, candidate less reference", _OWN),),
    ),
}
"""The same of classes, which have neither prompts nor tails."""


def judge_comparison(profile: ProfileName, comparison: Comparison) -> GateReport | None:
    """Hold a comparison against a profile; ``None`` for the profile that asks for nothing."""
    of_classes = "macro_f1" in comparison.whole.differences
    preset = (CLASS_PROFILES if of_classes else PROFILES).get(profile)
    return None if preset is None else judge_gates(preset, comparison_figures(comparison))


def comparison_figures(comparison: Comparison) -> dict[str, Interval]:
    """The differences that a profile may ask about, by metric; what could not be measured is left out."""
    if "macro_f1" in comparison.whole.differences:
        return {"macro_f1": comparison.whole.differences["macro_f1"]}
    tails = {row.name: row for row in comparison.tails}
    asked: Mapping[str, tuple[Difference | None, str]] = {
        "qwk": (comparison.whole, "qwk"),
        "hardest_prompts_qwk": (comparison.hardest, "qwk"),
        "low_adjacent_accuracy": (tails.get("low"), "adjacent_accuracy"),
        "high_adjacent_accuracy": (tails.get("high"), "adjacent_accuracy"),
    }
    return {name: row.differences[metric] for name, (row, metric) in asked.items() if row is not None}


def outcome(report: GateReport) -> Outcome:
    """What the rules of a profile amount to: a rule that could not be measured is not shown to hold."""
    if report.count("failed"):
        return "failed"
    return "passed" if report.count("passed") == len(report.rules) else "not shown"
