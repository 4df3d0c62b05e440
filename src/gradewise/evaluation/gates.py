"""Gates: rules that a model's figures must meet, judged by interval bounds.

Every rule of a preset must hold. Rules about a figure alone (agreement of .70) and rules about it beside two
teachers (at most .10 below them) may disagree: a model may pass the first where teachers agree at .90, and
fail it where they agree at .60. Neither stands in for the other, so that such a model is not passed; the
report says which kind failed.

A figure that could not be measured does not count in the presets. A rule that is required is another matter:
without its figure the report is not passed.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isnan
from typing import Literal

from gradewise.evaluation.results import Interval

Comparison = Literal["at least", "above", "at most", "below", "within"]
"""How a figure is held against a bound; ``within`` is about its distance from 0."""
Verdict = Literal["passed", "failed", "not shown", "not measured"]
"""What became of a rule."""
JudgedBy = Literal["interval", "estimate"]
"""What is held against a bound: the unfavourable end of the interval, or the figure itself."""
GateName = Literal["seeds", "williamson2012", "ctb2014", "classes"]
"""Presets, as a plan names them."""
USUAL: Mapping[bool, tuple[GateName, ...]] = {True: ("williamson2012",), False: ("classes",)}
"""Presets where a plan names none, by whether grades have an order."""

_HOLDS: Mapping[Comparison, Callable[[float, float], bool]] = {
    "at least": operator.ge,
    "above": operator.gt,
    "at most": operator.le,
    "below": operator.lt,
    "within": operator.le,
}


@dataclass(frozen=True, slots=True)
class GateRule:
    """One thing that is asked of a model."""

    metric: str
    """Which figure; `gate_figures` makes them."""
    comparison: Comparison
    """How it is held against the bound."""
    bound: float
    """What is asked, in the figure's unit."""
    words: str
    """What the figure is, for a reader."""
    source: str
    """Who asks for it."""
    required: bool = False
    """Whether nothing passes before the figure was measured."""


@dataclass(frozen=True, slots=True)
class GatePreset:
    """Rules that belong together."""

    name: str
    """As a plan names it."""
    title: str
    """For a reader."""
    rules: tuple[GateRule, ...]
    """All of which must hold."""


@dataclass(frozen=True, slots=True)
class JudgedRule:
    """A rule, the figure that it is about, and what follows."""

    rule: GateRule
    """What was asked."""
    figure: Interval | None
    """What was found; ``None`` when it was not measured."""
    verdict: Verdict
    """``passed`` when the unfavourable bound of the interval meets the rule, ``failed`` when not even the
    favourable one does, ``not shown`` in between, ``not measured`` without a figure. Judged by the estimate
    alone, there is no in between."""

    @property
    def lacking(self) -> bool:
        """Whether a figure that is required was not measured."""
        return self.rule.required and self.verdict == "not measured"


@dataclass(frozen=True, slots=True)
class GateReport:
    """A preset, held against the figures of one evaluation."""

    preset: str
    """Its name."""
    title: str
    """Its title."""
    rules: tuple[JudgedRule, ...]
    """Every rule, in the order of the preset."""
    judged_by: JudgedBy = "interval"
    """What was held against the bounds."""

    @property
    def passed(self) -> bool:
        """Whether something was measured, what is required among it, and every rule measured passed."""
        measured = len(self.rules) - self.count("not measured")
        return self.count("passed") == measured > 0 and not any(judged.lacking for judged in self.rules)

    def count(self, verdict: Verdict) -> int:
        """How many rules have this verdict."""
        return sum(judged.verdict == verdict for judged in self.rules)


def judge_gates(
    preset: GatePreset, figures: Mapping[str, Interval], *, judged_by: JudgedBy = "interval"
) -> GateReport:
    """Hold figures with their intervals against every rule of a preset.

    Args:
        preset: The rules.
        figures: By metric; one that is absent or ``nan`` was not measured.
        judged_by: Whether the unfavourable end of the interval must meet a rule, or the figure alone.

    >>> report = judge_gates(PRESETS["williamson2012"], {"qwk": Interval(0.75, 0.71, 0.79)})
    >>> report.passed, report.count("passed"), report.count("not measured")
    (True, 1, 5)
    """
    judged = (judge_rule(rule, figures.get(rule.metric), judged_by) for rule in preset.rules)
    return GateReport(preset.name, preset.title, tuple(judged), judged_by)


def judge_rule(rule: GateRule, figure: Interval | None, judged_by: JudgedBy) -> JudgedRule:
    """Hold one figure against its rule; ``None`` and ``nan`` were not measured."""
    if figure is None or isnan(figure.estimate):
        return JudgedRule(rule, None, "not measured")
    alone = Interval(figure.estimate, figure.estimate, figure.estimate)
    unfavourable, favourable = sides(rule.comparison, figure if judged_by == "interval" else alone)
    if isnan(unfavourable) or isnan(favourable):
        return JudgedRule(rule, figure, "not shown")
    holds = _HOLDS[rule.comparison]
    if holds(unfavourable, rule.bound):
        return JudgedRule(rule, figure, "passed")
    return JudgedRule(rule, figure, "not shown" if holds(favourable, rule.bound) else "failed")


def sides(comparison: Comparison, figure: Interval) -> tuple[float, float]:
    """The least and the most favourable value that an interval holds.

    >>> sides("within", Interval(0.1, -0.2, 0.3))
    (0.3, 0.0)
    """
    if comparison in {"at least", "above"}:
        return figure.low, figure.high
    if comparison in {"at most", "below"}:
        return figure.high, figure.low
    ends = abs(figure.low), abs(figure.high)
    return max(ends), 0.0 if figure.low <= 0 <= figure.high else min(ends)


def margin(rule: GateRule, figure: Interval) -> Interval:
    """How much better a figure is than a rule asks, in the figure's unit: below 0 it misses the rule.

    >>> margin(GateRule("ece", "at most", 0.5, "", ""), Interval(0.25, 0.125, 1.0))
    Interval(estimate=0.25, low=-0.5, high=0.375)
    """
    unfavourable, favourable = sides(rule.comparison, figure)
    alone, _ = sides(rule.comparison, Interval(figure.estimate, figure.estimate, figure.estimate))
    sign = 1 if rule.comparison in {"at least", "above"} else -1
    return Interval(*(sign * (value - rule.bound) for value in (alone, unfavourable, favourable)))


_SEEDS = "the requirements of this project, model validation gates"
_WILLIAMSON = "Williamson, Xi & Breyer (2012), doi:10.1111/j.1745-3992.2011.00223.x"
_CTB = "McGraw-Hill Education CTB (2014), Smarter Balanced field test, automated scoring studies (RFP 17)"

_QWK = "Agreement beyond chance (QWK)"
_PEARSON = "Correlation with the teacher (Pearson)"
_QWK_LOSS = "Agreement beyond chance, less that of two teachers"
_PEARSON_LOSS = "Correlation, less that of two teachers"
_EXACT_LOSS = "Same grade, less that of two teachers"
_LEVEL = "Average grade less the teacher’s, in SDs (SMD)"
_KUHN = "Kuhn (2008), doi:10.18637/jss.v028.i05, on the no-information rate"
_OWN = "gradewise: a class that is never found is one that the model does not know"
_GROUPS = "The largest difference for a group of writers, in SDs (DSM)"

PRESETS: Mapping[GateName, GatePreset] = {
    "seeds": GatePreset(
        "seeds",
        "What this project set out to reach",
        (
            GateRule("qwk", "above", 0.70, _QWK, _SEEDS),
            GateRule("accuracy", "above", 0.65, "Same grade as the teacher", _SEEDS),
            GateRule(
                "accuracy", "above", 0.70, "Same grade as the teacher, on essays kept for the purpose", _SEEDS
            ),
            # Asked against the shares in training; the teacher's shares of the very same essays are the
            # fairer yardstick, since a class may be better than those that the model was trained on.
            GateRule(
                "grade_share_difference",
                "at most",
                0.10,
                "The largest difference between how often model and teacher give a grade",
                _SEEDS,
            ),
        ),
    ),
    "williamson2012": GatePreset(
        "williamson2012",
        "Williamson, Xi & Breyer (2012)",
        (
            GateRule("qwk", "at least", 0.70, _QWK, _WILLIAMSON),
            GateRule("pearson", "at least", 0.70, _PEARSON, _WILLIAMSON),
            GateRule("qwk_degradation", "at least", -0.10, _QWK_LOSS, _WILLIAMSON),
            GateRule("pearson_degradation", "at least", -0.10, _PEARSON_LOSS, _WILLIAMSON),
            GateRule("smd", "within", 0.15, _LEVEL, _WILLIAMSON),
            GateRule("group_dsm", "within", 0.10, _GROUPS, _WILLIAMSON),
        ),
    ),
    "ctb2014": GatePreset(
        "ctb2014",
        "CTB for Smarter Balanced (2014)",
        (
            GateRule("qwk", "at least", 0.70, _QWK, _CTB),
            GateRule("pearson", "at least", 0.70, _PEARSON, _CTB),
            GateRule("qwk_degradation", "above", -0.10, _QWK_LOSS, _CTB),
            GateRule("pearson_degradation", "above", -0.10, _PEARSON_LOSS, _CTB),
            GateRule("accuracy_degradation", "above", -0.05, _EXACT_LOSS, _CTB),
            # Tighter than .15 for everybody, because differences for groups follow from it.
            GateRule("smd", "within", 0.12, _LEVEL, _CTB),
            GateRule("group_dsm", "within", 0.10, _GROUPS, _CTB),
        ),
    ),
    "classes": GatePreset(
        "classes",
        "What a model of classes must show",
        (
            GateRule(
                "macro_f1_over_commonest",
                "above",
                0.0,
                "Macro F1, less that of always the commonest class",
                _KUHN,
            ),
            GateRule(
                "accuracy_over_commonest",
                "above",
                0.0,
                "Accuracy, less that of always the commonest class",
                _KUHN,
            ),
            GateRule("lost_classes", "at most", 0, "Classes of ten texts or more that are never found", _OWN),
            GateRule("ece", "at most", 0.10, "Confidence error (ECE)", _SEEDS),
        ),
    ),
}
"""Presets by name."""
