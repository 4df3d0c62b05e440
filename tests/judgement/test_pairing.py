"""Which pairs are asked about next."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import entr, expit, ndtr

from gradewise.errors import InputError
from gradewise.judgement.beliefs import (
    Beliefs,
    Expected,
    after_asking,
    believe,
    expect_nothing,
)
from gradewise.judgement.bradley_terry import Prior, fit_scores
from gradewise.judgement.comparisons import Comparisons, Floats, compare
from gradewise.judgement.decisions import Comparison
from gradewise.judgement.pairing import Pair, PairRules, expected_shift, next_pairs


def names(n_items: int) -> tuple[str, ...]:
    """Names that sort as items stand."""
    return tuple(f"{position:03d}" for position in range(n_items))


def answered(
    asked: Comparisons, pairs: tuple[Pair, ...], truth: Floats, rng: np.random.Generator
) -> Comparisons:
    """The comparisons, and answers to some pairs."""
    first = np.array([int(pair.first) for pair in pairs])
    second = np.array([int(pair.second) for pair in pairs])
    return replace(
        asked,
        first=np.append(asked.first, first),
        second=np.append(asked.second, second),
        first_won=np.append(asked.first_won, rng.random(first.size) < expit(truth[first] - truth[second])),
        judges=np.append(asked.judges, np.full(first.size, -1)),
        confidences=np.append(asked.confidences, np.full(first.size, np.nan)),
    )


def judged(n_items: int, n: int, seed: int, *, width: float = 2.0) -> Comparisons:
    """Random comparisons of items whose true scores rise."""
    rng = np.random.default_rng(seed)
    pairs = [rng.choice(n_items, 2, replace=False).tolist() for _ in range(n)]
    asked = tuple(Pair(names(n_items)[one], names(n_items)[other]) for one, other in pairs)
    truth = np.linspace(-width, width, n_items)
    return answered(compare([], items=names(n_items)), asked, truth, rng) if asked else nothing(n_items)


def nothing(n_items: int) -> Comparisons:
    """Items that nobody compared yet."""
    return compare([], items=names(n_items))


def keys(pairs: tuple[Pair, ...]) -> list[frozenset[str]]:
    """Pairs, whichever way round."""
    return [frozenset((pair.first, pair.second)) for pair in pairs]


def chosen(
    asked: Comparisons, n_pairs: int, seed: int = 0, rules: PairRules | None = None
) -> tuple[Pair, ...]:
    """Pairs by beliefs from the comparisons alone."""
    return next_pairs(believe(asked), asked, n_pairs, rng=np.random.default_rng(seed), rules=rules)


def test_a_second_round_is_chosen_in_the_light_of_the_first() -> None:
    """What was just chosen counts as asked: pairs across it promise more of what is then not known."""
    gains = [pair.gain for pair in chosen(nothing(4), 4)]
    assert gains[0] == pytest.approx(gains[1])
    assert gains[2] == pytest.approx(gains[3])
    assert gains[0] * 1.25 < gains[2]


def test_beliefs_without_expectations_are_the_scores() -> None:
    """With nothing expected but the prior of a plain fit, beliefs have its values and errors."""
    asked = judged(12, 40, 0)
    scores, beliefs = fit_scores(asked), believe(asked, expected=expect_nothing(12, Prior()))
    np.testing.assert_allclose(beliefs.means - beliefs.means.mean(), scores.values, atol=1e-5)
    np.testing.assert_allclose(beliefs.errors, scores.errors, atol=1e-5)


def test_beliefs_start_at_what_is_expected() -> None:
    """Before any comparison, beliefs are what was expected; afterwards they lie between that and the wins."""
    expected = Expected(np.array([1.0, -1.0]), np.array([0.5, 2.0]))
    before = believe(nothing(2), expected=expected)
    after = believe(compare([Comparison("000", "001", first_won=False)] * 3), expected=expected)
    assert [1.0, -1.0] == before.means.tolist()
    np.testing.assert_allclose(np.diag([0.25, 4.0]), before.covariance)
    assert after.means[1] - after.means[0] > -2
    assert after.means[0] > 0.5  # the surer one moves less


@pytest.mark.parametrize(
    ("means", "deviations"),
    [([0.0], [0.0]), ([np.nan], [1.0]), ([0.0, 1.0], [1.0]), ([0.0], [np.inf])],
    ids=["no deviation", "no number", "too few", "endless"],
)
def test_expectations_that_are_none_are_refused(means: list[float], deviations: list[float]) -> None:
    """An expectation is a finite score and a deviation above 0 for each item."""
    with pytest.raises(InputError, match="give"):
        Expected(np.array(means), np.array(deviations))


def test_expectations_are_about_the_items() -> None:
    """As many expectations as items."""
    with pytest.raises(InputError, match="3 expected scores for 2 items"):
        believe(nothing(2), expected=expect_nothing(3))


def test_pairs_that_wait_make_beliefs_surer() -> None:
    """Asking lowers variances, and by what a fit with its information would say."""
    beliefs = believe(judged(8, 20, 1))
    first, second = np.array([0, 2, 0]), np.array([1, 3, 5])
    surer = after_asking(beliefs, first, second)
    spread = np.diag(beliefs.covariance)
    variance = spread[first] + spread[second] - 2 * beliefs.covariance[first, second]
    chance = expit((beliefs.means[first] - beliefs.means[second]) / np.sqrt(1 + np.pi * variance / 8))
    contrast = np.eye(8)[first] - np.eye(8)[second]
    precision = np.linalg.inv(beliefs.covariance) + contrast.T @ np.diag(chance * (1 - chance)) @ contrast
    np.testing.assert_allclose(np.linalg.inv(precision), surer.covariance, atol=1e-8)
    assert (surer.errors < beliefs.errors).all()


@given(st.floats(-30, 30), st.floats(0, 100))
def test_an_expected_shift_is_small_and_symmetric(difference: float, variance: float) -> None:
    """It never removes more variance than there is, and does not depend on which item is named first."""
    shift = expected_shift(np.array([difference, -difference]), np.array([variance, variance]))
    assert shift[0] == pytest.approx(shift[1])
    assert 0 <= shift[0] * variance <= 1


def test_an_expected_shift_is_what_outcomes_bring() -> None:
    """It is the mean square shift of the difference, by numerical integration with the logistic function."""
    grid = np.linspace(-30, 30, 60_001)
    for middle, variance in [(0.0, 1.0), (1.5, 4.0), (-3.0, 9.0)]:
        belief = stats.norm(middle, np.sqrt(variance)).pdf(grid)
        belief /= belief.sum()
        won = belief @ expit(grid)
        up, down = (belief * expit(grid)) @ grid / won, (belief * expit(-grid)) @ grid / (1 - won)
        truth = won * (up - middle) ** 2 + (1 - won) * (down - middle) ** 2
        shift = expected_shift(np.array([middle]), np.array([variance]))[0] * variance**2
        assert truth == pytest.approx(shift, rel=0.05)


@settings(max_examples=40)
@given(
    n_items=st.integers(2, 12),
    n=st.integers(0, 40),
    n_pairs=st.integers(1, 30),
    seed=st.integers(0, 1000),
)
def test_what_any_choice_holds(n_items: int, n: int, n_pairs: int, seed: int) -> None:
    """Enough pairs of two different items, each equally often asked, the same for the same seed."""
    asked = judged(n_items, n, seed)
    pairs = chosen(asked, n_pairs, seed)
    times = dict.fromkeys(
        (frozenset((one, other)) for one in names(n_items) for other in names(n_items) if one < other), 0
    )
    for one, other in zip(asked.first.tolist(), asked.second.tolist(), strict=True):
        times[frozenset((names(n_items)[one], names(n_items)[other]))] += 1
    assert n_pairs == len(pairs)
    assert pairs == chosen(asked, n_pairs, seed)
    for key in keys(pairs):
        assert times[key] == min(times.values())
        times[key] += 1
    assert all(0 <= pair.gain <= 1 and 0 < pair.chance < 1 for pair in pairs)


def test_a_first_batch_spreads_over_all_items() -> None:
    """With nothing known and half as many pairs as items, each item occurs once."""
    pairs = chosen(nothing(20), 10)
    assert 20 == len(set().union(*keys(pairs)))
    assert keys(pairs) != keys(chosen(nothing(20), 10, seed=1))


def test_an_unequal_pair_is_not_asked() -> None:
    """Between what is known to lie far apart and what lies close, the close pair is asked."""
    beliefs = Beliefs(items=names(3), means=np.array([5.0, 0.2, 0.0]), covariance=np.eye(3))
    (pair,) = next_pairs(beliefs, nothing(3), 1, rng=np.random.default_rng(0))
    assert {"001", "002"} == {pair.first, pair.second}


@st.composite
def some_beliefs(draw: st.DrawFn) -> Beliefs:
    """Of 3 to 5 items, whose scores hang together and whose order is not settled."""
    n, rng = draw(st.integers(3, 5)), np.random.default_rng(draw(st.integers(0, 10_000)))
    sureness = draw(st.sampled_from([0.3, 1.0]))
    width = sureness * draw(st.sampled_from([0.3, 1.0]))
    mixed = rng.normal(0, sureness, (n, n)) / np.sqrt(n)
    covariance = mixed @ mixed.T + 0.05 * sureness**2 * np.eye(n)
    return Beliefs(items=names(n), means=rng.normal(0, width, n), covariance=covariance)


def unknown(means: Floats, covariance: Floats) -> float:
    """Entropy of who stands above whom, over all pairs, in nats."""
    one, other = np.triu_indices(means.size, 1)
    spread = np.diag(covariance)
    variance = spread[one] + spread[other] - 2 * covariance[one, other]
    above = ndtr((means[one] - means[other]) / np.sqrt(variance))
    return float((entr(above) + entr(1 - above)).sum())


def settled(beliefs: Beliefs, one: int, other: int) -> float:
    """What a comparison settles of the order, both outcomes played through: a share of what is not known."""
    towards = beliefs.covariance[:, one] - beliefs.covariance[:, other]
    variance, apart = towards[one] - towards[other], beliefs.means[one] - beliefs.means[other]
    grid = np.linspace(-8, 8, 201)
    weights = stats.norm.pdf(grid) / stats.norm.pdf(grid).sum()
    left = 0.0
    for sign in (1, -1):
        likely = weights * expit(sign * (apart + np.sqrt(variance) * grid))
        chance = likely.sum()
        middle = likely @ grid / chance
        shrunk = likely @ (grid - middle) ** 2 / chance
        means = beliefs.means + towards * middle / np.sqrt(variance)
        covariance = beliefs.covariance - np.outer(towards, towards) * (1 - shrunk) / variance
        left += chance * unknown(means, covariance)
    return 1 - left / unknown(beliefs.means, beliefs.covariance)


@settings(max_examples=20)
@given(some_beliefs())
def test_the_pair_that_tells_most_of_the_order_is_asked(beliefs: Beliefs) -> None:
    """With outcomes played through, no pair settles much more, and the one asked hardly less than it says."""
    n = len(beliefs.items)
    (pair,) = next_pairs(beliefs, nothing(n), 1, rng=np.random.default_rng(0))
    figures = {(a, b): settled(beliefs, a, b) for a in range(n) for b in range(a + 1, n)}
    one, other = sorted((int(pair.first), int(pair.second)))
    assert figures[one, other] >= 0.9 * max(figures.values())
    assert 0.9 * pair.gain <= figures[one, other] <= 1.6 * pair.gain


@settings(max_examples=15)
@given(some_beliefs(), st.floats(-50, 50), st.floats(0, 50))
def test_what_a_pair_promises_depends_on_differences_alone(
    beliefs: Beliefs, moved: float, shared: float
) -> None:
    """It is the same wherever all scores lie, however sure their mean is, and with the scale turned round."""
    n = len(beliefs.items)
    pairs = next_pairs(beliefs, nothing(n), n, rng=np.random.default_rng(0))
    elsewhere = replace(beliefs, means=beliefs.means + moved, covariance=beliefs.covariance + shared)
    turned = replace(beliefs, means=-beliefs.means)
    for other in (elsewhere, turned):
        again = next_pairs(other, nothing(n), n, rng=np.random.default_rng(0))
        assert keys(pairs) == keys(again)
        assert [pair.gain for pair in pairs] == pytest.approx([pair.gain for pair in again], rel=1e-6)


def test_a_distance_whose_order_is_known_is_left_alone() -> None:
    """Not the least known difference is asked about, but that whose order is least known."""
    beliefs = Beliefs(
        items=names(4), means=np.array([6.0, -6.0, 0.2, 0.0]), covariance=np.diag([4.0, 4.0, 1.0, 1.0])
    )
    (pair,) = next_pairs(beliefs, nothing(4), 1, rng=np.random.default_rng(0))
    assert {"002", "003"} == {pair.first, pair.second}


def test_what_is_known_for_certain_promises_nothing() -> None:
    """Scores without any doubt give pairs of no promise, and no failure."""
    beliefs = Beliefs(items=names(3), means=np.array([60.0, 0.0, 0.0]), covariance=np.zeros((3, 3)))
    pairs = next_pairs(beliefs, nothing(3), 3, rng=np.random.default_rng(0))
    assert 3 == len(pairs)
    assert [0.0] * 3 == pytest.approx([pair.gain for pair in pairs])


def test_groups_are_connected_first() -> None:
    """Where two groups were compared within themselves alone, the next pair is between them."""
    within = [Comparison("000", "001", first_won=n % 2 == 0) for n in range(6)]
    within += [Comparison("002", "003", first_won=n % 2 == 0) for n in range(6)]
    (pair,) = chosen(compare(within), 1)
    assert (pair.first < "002") != (pair.second < "002")


def test_a_limit_of_exposure_ends_the_choice() -> None:
    """No item is in more comparisons than allowed, and pairs run out when all are."""
    asked = judged(6, 3, 0)
    pairs = chosen(asked, 100, rules=PairRules(most_per_item=4))
    counts = np.bincount(np.concatenate([asked.first, asked.second]), minlength=6)
    for pair in pairs:
        counts[[int(pair.first), int(pair.second)]] += 1
    assert counts.max() == 4
    assert (counts < 4).sum() <= 1


def test_pairs_run_out_where_none_may_be_repeated() -> None:
    """Without repeats there are as many pairs as there are, and then none."""
    rules = PairRules(repeats=False)
    pairs = chosen(nothing(5), 100, rules=rules)
    assert 10 == len(pairs) == len(set(keys(pairs)))
    beliefs = believe(nothing(5))
    assert () == next_pairs(beliefs, nothing(5), 1, rng=np.random.default_rng(0), rules=rules, waiting=pairs)


def test_a_pair_that_waits_is_not_asked_again() -> None:
    """What is with a judge counts as asked: the pairs that are left come first."""
    beliefs, waiting = believe(nothing(4)), (Pair("000", "001"), Pair("002", "003"))
    pairs = next_pairs(beliefs, nothing(4), 4, rng=np.random.default_rng(0), waiting=waiting)
    assert not {frozenset(("000", "001")), frozenset(("002", "003"))} & set(keys(pairs))


def test_who_is_first_is_balanced() -> None:
    """After several batches every item was first about as often as second; a side never known counts not."""
    rng, asked, truth = np.random.default_rng(0), nothing(20), np.linspace(-2, 2, 20)
    for _ in range(8):
        pairs = next_pairs(believe(asked), asked, 10, rng=rng)
        asked = answered(asked, pairs, truth, rng)
    leanings = np.bincount(asked.first, minlength=20) - np.bincount(asked.second, minlength=20)
    assert np.abs(leanings).max() <= 3
    one_sided = compare([Comparison("000", "001", first_won=True)] * 5, items=names(2), positions_known=False)
    firsts = {chosen(one_sided, 1, seed)[0].first for seed in range(20)}
    assert {"000", "001"} == firsts
    assert {"001"} == {
        chosen(replace(one_sided, positions_known=True), 1, seed)[0].first for seed in range(20)
    }


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: chosen(nothing(3), 0), "0 pairs are asked for"),
        (
            lambda: next_pairs(believe(nothing(2)), nothing(3), 1, rng=np.random.default_rng(0)),
            "2 items and comparisons about 3",
        ),
        (lambda: PairRules(most_per_item=0), "allow at least 1"),
        (
            lambda: next_pairs(
                believe(nothing(2)), nothing(2), 1, rng=np.random.default_rng(0), waiting=(Pair("x", "y"),)
            ),
            "'x' waits",
        ),
    ],
    ids=["no pairs", "other items", "no exposure", "unknown item"],
)
def test_what_cannot_be_chosen_is_refused(make: object, message: str) -> None:
    """A refusal says what to give instead."""
    assert callable(make)
    with pytest.raises(InputError, match=message):
        make()


def test_one_item_has_no_pair() -> None:
    """A single item cannot be compared with anything."""
    assert () == chosen(nothing(1), 3)


def reached(truth: Floats, seed: int, *, model: bool, choose: bool, n: int) -> float:
    """Rank correlation of beliefs with the truth after `n` comparisons."""
    rng = np.random.default_rng([seed, model, choose])
    size, spread = truth.size, truth.std()
    asked, expected = nothing(size), expect_nothing(size)
    if model:
        seen = 0.64 * (truth + rng.normal(0, 0.75 * spread, size))
        expected = Expected(seen, np.full(size, 0.6 * spread))
    beliefs = believe(asked, expected=expected)
    while asked.n < n:
        if choose:
            pairs = next_pairs(beliefs, asked, size // 4, rng=rng)
        else:
            order = [names(size)[position] for position in rng.permutation(size)]
            pairs = tuple(Pair(one, other) for one, other in zip(order[::2], order[1::2], strict=True))
        asked = answered(asked, pairs, truth, rng)
        beliefs = believe(asked, expected=expected, start=beliefs.means)
    return float(stats.spearmanr(beliefs.means, truth).statistic)


def test_chosen_pairs_teach_more() -> None:
    """With 60 % of the comparisons chosen pairs, and with 45 % chosen by a model's grades, do as well."""
    truth, seeds = np.random.default_rng(0).normal(0, 5, 80), range(3)
    random = np.mean([reached(truth, seed, model=False, choose=False, n=800) for seed in seeds])
    alone = np.mean([reached(truth, seed, model=False, choose=True, n=480) for seed in seeds])
    with_model = np.mean([reached(truth, seed, model=True, choose=True, n=360) for seed in seeds])
    assert random <= alone
    assert random <= with_model
