"""When a batch has been compared enough."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.judgement.stopping import (
    Progress,
    StoppingRule,
    comparisons_for,
    decide,
    expected_reliability,
)

NAN = math.nan


def progress(asked: int = 100, **changes: float) -> Progress:
    """Twelve items, as reliable as said."""
    facts: dict[str, float] = {
        "usable": asked,
        "reliability": 0.8,
        "reliability_low": 0.7,
        "error": 0.5,
    } | changes
    return Progress(
        n_items=int(facts.get("n_items", 12)),
        asked=asked,
        usable=int(facts["usable"]),
        reliability=facts["reliability"],
        reliability_low=facts["reliability_low"],
        error=facts["error"],
        groups=int(facts.get("groups", 1)),
    )


@pytest.mark.parametrize(
    ("rule", "now", "stop", "reason"),
    [
        (StoppingRule(budget=150, reliability=0.9), progress(reliability_low=0.91), True, "reliable"),
        (StoppingRule(budget=150, error=0.5), progress(), True, "precise"),
        (StoppingRule(budget=150, reliability=0.7, error=0.4), progress(), False, "not yet"),
        (StoppingRule(budget=150, reliability=0.9), progress(), False, "not yet"),
        (StoppingRule(budget=150, reliability=0.9), progress(reliability_low=NAN), False, "not yet"),
        (StoppingRule(budget=150, reliability=0.9), progress(150), True, "budget used"),
        (StoppingRule(budget=150, reliability=0.7), progress(150), True, "reliable"),
        (StoppingRule(budget=150), progress(), False, "no target"),
        (StoppingRule(budget=150, reliability=0.7), progress(20), False, "too few"),
        (StoppingRule(budget=150, reliability=0.7), progress(groups=2), False, "not connected"),
        (StoppingRule(budget=150, error=0.1), progress(groups=2), False, "not connected"),
        (StoppingRule(budget=150, repeats=False), progress(66), True, "every pair asked"),
        (StoppingRule(budget=66, repeats=False), progress(66), True, "budget used"),
    ],
    ids=[
        "reliable", "precise", "both are asked", "not reliable", "not known", "budget", "target and budget",
        "no target", "few", "groups", "groups, not precise", "pairs", "budget and pairs",
    ],
)  # fmt: skip
def test_a_batch_stops_for_a_reason(rule: StoppingRule, now: Progress, reason: str, *, stop: bool) -> None:
    """It stops at its targets, at its budget, or where pairs run out, and says which."""
    decision = decide(rule, now)
    assert (stop, reason) == (decision.stop, decision.reason)


def test_a_budget_is_not_capped_by_pairs() -> None:
    """Twelve items have 66 pairs; a budget of 150 is 150 all the same, as pairs may be asked again."""
    decision = decide(StoppingRule(budget=150, reliability=0.9), progress(72))
    assert (False, 78) == (decision.stop, decision.remaining)
    assert 66 == StoppingRule(budget=150, repeats=False).most_comparisons(12)


def test_what_failed_is_paid_and_not_counted() -> None:
    """Half of them failing, twice as many must be asked, and the budget ends by what was asked."""
    rule = StoppingRule(budget=100, reliability=0.9)
    assert "budget used" == decide(rule, progress(100, usable=50)).reason
    needed = decide(StoppingRule(budget=999, reliability=0.9), progress(100, usable=50)).needed
    whole = comparisons_for(0.9, 0.7, 50)
    assert whole is not None
    assert needed == (whole - 50) * 2


def test_what_is_asked_on_fails_as_often_as_before() -> None:
    """Of 200 comparisons half were decided: 200 more bring twice what there is, not three times."""
    now = progress(200, usable=100, reliability=0.6)
    at_budget = decide(StoppingRule(budget=400), now).reliability_at_budget
    assert expected_reliability(0.6, 2) == pytest.approx(at_budget)


def test_what_more_would_bring_is_said() -> None:
    """The decision says how many more are needed and what the budget would bring, in figures and words."""
    decision = decide(StoppingRule(budget=200, reliability=0.8), progress())
    assert 72 == decision.needed
    assert 0.889 == pytest.approx(decision.reliability_at_budget, abs=1e-3)
    assert (
        "what was asked for is not reached: 100 usable of 100 comparisons asked, reliability 0.80 (at least "
        "0.70), mean error 0.50; about 72 more are needed; 100 more would bring 0.89" == decision.message
    )


@pytest.mark.parametrize(
    ("rule", "now", "needed"),
    [
        (StoppingRule(budget=9), progress(), None),
        (StoppingRule(budget=9, reliability=0.7), progress(0, reliability=NAN, reliability_low=NAN), None),
        (StoppingRule(budget=9, reliability=0.7), progress(reliability_low=-0.1), None),
        (StoppingRule(budget=9, error=0.25), progress(), 300),
        (StoppingRule(budget=9, error=0.25), progress(error=NAN), None),
        (StoppingRule(budget=9, error=0.6), progress(), 0),
        (StoppingRule(budget=9, error=0.6), progress(10), 20),
    ],
    ids=["no target", "nothing yet", "no reliability", "precision", "no error", "reached", "at the least"],
)
def test_how_many_more_are_needed(rule: StoppingRule, now: Progress, needed: int | None) -> None:
    """What is asked for decides, the least number of comparisons an item included."""
    assert needed == decide(rule, now).needed


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.integers(1, 10_000))
def test_projections_agree(target: float, reliability: float, usable: int) -> None:
    """As many comparisons as are said to be needed are said to be reliable enough, and one fewer are not."""
    total = comparisons_for(target, reliability, usable)
    assert total is not None
    assert expected_reliability(reliability, total / usable) >= target - 1e-9
    assert expected_reliability(reliability, max(0, total - 1) / usable) < target + 1e-9


@given(st.floats(-1, 1), st.floats(0, 100), st.floats(0, 100))
@example(1.0, 0.0, 2.2250738585072014e-308)
def test_reliability_grows_with_comparisons(reliability: float, fewer: float, more: float) -> None:
    """More comparisons are never projected to be less reliable, nor below 0 or above 1."""
    low, high = sorted((fewer, more))
    assert (
        0
        <= expected_reliability(reliability, low)
        <= expected_reliability(reliability, high) + 1e-12
        <= 1 + 1e-9
    )


def test_what_is_not_known_stays_unknown() -> None:
    """Without an estimate nothing is projected; with certainty nothing more is needed."""
    assert math.isnan(expected_reliability(NAN, 2.0))
    assert math.isnan(decide(StoppingRule(budget=9), progress(0)).reliability_at_budget)
    assert 50 == comparisons_for(0.9, 1.0, 50)


@pytest.mark.parametrize(
    ("budget", "reliability", "error", "least"),
    [(0, None, None, 5), (9, 1.0, None, 5), (9, None, 0.0, 5), (9, None, None, -1)],
    ids=["budget", "reliability", "error", "least"],
)
def test_rules_that_cannot_be_met_are_refused(
    budget: int, reliability: float | None, error: float | None, least: float
) -> None:
    """A rule is refused with what to ask instead."""
    with pytest.raises(InputError):
        StoppingRule(budget=budget, reliability=reliability, error=error, least_per_item=least)


@pytest.mark.parametrize(
    ("n_items", "usable"), [(1, 100), (12, 101), (12, -1)], ids=["one item", "too many", "below 0"]
)
def test_progress_that_cannot_be_is_refused(n_items: int, usable: int) -> None:
    """At least two items, and no more usable comparisons than were asked."""
    with pytest.raises(InputError):
        progress(100, n_items=n_items, usable=usable)


def test_before_any_decision_the_message_holds_no_figures() -> None:
    """A figure that is not defined is not printed."""
    assert "nothing is decided yet" in decide(StoppingRule(budget=9), progress(0)).message
