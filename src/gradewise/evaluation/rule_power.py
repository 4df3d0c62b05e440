"""What a number of essays can show: how good a figure must be for its interval to meet a rule."""

from dataclasses import dataclass
from math import ceil, isfinite

from gradewise.evaluation.gates import GateReport, JudgedRule, sides
from gradewise.evaluation.promotion_gates import SPEED

_NO_DISTANCE = 1e-9


@dataclass(frozen=True, slots=True)
class RulePower:
    """What it takes to show that a rule holds which is not shown."""

    metric: str
    """Which figure."""
    words: str
    """What the figure is, for a reader."""
    n: int
    """Essays there are."""
    showable: float | None
    """The figure whose interval, as wide as the one found, would just meet the rule; ``None`` when no figure
    could: there are too few essays for any model."""
    n_needed: int | None
    """Essays that would show it with the figure found, as intervals shrink with the root of their number;
    ``None`` when the figure itself does not meet the rule, so that no number would."""


def powers(report: GateReport, n: int) -> tuple[RulePower, ...]:
    """What it takes for each rule that is not shown and whose interval comes from the luck of the essays.

    Args:
        report: judged by intervals; judged by estimates, nothing is not shown.
        n: essays behind its figures.
    """
    return tuple(
        power
        for judged in report.rules
        if judged.verdict == "not shown" and judged.rule.metric not in SPEED
        for power in _power(judged, n)
    )


def _power(judged: JudgedRule, n: int) -> tuple[RulePower, ...]:
    rule, figure = judged.rule, judged.figure
    if figure is None or not isfinite(figure.low + figure.high):
        return ()
    found = abs(figure.estimate) if rule.comparison == "within" else figure.estimate
    reach = abs(sides(rule.comparison, figure)[0] - found)
    upwards = rule.comparison in {"at least", "above"}
    showable = rule.bound + reach if upwards else rule.bound - reach
    possible = showable <= 1 if upwards else showable >= 0
    spare = found - rule.bound if upwards else rule.bound - found
    needed = ceil(n * (reach / spare) ** 2) if spare > _NO_DISTANCE else None
    return (RulePower(rule.metric, rule.words, n, showable if possible else None, needed),)
