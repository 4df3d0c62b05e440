"""How far scores would come out the same again."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.evaluation.results import Interval, Resampling
from gradewise.judgement.bradley_terry import Scores, fit_scores
from gradewise.judgement.comparisons import Comparisons, compare
from gradewise.judgement.decisions import Comparison
from gradewise.judgement.reliability import (
    as_share,
    lengthened,
    pair_closeness,
    separation,
    separation_reliability,
    split_half,
)
from judged_pairs import made_up_qualities, made_up_session

QUALITIES = made_up_qualities(40)


@pytest.fixture(scope="module")
def session() -> Comparisons:
    """Forty items in 600 comparisons by six judges."""
    return made_up_session(QUALITIES, 600, n_judges=6)


@pytest.fixture(scope="module")
def scores(session: Comparisons) -> Scores:
    """Of that session."""
    return fit_scores(session)


def test_separation_is_the_share_of_spread_that_is_no_error() -> None:
    """Three scores with variance 4 and errors that add 1 to it: three quarters."""
    fitted = fit_scores(compare([], items="abc"))
    errors = np.sqrt(np.full(3, 2 / 3))
    assert 0.75 == pytest.approx(
        separation_reliability(replace(fitted, values=np.array([-2.0, 0, 2]), errors=errors))
    )
    assert np.isnan(separation_reliability(fitted))


def test_separation_is_near_the_squared_correlation_with_the_truth(scores: Scores) -> None:
    """What reliability means: scores correlate with true qualities at about its square root."""
    found = separation(scores, resampling=Resampling(200))
    truth = np.corrcoef(QUALITIES, scores.values)[0, 1]
    assert truth**2 == pytest.approx(found.reliability.estimate, abs=0.05)
    assert found.reliability.low < separation_reliability(scores) < found.reliability.high < 1
    assert 1 - (found.error / found.spread) ** 2 == pytest.approx(found.reliability.estimate)
    assert separation(scores, resampling=Resampling(200)) == found
    assert 200 == found.resampling.n_resamples


def _coin_tosses(*, neighbours: bool) -> Comparisons:
    """Ten rounds of thirty items, compared at random or with their neighbour by score so far."""
    generator = np.random.default_rng(0)
    items = [f"i{item:02}" for item in range(30)]
    rows: list[Comparison] = []
    for _ in range(10):
        scores = fit_scores(compare(rows, items=items)).values + generator.normal(0, 0.1, 30)
        order = np.argsort(scores) if neighbours else generator.permutation(30)
        won = generator.integers(2, size=15) == 1
        rows += [
            Comparison(items[i], items[j], first_won=bool(first_won))
            for i, j, first_won in zip(order[::2], order[1::2], won, strict=True)
        ]
    return compare(rows)


def test_pairs_chosen_by_earlier_outcomes_flatter() -> None:
    """Coin tosses between neighbours look reliable and between items at random do not; closeness shows it."""
    for neighbours in (False, True):
        session = _coin_tosses(neighbours=neighbours)
        scores = fit_scores(session)
        assert neighbours == (separation_reliability(scores) > 0.7)
        assert neighbours == (pair_closeness(session, scores) < 0.6)


def test_closeness_is_a_ratio_of_mean_distances() -> None:
    """Items at 0, 1 and 3 lie 2 apart in the mean; the nearest two alone are compared."""
    session = compare([Comparison("a", "b", first_won=True)], items="abc")
    scores = replace(fit_scores(session), values=np.array([0.0, 1, 3]))
    assert 0.5 == pytest.approx(pair_closeness(session, scores))
    assert np.isnan(pair_closeness(session, replace(scores, values=np.zeros(3))))
    assert np.isnan(pair_closeness(session.only(session.first < 0), scores))


def test_halves_agree_as_separation_says(session: Comparisons, scores: Scores) -> None:
    """With pairs chosen at random and judges alike, both kinds of halves tell the same as separation."""
    expected = separation_reliability(scores)
    by_comparisons = split_half(session, n_splits=4, resampling=Resampling(100))
    by_judges = split_half(session, halves_of="judges", n_splits=4, resampling=Resampling(100))
    for found in (by_comparisons, by_judges):
        assert expected == pytest.approx(found.reliability.estimate, abs=0.06)
        assert found.correlation.estimate < found.reliability.estimate
        assert found.reliability.low < found.reliability.estimate < found.reliability.high
        assert 4 == found.n_splits
    assert split_half(session, n_splits=4, resampling=Resampling(100)) == by_comparisons


def test_judges_who_disagree_are_seen_in_halves_of_judges() -> None:
    """Two camps that rank in opposite orders: halves of comparisons agree, halves of judges do not."""
    camp = made_up_session(QUALITIES[::2], 300, n_judges=1)
    other = made_up_session(-QUALITIES[::2], 100, n_judges=1, seed=1)
    rows = [
        Comparison(camp.items[w], camp.items[loser], first_won=True, judge=judge)
        for judge, part in (("one", camp), ("other", other))
        for w, loser in zip(part.winners, part.losers, strict=True)
    ]
    both = compare(rows)
    assert split_half(both, n_splits=2, resampling=Resampling(20)).correlation.estimate > 0.4
    assert (
        split_half(both, halves_of="judges", n_splits=2, resampling=Resampling(20)).correlation.estimate
        < -0.4
    )


def test_unnamed_judges_are_in_no_half_of_judges() -> None:
    """Decisions by nobody in particular do not count where judges are dealt."""
    named = made_up_session(QUALITIES[:9], 60, n_judges=2)
    rows = [Comparison("i000", "i001", first_won=True)] * 100
    more = compare(
        [
            *rows,
            *(
                Comparison(named.items[w], named.items[loser], first_won=True, judge=named.judge_names[j])
                for w, loser, j in zip(named.winners, named.losers, named.judges, strict=True)
            ),
        ],
        items=named.items,
    )
    expected = split_half(named, halves_of="judges", n_splits=1, resampling=Resampling(5))
    assert (
        expected.correlation
        == split_half(more, halves_of="judges", n_splits=1, resampling=Resampling(5)).correlation
    )


def test_a_reliability_is_told_as_a_share() -> None:
    """Errors beyond the spread are told as 0; what is not known stays so."""
    assert Interval(0.0, 0.0, 0.25) == as_share(Interval(-8.0, -20.0, 0.25))
    assert Interval(0.9, 0.8, 0.95) == as_share(Interval(0.9, 0.8, 0.95))
    assert np.isnan(as_share(Interval(np.nan, np.nan, np.nan)).estimate)


def test_halves_with_few_items_in_common_say_nothing() -> None:
    """Two items always agree or disagree wholly: no correlation is made of fewer than five."""
    rows = [Comparison("a", "b", first_won=True), Comparison("a", "b", first_won=False)] * 4
    rows += [Comparison("c", "d", first_won=True)]
    assert np.isnan(split_half(compare(rows), n_splits=3, resampling=Resampling(5)).reliability.estimate)


def test_halves_without_common_items_say_nothing() -> None:
    """Where no item is in both halves there is nothing to correlate."""
    rows = [
        Comparison("a", "b", first_won=True, judge="x"),
        Comparison("c", "d", first_won=True, judge="y"),
    ]
    found = split_half(compare(rows), halves_of="judges", n_splits=1, resampling=Resampling(5))
    assert np.isnan(found.correlation.estimate)
    assert np.isnan(found.reliability.estimate)


@given(st.floats(-1, 1), st.floats(1, 20))
def test_more_comparisons_make_good_scores_better(reliability: float, factor: float) -> None:
    """Longer sessions raise a reliability above 0, by the formula of Spearman and Brown, within -1 and 1."""
    longer = float(lengthened(reliability, factor=factor))
    assert -1 <= longer <= 1 + 1e-12
    if reliability >= 0:
        assert longer >= reliability - 1e-12
        assert reliability == pytest.approx(float(lengthened(longer, factor=1 / factor)), abs=1e-9)
    assert np.isnan(lengthened(np.nan, factor=factor))
    assert -1 == lengthened(-1.0, factor=2)


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ([("a", "b", "x"), ("a", "b", "x")], {"halves_of": "judges"}, "there are 1 judges"),
        ([("a", "b", "x")], {}, "there are 1 comparisons"),
        ([("a", "b", "x")] * 2, {"n_splits": 0}, "n_splits is 0"),
        ([], {}, "at least two items"),
    ],
    ids=["one-judge", "one-comparison", "no-split", "one-item"],
)
def test_what_cannot_be_halved_is_refused(
    rows: list[tuple[str, str, str]], options: dict[str, Any], said: str
) -> None:
    """Too few items, judges, comparisons or splits are refused in words."""
    made = [Comparison(first, second, True, judge) for first, second, judge in rows]  # noqa: FBT003 - a row
    with pytest.raises(InputError, match=said):
        split_half(compare(made, items=None if rows else ["a"]), **options)
