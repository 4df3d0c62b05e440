"""Draws have their distribution and depend on nothing but the seed."""

from random import Random
from statistics import fmean, stdev

from gradewise.testing.dice import Dice


def test_draws_are_the_same_everywhere() -> None:
    """Golden draws: computed once, must hold on every platform and Python."""
    dice = Dice(Random("golden"))
    drawn = (dice.pick("abcdef"), dice.whole(2.5), dice.shuffled(range(5)), dice.chance(0.5))
    assert drawn == GOLDEN


GOLDEN = ("e", 2, [3, 2, 4, 0, 1], True)


def test_normal_draws_are_standard() -> None:
    """Mean 0 and standard deviation 1, within four standard errors."""
    dice = Dice(Random(5))
    drawn = [dice.normal() for _ in range(10_000)]
    assert abs(fmean(drawn)) < 0.04
    assert abs(stdev(drawn) - 1) < 0.03


def test_whole_numbers_average_to_the_mean() -> None:
    """2.3 is drawn as 2 or 3, and as 2.3 on average; below zero is zero."""
    dice = Dice(Random(5))
    drawn = [dice.whole(2.3) for _ in range(10_000)]
    assert set(drawn) == {2, 3}
    assert abs(fmean(drawn) - 2.3) < 0.02
    assert dice.whole(-4) == 0


def test_shuffled_keeps_everything_and_its_input() -> None:
    """A shuffle is a permutation, and all permutations come up."""
    dice = Dice(Random(5))
    options = (1, 2, 3)
    assert len({tuple(dice.shuffled(options)) for _ in range(200)}) == 6
    assert options == (1, 2, 3)
