"""A confidence sequence holds however often one looks, decides, and says about how long that takes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradewise.errors import InputError
from gradewise.evaluation.sequential import (
    MOST_BET,
    Floats,
    confidence_sequence,
    distance_differences,
    needed_in_all,
)

DIFFERENCES = hnp.arrays(np.float64, st.integers(0, 40), elements=st.floats(-1, 1))
STEPS = (-9, -3, -1, 0, 1, 3, 9)
"""Differences of squared distances between neighbouring grades, in sixteenths."""
ALIKE = (0.01, 0.04, 0.15, 0.6, 0.15, 0.04, 0.01)
NEARER = (0.0, 0.01, 0.08, 0.6, 0.25, 0.05, 0.01)


def made_up(n: int, *, shares: tuple[float, ...], seed: int) -> Floats:
    """Differences on five grades, of two models that are alike, or of which one is nearer."""
    drawn: Floats = np.random.default_rng(seed).choice(STEPS, size=n, p=shares) / 16
    return drawn


def log_wealth(differences: Floats, mean: float) -> list[float]:
    """The same in plain Python, as the paper has it: after each difference, of who bets against a mean."""
    wealth, kept, against = 0.0, [], (mean + 1) / 2
    total, squares, estimate, spread = 0.5, 0.25, 0.5, 0.25
    for count, difference in enumerate(differences, start=2):
        shifted, apart = (difference + 1) / 2, estimate - against
        bet = apart / (spread + apart**2)
        bet = min(max(bet, -MOST_BET / (1 - against)), MOST_BET / against)
        wealth += math.log(1 + bet * (shifted - against))
        total += shifted
        estimate = total / count
        squares += (shifted - estimate) ** 2
        spread = squares / count
        kept.append(wealth)
    return kept


def test_two_differences_by_hand() -> None:
    """Against -1 the bets are 1 and 1.194: wealth 1.75, then 3.317; at 50 % a wealth of 2 refutes."""
    found = confidence_sequence(np.array([0.5, 0.5]), level=0.5)
    by_hand = [1 + 1 * 0.75, 1.75 * (1 + 0.625 / 0.5234375 * 0.75)]
    assert by_hand == pytest.approx(np.exp(log_wealth(np.array([0.5, 0.5]), -1 + 1e-12)).tolist())
    assert [0.5, 0.5] == found.means.tolist()
    assert -1 == found.low[0]
    assert log_wealth(np.array([0.5, 0.5]), float(found.low[1]))[-1] >= math.log(2)
    assert 1 == found.high[1]
    assert "not known" == found.nearer


@pytest.mark.parametrize("shares", [ALIKE, NEARER], ids=["alike", "nearer"])
def test_bounds_are_means_that_made_somebody_rich(shares: tuple[float, ...]) -> None:
    """Whoever bet against a bound became twenty times as rich, by plain arithmetic; the next one did not."""
    differences = made_up(700, shares=shares, seed=3)
    found = confidence_sequence(differences)
    for bound, inwards in ((found.low[-1], 1), (found.high[-1], -1)):
        within = np.sign(bound) * np.sqrt(abs(bound)) + inwards / 500
        assert max(log_wealth(differences, float(bound))) >= math.log(20)
        assert max(log_wealth(differences, float(np.sign(within) * within**2))) < math.log(20)


def test_small_differences_are_known_after_many() -> None:
    """What speaks for a grader adds up over any number of essays: a 250th of the scale takes a thousand."""
    found = confidence_sequence(np.full(1200, 0.004))
    assert 1095 == found.decided_after
    assert "candidate" == found.nearer
    assert math.log(20) <= max(log_wealth(np.full(1095, 0.004), 0.0))
    assert math.log(20) > max(log_wealth(np.full(1094, 0.004), 0.0))


@given(DIFFERENCES)
def test_bounds_only_close(differences: Floats) -> None:
    """What was refuted stays refuted, and bounds stay on the scale."""
    found = confidence_sequence(differences)
    assert len(differences) == len(found)
    assert (np.diff(found.low) >= 0).all()
    assert (np.diff(found.high) <= 0).all()
    assert (found.low >= -1).all()
    assert (found.high <= 1).all()


@given(DIFFERENCES)
def test_swapping_the_two_turns_every_sign(differences: Floats) -> None:
    """Neither model is favoured by being named first."""
    found, turned = confidence_sequence(differences), confidence_sequence(-differences)
    np.testing.assert_allclose(found.low, -turned.high, atol=1e-12)
    np.testing.assert_allclose(found.high, -turned.low, atol=1e-12)


def test_what_is_known_does_not_depend_on_what_comes() -> None:
    """The bounds after 600 differences are the same when 600 more follow."""
    differences = made_up(1200, shares=NEARER, seed=1)
    early, late = confidence_sequence(differences[:600]), confidence_sequence(differences)
    np.testing.assert_allclose(early.low, late.low[:600], atol=1e-12)
    np.testing.assert_allclose(early.high, late.high[:600], atol=1e-12)


@pytest.mark.parametrize(("shares", "mean"), [(ALIKE, 0.0), (NEARER, 0.02375)], ids=["alike", "nearer"])
def test_the_mean_stays_inside_however_often_one_looks(shares: tuple[float, ...], mean: float) -> None:
    """Looked at after each of 300 differences, no more sequences ever exclude the mean than they may."""
    n, level = 100, 0.8
    assert mean == pytest.approx(float(np.dot(STEPS, shares)) / 16, abs=1e-4)
    every = [confidence_sequence(made_up(300, shares=shares, seed=seed), level=level) for seed in range(n)]
    wrong = sum(bool((each.low > mean).any() or (each.high < mean).any()) for each in every)
    assert wrong / n <= 1 - level + 2 * math.sqrt(level * (1 - level) / n)


def test_a_nearer_candidate_is_found_about_when_it_was_said() -> None:
    """Half of the sequences are decided by the number that is needed, and none for the reference."""
    needed = needed_in_all(made_up(100_000, shares=NEARER, seed=99))
    assert needed is not None
    every = [confidence_sequence(made_up(3 * needed, shares=NEARER, seed=seed)) for seed in range(24)]
    assert {"candidate"} == {each.nearer for each in every}
    middle = float(np.median([each.decided_after for each in every if each.decided_after]))
    assert 0.5 * needed < middle < 1.5 * needed


def test_the_reference_can_be_the_nearer_one() -> None:
    """A worse candidate is found out as well."""
    assert "reference" == confidence_sequence(-made_up(3000, shares=NEARER, seed=2)).nearer


def test_what_was_decided_stays_decided_when_every_mean_on_the_grid_is_refuted() -> None:
    """The same difference all along leaves no mean but itself, which lies between two that are tried."""
    found = confidence_sequence(np.full(6000, 7 / 16))
    assert "candidate" == found.nearer
    assert (np.diff(found.low) >= 0).all()
    assert (np.diff(found.high) <= 0).all()
    assert found.low[-1] <= 7 / 16 <= found.high[-1]


def test_nothing_is_known_of_nothing() -> None:
    """Without a difference nothing is decided, and nobody knows how long it takes."""
    found = confidence_sequence(np.empty(0))
    assert ("not known", None, 0) == (found.nearer, found.decided_after, len(found))
    assert needed_in_all(np.empty(0)) is None


@pytest.mark.parametrize("differences", [[0.0, 0.0], [-0.5, 0.25]], ids=["alike", "worse"])
def test_more_of_the_same_would_never_show_it(differences: list[float]) -> None:
    """A candidate that is no nearer on average needs no number of grades."""
    assert needed_in_all(np.array(differences)) is None


def test_a_gain_that_drowns_in_chance_is_never_shown() -> None:
    """A mean above 0 by less than any bet can use."""
    assert needed_in_all(np.array([1.0, -0.999])) is None


@pytest.mark.parametrize("difference", [1.5, -2.0, math.nan])
def test_a_difference_beyond_the_scale_is_refused(difference: float) -> None:
    """Bounds are only for what is bounded."""
    with pytest.raises(InputError, match="from -1 to 1"):
        confidence_sequence(np.array([0.0, difference]))


@pytest.mark.parametrize("level", [0.0, 1.0, math.nan])
def test_a_level_is_between_0_and_1(level: float) -> None:
    """Nobody is sure of nothing or everything."""
    with pytest.raises(InputError, match="such as 0.95"):
        confidence_sequence(np.zeros(3), level=level)


def test_one_grade_is_no_scale() -> None:
    """There is nothing to compare on a scale of one grade."""
    with pytest.raises(InputError, match="two are needed"):
        distance_differences(np.zeros(1, int), np.zeros(1, int), np.zeros(1, int), n_grades=1)
