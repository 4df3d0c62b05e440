"""Gates: rules judged by interval bounds."""

import json
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.evaluation.gate_json import gate_report_from_json, gate_report_to_json
from gradewise.evaluation.gates import (
    PRESETS,
    Comparison,
    GateName,
    GatePreset,
    GateReport,
    GateRule,
    judge_gates,
)
from gradewise.evaluation.results import Interval

NAN = float("nan")
GOOD = {
    "macro_f1_over_commonest": Interval(0.8, 0.75, 0.85),
    "accuracy_over_commonest": Interval(0.7, 0.65, 0.75),
    "lost_classes": Interval(0, 0, 0),
    "ece": Interval(0.03, 0.02, 0.05),
    "qwk": Interval(0.78, 0.75, 0.81),
    "accuracy": Interval(0.76, 0.72, 0.8),
    "grade_share_difference": Interval(0.04, 0.02, 0.08),
    "pearson": Interval(0.8, 0.77, 0.83),
    "smd": Interval(-0.02, -0.09, 0.05),
    "qwk_degradation": Interval(-0.01, -0.05, 0.03),
    "pearson_degradation": Interval(0.01, -0.03, 0.05),
    "accuracy_degradation": Interval(0.0, -0.04, 0.04),
    "group_dsm": Interval(0.04, 0.0, 0.09),
}
"""Figures that every preset lets through."""


def rule(comparison: Comparison, bound: float) -> GateRule:
    """A rule about one figure."""
    return GateRule("figure", comparison, bound, "the figure", "somebody")


def judged(comparison: Comparison, bound: float, figure: Interval | None) -> str:
    """What becomes of such a rule."""
    preset = GatePreset("seeds", "one rule", (rule(comparison, bound),))
    (only,) = judge_gates(preset, {} if figure is None else {"figure": figure}).rules
    return only.verdict


@pytest.mark.parametrize(
    ("comparison", "bound", "low", "high", "expected"),
    [
        ("at least", 0.7, 0.70, 0.80, "passed"),
        ("at least", 0.7, 0.69, 0.80, "not shown"),
        ("at least", 0.7, 0.60, 0.69, "failed"),
        ("above", 0.7, 0.70, 0.80, "not shown"),
        ("above", 0.7, 0.60, 0.70, "failed"),
        ("at most", 0.1, 0.02, 0.10, "passed"),
        ("at most", 0.1, 0.02, 0.11, "not shown"),
        ("at most", 0.1, 0.11, 0.20, "failed"),
        ("below", 0.1, 0.02, 0.10, "not shown"),
        ("below", 0.1, 0.10, 0.20, "failed"),
        ("within", 0.15, -0.15, 0.10, "passed"),
        ("within", 0.15, -0.16, 0.10, "not shown"),
        ("within", 0.15, -0.40, 0.40, "not shown"),
        ("within", 0.15, -0.40, -0.16, "failed"),
        ("within", 0.15, 0.16, 0.40, "failed"),
    ],
)
def test_a_rule_is_judged_by_the_ends_of_the_interval(
    comparison: Comparison, bound: float, low: float, high: float, expected: str
) -> None:
    """Passed needs the unfavourable end, failed needs that not even the favourable end holds."""
    assert expected == judged(comparison, bound, Interval((low + high) / 2, low, high))


def test_what_was_not_measured_is_not_judged() -> None:
    """A figure that is absent or not defined is not measured; one without bounds shows nothing."""
    assert "not measured" == judged("at least", 0.7, None)
    assert "not measured" == judged("at least", 0.7, Interval(NAN, NAN, NAN))
    assert "not shown" == judged("at least", 0.7, Interval(0.9, NAN, NAN))
    assert "not shown" == judged("within", 0.7, Interval(0.1, NAN, NAN))


@given(
    st.sampled_from(get_args(Comparison)),
    st.floats(0, 1),
    st.lists(st.floats(-1, 1), min_size=3, max_size=3).map(sorted),
    st.floats(0, 1),
)
def test_a_wider_interval_never_decides_more(
    comparison: Comparison, bound: float, ends: list[float], wider: float
) -> None:
    """Fewer essays can turn a verdict into ``not shown``, never into the other verdict."""
    low, estimate, high = ends
    narrow = judged(comparison, bound, Interval(estimate, low, high))
    wide = judged(comparison, bound, Interval(estimate, low - wider, high + wider))
    assert wide in {narrow, "not shown"}


@pytest.mark.parametrize("name", get_args(GateName))
def test_good_figures_pass_every_preset(name: GateName) -> None:
    """Each rule of each preset is about a figure that is made, and can be met."""
    report = judge_gates(PRESETS[name], GOOD)
    assert (True, len(PRESETS[name].rules)) == (report.passed, report.count("passed"))


def test_one_failure_is_enough_to_stop() -> None:
    """A good absolute figure does not make up for a bad relative one, nor the other way round."""
    preset = PRESETS["williamson2012"]
    behind_teachers = {**GOOD, "qwk_degradation": Interval(-0.2, -0.25, -0.15)}
    weak = {**GOOD, "qwk": Interval(0.5, 0.45, 0.55)}
    for figures in (behind_teachers, weak):
        report = judge_gates(preset, figures)
        assert (False, 1, 5) == (report.passed, report.count("failed"), report.count("passed"))


def test_what_could_not_be_measured_does_not_stop_but_is_counted() -> None:
    """Without a second teacher the other rules decide; without any figure nothing passes."""
    alone = {name: figure for name, figure in GOOD.items() if not name.endswith("_degradation")}
    report = judge_gates(PRESETS["ctb2014"], alone)
    assert (True, 3) == (report.passed, report.count("not measured"))
    assert not judge_gates(PRESETS["ctb2014"], {}).passed


def test_presets_hold_what_their_sources_ask() -> None:
    """Bounds as published."""
    asked = {
        name: {(rule.metric, rule.comparison): rule.bound for rule in preset.rules}
        for name, preset in PRESETS.items()
    }
    assert 0.70 == asked["williamson2012"]["qwk", "at least"]
    assert 0.15 == asked["williamson2012"]["smd", "within"]
    assert 0.12 == asked["ctb2014"]["smd", "within"]
    assert -0.05 == asked["ctb2014"]["accuracy_degradation", "above"]
    assert [0.65, 0.70] == [rule.bound for rule in PRESETS["seeds"].rules if rule.metric == "accuracy"]
    assert set(get_args(GateName)) == set(PRESETS)


def test_a_report_survives_json() -> None:
    """What was judged is read back as it was."""
    partly = {name: GOOD[name] for name in ("qwk", "smd")}
    for name in get_args(GateName):
        report = judge_gates(PRESETS[name], {**partly, "pearson": Interval(0.7, NAN, NAN)})
        record = gate_report_to_json(report)
        read = gate_report_from_json(json.loads(json.dumps(record, allow_nan=False)))
        assert record == gate_report_to_json(read)
        assert [row.verdict for row in report.rules] == [row.verdict for row in read.rules]
        assert record["not_measured"] == report.count("not measured")


def _report() -> GateReport:
    return judge_gates(PRESETS["williamson2012"], GOOD)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 2}, "format 2"),
        ({"rules": None}, "damaged"),
        ({"rules": [{"metric": "qwk"}]}, "damaged"),
        ({"rules": [{**gate_report_to_json(_report())["rules"][0], "comparison": "near"}]}, "'near'"),
        (
            {"rules": [{**gate_report_to_json(_report())["rules"][0], "verdict": "failed"}]},
            "which is 'passed'",
        ),
    ],
)
def test_damaged_records_are_refused(change: dict[str, Any], said: str) -> None:
    """Another format, missing parts, and a verdict that its figure does not bear out are told."""
    with pytest.raises(InputError, match=said):
        gate_report_from_json({**gate_report_to_json(_report()), **change})


def test_reports_compare_by_value() -> None:
    """Two judgements of the same figures are equal; another figure makes another report."""
    assert _report() == _report()
    assert replace(_report(), rules=()) != _report()


def test_a_figure_that_is_required_must_be_measured() -> None:
    """Without it nothing passes; a rule that is not required is passed over."""
    asked = GateRule("ece", "at most", 0.1, "confidence error", "somebody")
    for required in (False, True):
        preset = GatePreset("own", "two rules", (rule("at least", 0.7), replace(asked, required=required)))
        report = judge_gates(preset, {"figure": Interval(0.8, 0.75, 0.85)})
        assert (not required) == report.passed
        assert required == report.rules[1].lacking
        assert report == gate_report_from_json(gate_report_to_json(report))


@pytest.mark.parametrize(("estimate", "expected"), [(0.70, "passed"), (0.69, "failed")])
def test_rules_may_be_judged_by_the_figure_alone(estimate: float, expected: str) -> None:
    """Then there is no in between, and the record says how it was judged."""
    preset = GatePreset("own", "one rule", (rule("at least", 0.7),))
    report = judge_gates(preset, {"figure": Interval(estimate, 0.1, 0.9)}, judged_by="estimate")
    assert [expected] == [judged.verdict for judged in report.rules]
    record = gate_report_to_json(report)
    assert "estimate" == record["judged_by"]
    assert report == gate_report_from_json(record)
    with pytest.raises(InputError, match="judged by 'luck'"):
        gate_report_from_json({**record, "judged_by": "luck"})
