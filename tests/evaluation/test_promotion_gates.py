"""What a plan may ask of a candidate: rules, their digest, and which rules clash."""

from dataclasses import replace
from typing import get_args

import pytest

from gradewise.evaluation.gates import Comparison, GateRule
from gradewise.evaluation.promotion_gates import WORDS, clashes, promotion_gates, promotion_rule, rules_digest
from gradewise.workflows.plans.registry import Metric, PromotionPlan

EIGHT = (1 / 8,) * 8
MADE = {"resamples": 1000, "confidence": 0.95, "seed": 0, "min_group": 30}


def asked(metric: str, comparison: Comparison, bound: float) -> GateRule:
    """A rule that is required."""
    return promotion_rule(metric, comparison, bound, required=True)


def test_every_figure_that_a_plan_may_ask_about_has_words() -> None:
    """And no others have."""
    assert set(get_args(Metric)) == set(WORDS)


def test_the_default_rules_are_those_that_were_asked_for() -> None:
    """Agreement, accuracy, shares, speed, parity, calibration, fairness, production."""
    expected = {
        "qwk": ("at least", 0.70),
        "accuracy": ("at least", 0.65),
        "training_share_difference": ("at most", 0.10),
        "ece": ("at most", 0.10),
        "group_dsm": ("within", 0.10),
        "changed_grades": ("at most", 0.0),
        "latency_p95_ms": ("below", 100.0),
        "batch_of_50_s": ("below", 2.0),
        "qwk_over_production": ("at least", -0.02),
    }
    assert expected == {
        gate.metric: (gate.comparison, gate.bound) for gate in PromotionPlan().asked(ordered=True)
    }


def test_the_digest_is_about_what_is_asked() -> None:
    """Words, sources and the kind of number do not count; bounds and how figures are made do."""
    rule = asked("qwk", "at least", 1)
    digest = rules_digest(promotion_gates([rule]), "interval", MADE)
    same = replace(rule, bound=1.0, words="agreement", source="somebody")
    assert digest == rules_digest(promotion_gates([same]), "interval", dict(reversed(MADE.items())))
    others = {
        rules_digest(promotion_gates([replace(rule, bound=0.9)]), "interval", MADE),
        rules_digest(promotion_gates([replace(rule, required=False)]), "interval", MADE),
        rules_digest(promotion_gates([rule]), "estimate", MADE),
        rules_digest(promotion_gates([rule]), "interval", {**MADE, "seed": 1}),
        digest,
    }
    assert 5 == len(others)
    assert 64 == len(digest)


def test_rules_of_unlike_severity_are_told() -> None:
    """On eight grades the accuracy asked for goes with far more agreement than the rule on agreement asks."""
    (said,) = clashes([asked("qwk", "at least", 0.70), asked("accuracy", "at least", 0.65)], EIGHT)
    assert "a QWK of about 0.96" in said
    assert "for about 29 %: the rule on accuracy decides, that on qwk asks for little" in said


def test_the_other_rule_may_be_the_idle_one() -> None:
    """A QWK of .95 cannot be had with a third of essays exact."""
    (said,) = clashes([asked("qwk", "above", 0.95), asked("accuracy", "at least", 0.30)], EIGHT)
    assert "the rule on qwk decides, that on accuracy asks for little" in said


@pytest.mark.parametrize(
    "rules",
    [
        (asked("accuracy", "at least", 0.65),),
        (asked("qwk", "at least", 0.96), asked("accuracy", "at least", 0.65)),
        (asked("qwk", "at least", 0.96), asked("ece", "at most", 0.1)),
        (asked("qwk", "at least", 0.5), asked("accuracy", "at least", 0.01)),
    ],
    ids=["one alone", "alike", "another figure", "met by chance"],
)
def test_rules_that_go_together_are_not_told(rules: tuple[GateRule, ...]) -> None:
    """Nothing is said where nothing is known to clash."""
    assert () == clashes(rules, EIGHT)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (asked("mae", "at least", 1), asked("mae", "below", 0.5), True),
        (asked("smd", "above", 0.3), asked("smd", "within", 0.2), True),
        (asked("smd", "at most", -0.3), asked("smd", "within", 0.2), True),
        (asked("mae", "at least", 0.1), asked("mae", "below", 0.5), False),
    ],
    ids=["bounds crossed", "above and within", "below and within", "room between"],
)
def test_rules_that_no_figure_meets_are_told(first: GateRule, second: GateRule, *, expected: bool) -> None:
    """Whatever the scale."""
    assert expected == any("together ask" in said for said in clashes([first, second], EIGHT))
