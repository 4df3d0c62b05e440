"""Rules beside what they ask, each on a scale of its own."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.evaluation.gates import GatePreset as Preset
from gradewise.evaluation.gates import GateRule, judge_gates, margin
from gradewise.evaluation.results import Interval
from gradewise.reporting.charts.rules import RuleRow, margin_reach, rules_chart
from gradewise.reporting.topics.gates import gates_section

MIDDLE = 220.0
"""Where every rule has what it asks."""
RULES = Preset(
    "ours",
    "What we ask",
    (
        GateRule("qwk", "at least", 0.7, "Agreement", "us"),
        GateRule("latency_p95_ms", "below", 100.0, "Time", "us"),
        GateRule("smd", "within", 0.15, "Level", "us"),
        GateRule("ece", "at most", 0.1, "Confidence", "us"),
    ),
)
FIGURES = {
    "qwk": Interval(0.8, 0.75, 0.85),
    "latency_p95_ms": Interval(62.5, 38.5, 1243.7),
    "smd": Interval(-0.4, -0.5, -0.3),
}


def _marks(svg: str, tag: str, name: str) -> list[ET.Element]:
    drawn = ET.fromstring(svg)  # noqa: S314 - our own output
    return [
        each for each in drawn.iter() if each.tag.endswith(tag) and name in (each.get("class") or "").split()
    ]


def test_each_rule_lies_on_the_side_that_its_verdict_says() -> None:
    """Right of the line it is met, left it is missed, and one that is open lies on both; words say it too."""
    (figure,) = gates_section((judge_gates(RULES, FIGURES),)).figures
    (met,) = _marks(figure.svg, "line", "model-line")
    assert float(met.get("x1", "")) > MIDDLE
    (missed,) = _marks(figure.svg, "line", "broken-line")
    assert float(missed.get("x2", "")) < MIDDLE
    (open_,) = _marks(figure.svg, "line", "baseline-line")
    assert float(open_.get("x1", "")) < MIDDLE < float(open_.get("x2", ""))
    described = "Agreement: 0.800, at least 0.70 ✓; Time: 62.5, below 100.0 ?; Level: −0.400, −0.15 to 0.15 ✗"
    assert described in figure.svg


def test_a_rule_without_a_figure_is_left_to_the_table() -> None:
    """And where nothing was measured there is no picture."""
    (figure,) = gates_section((judge_gates(RULES, FIGURES),)).figures
    assert "Confidence" not in figure.svg
    (none,) = gates_section((judge_gates(RULES, {}),)).figures
    assert "" == none.svg
    assert none.table is not None


def test_a_figure_without_an_interval_is_a_dot() -> None:
    """On the line where it is just what was asked."""
    nan = float("nan")
    svg = rules_chart("t", [RuleRow("Grades", Interval(0.0, nan, nan), "0, at most 0 ✓")])
    (dot,) = _marks(svg, "circle", "model")
    assert MIDDLE == float(dot.get("cx", ""))
    assert [] == _marks(svg, "line", "model-line")


@pytest.mark.parametrize(
    ("expected", "comparison"),
    [
        (Interval(0.25, -0.25, 0.5), "at least"),
        (Interval(-0.25, -0.5, 0.25), "at most"),
        (Interval(-0.25, -0.5, 0.25), "within"),
    ],
    ids=["at least", "at most", "within"],
)
def test_a_margin_is_how_much_better_than_asked(expected: Interval, comparison: str) -> None:
    """Whichever way the rule points, its low end is the unfavourable one."""
    rule = GateRule("m", comparison, 0.5, "", "")  # type: ignore[arg-type]
    assert expected == margin(rule, Interval(0.75, 0.25, 1.0))


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_dot_is_always_inside_its_row(estimate: float, below: float, above: float) -> None:
    """However far its bounds are: those may be cut off, the figure may not."""
    assert abs(estimate) <= margin_reach(Interval(estimate, estimate - below, estimate + above))
