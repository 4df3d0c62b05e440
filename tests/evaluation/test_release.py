"""Review policies: what they promise, when they release nothing, and what they do on other essays."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from gradewise.errors import InputError
from gradewise.evaluation.policy import ReviewPolicy
from gradewise.evaluation.probability import wilson_interval
from gradewise.evaluation.release import (
    EVEN_ODDS,
    SMALLEST_RELEASE,
    apply_policy,
    choose_policy,
    lower_bound,
    release_to_json,
)
from judged_essays import judged


def test_policy_keeps_its_promise_on_new_essays() -> None:
    """Chosen on 800 essays, in 60 samples it falls short of the required agreement three times at most."""
    population = judged(40_000, seed=1)
    short = 0
    for seed in range(60):
        policy = choose_policy(judged(800, seed=100 + seed), required=0.95)
        released = policy.releases(population.confidence)
        short += bool(released.any() and population.agrees[released].mean() < 0.95)
    assert short <= 3


def test_policy_releases_what_it_can() -> None:
    """With many essays the policy releases nearly as much as those who know the truth would."""
    population = judged(40_000, seed=1)
    order = np.argsort(-population.confidence)
    so_far = np.cumsum(population.agrees[order]) / np.arange(1, 40_001)
    possible = (np.flatnonzero(so_far >= 0.95)[-1] + 1) / 40_000
    share = choose_policy(judged(4000), required=0.95).releases(population.confidence).mean()
    assert possible - 0.1 < share < possible


def test_more_is_released_when_less_is_required() -> None:
    """A lower requirement never has the higher threshold."""
    candidates = judged(1500)
    thresholds = [choose_policy(candidates, required=share).threshold for share in (0.99, 0.95, 0.9, 0.85)]
    assert thresholds == sorted(thresholds, reverse=True)
    assert thresholds[0] > thresholds[-1]


def test_first_failure_ends_the_sequence() -> None:
    """Errors among the surest fifth stop the release, however good the rest would make the average."""
    candidates = judged(1000, noise=0.1)
    surest = np.argsort(-candidates.confidence, kind="stable")[:200]
    assert choose_policy(candidates, required=0.9).threshold < 1
    codes = candidates.codes.copy()
    codes[surest[:40]] = 5 - codes[surest[:40]]
    spoilt = replace(candidates, codes=codes)
    assert spoilt.agrees.mean() > 0.9
    assert np.inf == choose_policy(spoilt, required=0.9).threshold


def test_few_essays_release_nothing() -> None:
    """Twenty essays cannot show 95 % agreement, even when all agree."""
    candidates = judged(20, noise=0.05)
    assert candidates.agrees.all()
    policy = choose_policy(candidates, required=0.95)
    found = apply_policy(policy, candidates)
    assert (np.inf, 0, 0.0) == (policy.threshold, found.n_released, found.share.estimate)
    assert np.isnan([found.agreement.estimate, found.within_one.estimate, found.exact.estimate]).all()
    assert 1.0 == found.held_back.estimate


def test_shares_too_small_to_tell_do_not_end_the_sequence() -> None:
    """With 100 essays that all agree, 95 % is shown by 59 of them: shares from 60 % on pass."""
    candidates = judged(100, noise=0.05)
    agreeing = replace(candidates, codes=candidates.given)
    policy = choose_policy(agreeing, required=0.95)
    assert max(candidates.confidence.min(), EVEN_ODDS) == policy.threshold


def test_no_essay_is_released_against_the_odds() -> None:
    """Even where everything could be released, an essay on its less probable side waits."""
    candidates = judged(2000, noise=0.3)
    doubtful = candidates.confidence.copy()
    doubtful[:100] = 0.4
    found = choose_policy(replace(candidates, codes=candidates.given, confidence=doubtful), required=0.9)
    assert EVEN_ODDS == found.threshold


def test_policy_is_judged_on_other_essays() -> None:
    """Shares and intervals are those of the essays at hand."""
    policy = ReviewPolicy(cuts=(3,), required=0.9, level=0.95, threshold=0.8)
    candidates = judged(300, seed=5)
    released = candidates.confidence >= 0.8
    found = apply_policy(policy, candidates, confidence=0.9)
    n = int(released.sum())
    assert (300, n) == (found.n, found.n_released)
    assert wilson_interval(n, 300, level=0.9) == found.share
    assert wilson_interval(int(candidates.agrees[released].sum()), n, level=0.9) == found.agreement
    assert wilson_interval(int(candidates.agrees[~released].sum()), 300 - n, level=0.9) == found.held_back


def test_other_cuts_are_refused() -> None:
    """A policy about one boundary says nothing about another."""
    policy = ReviewPolicy(cuts=(2,), required=0.9, level=0.95, threshold=0.8)
    with pytest.raises(InputError, match=r"about cuts \(2,\), the essays about \(3,\)"):
        apply_policy(policy, judged(10))


@given(st.integers(1, 200), st.floats(0.5, 0.999), st.data())
def test_lower_bound_is_where_the_successes_become_a_surprise(
    n: int, level: float, data: st.DataObject
) -> None:
    """At the bound so many successes or more have the probability ``1 - level``: Clopper and Pearson."""
    successes = data.draw(st.integers(1, n))
    bound = lower_bound(successes, n, level=level)
    assert 1 - level == pytest.approx(binom.sf(successes - 1, n, bound), abs=1e-9)
    assert bound <= successes / n


@pytest.mark.parametrize("threshold", [0.75, np.inf])
def test_release_goes_through_json(threshold: float) -> None:
    """The record holds plain values only; a threshold that nothing reaches is null."""
    policy = ReviewPolicy(cuts=(3,), required=0.9, level=0.95, threshold=threshold)
    record = release_to_json(apply_policy(policy, judged(50)))
    assert record == json.loads(json.dumps(record, allow_nan=False))
    assert (0.75 if threshold == 0.75 else None) == record["threshold"]


@pytest.mark.parametrize(("name", "value"), [("required", 1.0), ("required", 95.0), ("level", 0.0)])
def test_refuses_what_is_no_share(name: str, value: float) -> None:
    """Required agreement and level lie between 0 and 1."""
    shares = {"required": 0.95, "level": 0.95, name: value}
    with pytest.raises(InputError, match=f"{name} is {value}; give a share"):
        ReviewPolicy(cuts=(1,), threshold=0.9, **shares)
    with pytest.raises(InputError, match=f"{name} is {value}; give a share"):
        choose_policy(judged(10), **shares)


def test_release_starts_where_it_is_worth_a_policy() -> None:
    """What is released is a fifth of the essays or more, or nothing."""
    shares = {
        choose_policy(judged(600, seed=seed, noise=noise), required=0.95)
        .releases(judged(600, seed=seed, noise=noise).confidence)
        .mean()
        for seed in range(6)
        for noise in (0.5, 1.0, 2.0)
    }
    assert all(share == 0 or share >= SMALLEST_RELEASE for share in shares)
    assert 0 in shares
