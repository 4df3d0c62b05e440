"""Scores from comparisons, and how sure they are."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.judgement.bradley_terry import Prior, Scores, check_same_items, fit_scores, scores_of_parts
from gradewise.judgement.comparisons import Comparisons, compare
from gradewise.judgement.decisions import Comparison
from judged_pairs import decisions, made_up_qualities, made_up_session

GOLDEN = Path(__file__).parents[1] / "golden" / "bradley_terry.json"
CASES: list[dict[str, Any]] = json.loads(GOLDEN.read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["desc"] for case in CASES])
def test_scores_are_those_of_another_optimiser(case: dict[str, Any]) -> None:
    """Scores, errors and covariance equal those of a general optimiser in coordinates that sum to 0."""
    rows = [Comparison(str(winner), str(loser), first_won=True) for winner, loser in case["wins"]]
    found = fit_scores(
        compare(rows, items=[str(item) for item in range(case["n_items"])]),
        prior=Prior(case["prior"]),
        weights=None if case["weights"] is None else np.array(case["weights"]),
    )
    assert found.converged
    np.testing.assert_allclose(found.values, case["values"], atol=1e-8)
    np.testing.assert_allclose(found.errors, case["errors"], atol=1e-8)
    assert case["covariance_of_first_two"] == pytest.approx(found.covariance[0, 1], abs=1e-8)


@pytest.mark.parametrize(("wins", "n"), [(3, 4), (1, 2), (9, 10)], ids=["3-of-4", "1-of-2", "9-of-10"])
def test_two_items_have_the_log_odds_between_them(wins: int, n: int) -> None:
    """Under a flat prior the distance is the log odds, its variance ``n / (wins * losses)``."""
    rows = [Comparison("a", "b", first_won=won < wins) for won in range(n)]
    scores = fit_scores(compare(rows), prior=Prior(1e4))
    distance, error = np.log(wins / (n - wins)), np.sqrt(n / (wins * (n - wins)))
    np.testing.assert_allclose(scores.values, [distance / 2, -distance / 2], atol=1e-6)
    np.testing.assert_allclose(scores.errors, [error / 2, error / 2], rtol=1e-5)
    assert error == pytest.approx(float(scores.difference_errors(np.array([0]), np.array([1]))[0]), rel=1e-5)


@settings(max_examples=25)
@given(decisions())
def test_scores_sum_to_nothing_and_every_item_has_an_error(rows: list[Comparison]) -> None:
    """Scores are finite and sum to 0, no item is the reference, and no error is above the prior's."""
    scores = fit_scores(compare(rows))
    assert scores.converged
    assert pytest.approx(0, abs=1e-8) == scores.values.sum()
    np.testing.assert_allclose(scores.covariance.sum(axis=0), 0, atol=1e-8)
    assert (scores.errors > 0.1).all()
    assert (scores.errors <= scores.prior.standard_deviation).all()


@settings(max_examples=25)
@given(decisions(), st.permutations("abcdef"))
def test_names_do_not_matter(rows: list[Comparison], order: list[str]) -> None:
    """Scores go with the items, whatever these are called."""
    renamed = dict(zip("abcdef", order, strict=True))
    again = [Comparison(renamed[row.first], renamed[row.second], row.first_won) for row in rows]
    before, after = _by_item(fit_scores(compare(rows))), _by_item(fit_scores(compare(again)))
    assert {renamed[item] for item in before} == after.keys()
    for item, found in before.items():
        assert found == pytest.approx(after[renamed[item]], abs=1e-7)


def _by_item(scores: Scores) -> dict[str, tuple[float, float]]:
    pairs = zip(scores.values.tolist(), scores.errors.tolist(), strict=True)
    return dict(zip(scores.items, pairs, strict=True))


@settings(max_examples=25)
@given(decisions(), st.randoms(use_true_random=False))
def test_neither_order_nor_place_matters(rows: list[Comparison], random: Any) -> None:
    """Comparisons in another order, first and second exchanged, give the same scores."""
    shuffled = random.sample(rows, len(rows))
    np.testing.assert_allclose(
        fit_scores(compare(rows)).values, fit_scores(compare(shuffled).swapped()).values, atol=1e-7
    )


@settings(max_examples=25)
@given(decisions(least=2))
def test_a_win_raises(rows: list[Comparison]) -> None:
    """One more win raises its winner and lowers its loser."""
    more = compare([*rows, rows[0]])
    before, after = fit_scores(compare(rows)), fit_scores(more)
    winner, loser = more.winners[-1], more.losers[-1]
    assert before.values[winner] < after.values[winner]
    assert before.values[loser] > after.values[loser]


@settings(max_examples=25)
@given(decisions())
def test_a_comparison_that_counts_twice_is_two(rows: list[Comparison]) -> None:
    """A weight of 2 is the same as a repetition, a weight of 0 the same as none."""
    weights = np.ones(len(rows))
    weights[0] = 2
    twice = fit_scores(compare(rows), weights=weights)
    np.testing.assert_allclose(fit_scores(compare([*rows, rows[0]])).values, twice.values, atol=1e-7)
    weights[0] = 0
    items = compare(rows).items
    never = fit_scores(compare(rows), weights=weights)
    np.testing.assert_allclose(fit_scores(compare(rows[1:], items=items)).values, never.values, atol=1e-7)


def test_winning_every_time_is_finite_and_grows_slowly() -> None:
    """An item that always wins has a finite score, which more wins raise and a narrower prior lowers."""

    def top(n: int, prior: float = 6.0) -> float:
        scores = fit_scores(compare([Comparison("a", "b", first_won=True)] * n), prior=Prior(prior))
        return float(scores.values[0])

    assert 0 < top(1) < top(10) < top(100) < 10
    assert top(10, prior=1.0) < top(10)


def test_what_nothing_connects_is_said() -> None:
    """Groups without a comparison between them are known, and their distance has the prior's error."""
    rows = [Comparison("a", "b", first_won=True), Comparison("c", "d", first_won=True)] * 50
    scores = fit_scores(compare(rows, items="abcde"), prior=Prior(3.0))
    assert [0, 0, 1, 1, 2] == scores.groups.tolist()
    assert 3 == scores.n_groups
    alone = scores.difference_errors(np.array([4]), np.array([0]))
    assert 3.0 < alone[0] <= 3.0 * np.sqrt(2)
    assert 1 == fit_scores(compare(rows[:1])).n_groups


def test_a_flat_prior_costs_no_digits() -> None:
    """Comparisons leave the mean of all free; errors do not suffer from how little the prior holds it."""
    scores = fit_scores(made_up_session(made_up_qualities(10), 60), prior=Prior(1e4))
    np.testing.assert_allclose(scores.covariance.sum(axis=0), 0, atol=1e-12)


def test_no_comparison_leaves_the_prior() -> None:
    """Before any comparison all scores are 0, with the prior's error around their mean."""
    scores = fit_scores(compare([], items="abcd"), prior=Prior(2.0))
    np.testing.assert_allclose(scores.values, 0)
    np.testing.assert_allclose(scores.errors, 2 * np.sqrt(3 / 4))
    assert [0] == fit_scores(compare([], items="a")).errors.tolist()


def _far_apart() -> Comparisons:
    """Chains of one-sided results, for which Newton's full step from 0 or afar would overshoot."""
    rows = [Comparison(first, second, first_won=True) for first, second in zip("abcde", "bcdef", strict=True)]
    return compare([*rows * 30, Comparison("f", "a", first_won=True)])


def test_the_start_does_not_matter() -> None:
    """From scores far away, where a full step overshoots, the fit ends where it does from nothing."""
    comparisons = _far_apart()
    expected = fit_scores(comparisons, prior=Prior(100.0))
    for start in ([50.0, -50, 50, -50, 50, -50], [9.0, 0, 0, 0, 0, 0]):
        found = fit_scores(comparisons, prior=Prior(100.0), start=np.array(start))
        assert found.converged
        np.testing.assert_allclose(expected.values, found.values, atol=1e-6)


def test_a_fit_that_is_cut_short_says_so() -> None:
    """With one step the scores are not at rest."""
    assert not fit_scores(_far_apart(), most_steps=1).converged


def test_true_qualities_lie_within_the_errors() -> None:
    """About 95 of 100 true distances from the mean lie within 1.96 standard errors."""
    inside = []
    for seed in range(5):
        qualities = made_up_qualities(60, seed=seed)
        scores = fit_scores(made_up_session(qualities, 900, seed=seed))
        inside.append(np.abs(scores.values - qualities + qualities.mean()) < 1.96 * scores.errors)
    assert 0.95 == pytest.approx(np.mean(inside), abs=0.035)


@pytest.mark.parametrize("spread", [0.0, -1.0, 1e9, np.nan], ids=["none", "negative", "boundless", "nan"])
def test_a_prior_has_a_spread(spread: float) -> None:
    """A spread that is no number, or nothing to count with, is refused."""
    with pytest.raises(InputError, match="give one from 0.001 to 10000, such as 6"):
        Prior(spread)


@pytest.mark.parametrize(
    ("weights", "said"),
    [([1.0, 1.0], "one for each of 1"), ([-1.0], "a weight is -1.0"), ([np.nan], "a weight is nan")],
    ids=["too-many", "negative", "nan"],
)
def test_weights_are_checked(weights: list[float], said: str) -> None:
    """Weights that are not one each, or no weights, are refused."""
    with pytest.raises(InputError, match=said):
        fit_scores(compare([Comparison("a", "b", first_won=True)]), weights=np.array(weights))


def test_scores_of_other_items_are_refused() -> None:
    """Scores and comparisons go together only when they are of the same items."""
    scores = fit_scores(compare([], items="ab"))
    with pytest.raises(InputError, match="scores are of 2 items, comparisons of 3"):
        check_same_items(compare([], items="abc"), scores)


@given(decisions(), st.sampled_from([0.5, 6.0, 30.0]), st.integers(0, 2**16))
@settings(max_examples=20, deadline=None)
def test_parts_side_by_side_score_as_each_alone(rows: list[Comparison], prior: float, seed: int) -> None:
    """Whatever the parts are, each gets the scores of a fit of its own."""
    session = compare(rows)
    drawn = np.random.default_rng(seed).integers(2, size=(3, session.n)) == 1
    found = scores_of_parts(session, list(drawn), prior=Prior(prior))
    for part, values in zip(drawn, found, strict=True):
        alone = fit_scores(session.only(part), prior=Prior(prior)).values
        np.testing.assert_allclose(alone, values, atol=1e-3)
