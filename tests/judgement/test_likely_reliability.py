"""Reliability that the choice of pairs does not flatter."""

import numpy as np
import pytest
from scipy.special import expit

from gradewise.evaluation.results import Resampling
from gradewise.judgement.batches import BatchEssay, JudgedBatch
from gradewise.judgement.beliefs import believe
from gradewise.judgement.bradley_terry import fit_scores
from gradewise.judgement.comparisons import Comparisons, compare
from gradewise.judgement.decisions import Comparison
from gradewise.judgement.findings import examine_batch
from gradewise.judgement.likely_reliability import likely_reliability
from gradewise.judgement.pairing import next_pairs
from gradewise.judgement.reliability import separation
from gradewise.workflows.judge.pairs import Targets, stopping
from judged_pairs import made_up_qualities, made_up_session


def of_neighbours(qualities: np.ndarray, *, rounds: int, seed: int) -> list[Comparison]:
    """Rounds in which each item meets its neighbour by score so far."""
    generator, n = np.random.default_rng(seed), qualities.size
    items = [f"i{item:02}" for item in range(n)]
    rows: list[Comparison] = []
    for _ in range(rounds):
        order = np.argsort(fit_scores(compare(rows, items=items)).values + generator.normal(0, 0.1, n))
        for i, j in zip(order[::2], order[1::2], strict=True):
            won = generator.uniform() < expit(qualities[i] - qualities[j])
            rows.append(Comparison(items[i], items[j], first_won=bool(won)))
    return rows


def test_coin_tosses_between_neighbours_are_not_called_reliable() -> None:
    """Separation surely believes pairs that were chosen by outcomes; the likelihood does not."""
    rows = of_neighbours(np.zeros(30), rounds=12, seed=0)
    tossed = compare(rows)
    assert separation(fit_scores(tossed), resampling=Resampling(100)).reliability.low > 0.7
    found = likely_reliability(tossed)
    assert 0 == found.low
    assert found.estimate < 0.5
    essays = tuple(BatchEssay(id=item) for item in tossed.items)
    batch = JudgedBatch(id="tossed", essays=essays, comparisons=tuple(rows))
    decision = stopping(batch, examine_batch(batch, n_resamples=1), Targets(reliability=0.6))
    assert (False, "not yet") == (decision.stop, decision.reason)


def chosen(qualities: np.ndarray, *, seed: int) -> Comparisons:
    """Rounds of pairs as they would be asked for next."""
    generator, rows = np.random.default_rng(seed), list[Comparison]()
    items = [f"i{item:02}" for item in range(qualities.size)]
    for _ in range(10):
        so_far = compare(rows, items=items)
        for pair in next_pairs(believe(so_far), so_far, len(items), rng=generator):
            apart = qualities[items.index(pair.first)] - qualities[items.index(pair.second)]
            rows.append(
                Comparison(pair.first, pair.second, first_won=bool(generator.uniform() < expit(apart)))
            )
    return compare(rows)


def test_truth_mostly_lies_within_the_bounds_though_pairs_were_chosen() -> None:
    """Scores of items that differ correlate with true ones as it says, by pairs that outcomes chose."""
    within = 0
    for seed in range(8):
        qualities = made_up_qualities(12, spread=1.5, seed=seed)
        session = chosen(qualities, seed=seed)
        found = likely_reliability(session)
        within += found.low < np.corrcoef(qualities, fit_scores(session).values)[0, 1] ** 2 < found.high
    assert within >= 6


def test_two_items_by_integration() -> None:
    """Eighteen wins of 24: the spread that the exact likelihood finds best goes with the reliability told."""
    session = compare(Comparison("a", "b", first_won=place < 18) for place in range(24))
    apart, spreads = np.linspace(-30, 30, 2401), np.geomspace(0.1, 10, 60)
    decided = expit(apart) ** 18 * expit(-apart) ** 6
    likely = [decided @ np.exp(-((apart / spread) ** 2) / 4) / spread for spread in spreads]
    best = float(spreads[int(np.argmax(likely))])
    expected = 1 - 1 / (1 + 2 * best**2 * 24 * 0.75 * 0.25)
    assert expected == pytest.approx(likely_reliability(session).estimate, abs=0.05)


def test_no_decision_is_no_reliability() -> None:
    """Of nothing, and of one comparison, nothing is known; weights of 0 count for nothing."""
    nothing = likely_reliability(compare([], items="abc"))
    assert (0, 0, 0) == (nothing.estimate, nothing.low, nothing.high)
    session = made_up_session(made_up_qualities(8), 60)
    assert nothing == likely_reliability(session, weights=np.zeros(60))
    one = likely_reliability(compare([Comparison("a", "b", first_won=True)]))
    assert 0 == one.low < one.high <= 1


def test_more_confidence_asks_for_wider_bounds() -> None:
    """Bounds hold the estimate, and those of 99 % those of 80 %."""
    session = made_up_session(made_up_qualities(12), 80)
    wide, narrow = (likely_reliability(session, confidence=sure) for sure in (0.99, 0.8))
    assert wide.low < narrow.low < narrow.estimate < narrow.high < wide.high
    assert wide.estimate == narrow.estimate
