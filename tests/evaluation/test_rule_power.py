"""What a number of essays can show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.evaluation.gates import Comparison, GateReport, judge_gates
from gradewise.evaluation.promotion_gates import promotion_gates, promotion_rule
from gradewise.evaluation.results import Interval
from gradewise.evaluation.rule_power import powers

NAN = float("nan")


def report(metric: str, comparison: Comparison, bound: float, figure: Interval) -> GateReport:
    """One rule, judged by the interval."""
    rules = promotion_gates([promotion_rule(metric, comparison, bound, required=True)])
    return judge_gates(rules, {metric: figure})


@pytest.mark.parametrize(
    ("comparison", "bound", "figure", "showable", "n_needed"),
    [
        ("at least", 0.70, Interval(0.75, 0.65, 0.85), 0.80, 400),
        ("at least", 0.70, Interval(0.68, 0.58, 0.78), 0.80, None),
        ("at least", 0.95, Interval(0.97, 0.87, 0.99), None, 2500),
        ("at most", 0.10, Interval(0.05, 0.01, 0.13), 0.02, 256),
        ("at most", 0.10, Interval(0.08, 0.01, 0.20), None, 3600),
        ("within", 0.15, Interval(-0.05, -0.25, 0.10), None, 400),
        ("within", 0.30, Interval(-0.20, -0.40, 0.10), 0.10, 400),
    ],
    ids=["up", "missed", "beyond 1", "down", "below 0", "within, too wide", "within"],
)
def test_what_it_takes_is_told(
    comparison: Comparison, bound: float, figure: Interval, showable: float | None, n_needed: int | None
) -> None:
    """The figure that would do with these essays, and the essays that would do with this figure."""
    (power,) = powers(report("qwk", comparison, bound, figure), 100)
    assert showable == (power.showable if power.showable is None else pytest.approx(power.showable))
    assert n_needed == (power.n_needed if power.n_needed is None else pytest.approx(power.n_needed, abs=1))


@pytest.mark.parametrize(
    ("metric", "figure"),
    [
        ("qwk", Interval(0.8, 0.75, 0.85)),
        ("qwk", Interval(0.5, 0.45, 0.55)),
        ("qwk", Interval(0.8, NAN, NAN)),
        ("latency_p95_ms", Interval(0.75, 0.65, 0.85)),
    ],
    ids=["passed", "failed", "no bounds", "speed"],
)
def test_other_rules_have_nothing_to_show(metric: str, figure: Interval) -> None:
    """Only a rule that is not shown, on a figure whose interval comes from the luck of essays."""
    assert () == powers(report(metric, "at least", 0.7, figure), 100)


@given(st.floats(0.3, 0.8), st.floats(0.01, 0.1), st.floats(0.01, 0.1))
def test_the_showable_figure_would_be_passed(bound: float, below: float, above: float) -> None:
    """Moved there with its interval, the figure meets the rule, and barely so."""
    figure = Interval(bound, bound - below, bound + above)
    (power,) = powers(report("qwk", "at least", bound, figure), 50)
    assert power.showable is not None
    moved = Interval(power.showable, power.showable - below + 1e-9, power.showable + above)
    assert report("qwk", "at least", bound, moved).passed
    less = Interval(power.showable, power.showable - below - 1e-6, power.showable + above)
    assert not report("qwk", "at least", bound, less).passed
