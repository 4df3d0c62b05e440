"""Spaces of a search: what they hold, how many, and that draws stay within them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.models.search import Choices, Dimension, SearchSpace, Span, Trial, best_trial

RATE = Span("model.booster.learning_rate", 0.01, 0.1, log=True)
SHARE = Span("model.linear_share", 0.0, 0.8, step=0.1)
LEAVES = Choices("model.booster.max_leaves", (3, 7, 15))
WHOLE = Span("model.booster.min_child", 5, 40, whole=True)
FACTORS = Span("model.booster.rounds", 1, 4, log=True, whole=True)
POINT = Span("model.booster.l2", 2.0, 2.0)
WIDE = Span("model.booster.l2", 0.1, 30.0)
ENGINE = Choices("model.engine", ("lightgbm", "xgboost"))
DIMENSIONS = (RATE, SHARE, LEAVES, WHOLE, FACTORS, POINT, WIDE, ENGINE)


@pytest.mark.parametrize("dimension", DIMENSIONS, ids=lambda each: each.key)
def test_draws_are_held(dimension: Dimension) -> None:
    """Whatever is drawn belongs to the dimension, and settling it changes nothing."""
    generator = np.random.default_rng(3)
    for _ in range(200):
        value = dimension.draw(generator)
        assert dimension.holds(value)
        assert value == dimension.settled(value)


@pytest.mark.parametrize(
    ("dimension", "size"),
    [(RATE, None), (SHARE, 9), (LEAVES, 3), (WHOLE, 36), (FACTORS, 4), (POINT, 1), (WIDE, None)],
    ids=lambda each: getattr(each, "key", str(each)),
)
def test_sizes_are_known(dimension: Dimension, size: int | None) -> None:
    """A dimension counts its values, and a continuous one has none to count."""
    assert size == dimension.size
    if size is not None:
        values = {dimension.at(index) for index in range(size)}
        assert size == len(values)
        generator = np.random.default_rng(1)
        assert values >= {dimension.draw(generator) for _ in range(300)}


def test_values_are_written_as_people_write_them() -> None:
    """Steps leave no traces of binary arithmetic, and continuous draws have six digits."""
    assert [0.0, 0.1, 0.2, 0.3] == [SHARE.at(index) for index in range(4)]
    assert 0.3 == SHARE.settled(0.30000000000000004)
    assert 0.0123457 == RATE.settled(0.012345678)
    assert 0.1 == RATE.settled(0.5)
    assert 15 == WHOLE.settled(15.2)
    assert 2.0 == POINT.settled(7.0)


def test_true_is_not_one() -> None:
    """A dimension holds a truth value only where truth values are listed, and words in no span."""
    assert not Choices("k", (1, 2)).holds(value=True)
    assert Choices("k", (True, False)).holds(value=True)
    assert not SHARE.holds("0.1")
    assert not SHARE.holds(0.15)
    assert SHARE.holds(0.8)


def test_a_space_is_the_product_of_its_dimensions() -> None:
    """Every position is another combination; one continuous dimension makes the space uncountable."""
    space = SearchSpace((LEAVES, SHARE, ENGINE))
    assert 3 * 9 * 2 == space.size
    combinations = {tuple(space.at(index).items()) for index in range(54)}
    assert 54 == len(combinations)
    assert ["model.booster.max_leaves", "model.linear_share", "model.engine"] == list(space.at(0))
    assert SearchSpace((LEAVES, RATE)).size is None


@given(st.integers(0, 2**32 - 1))
def test_drawn_settings_are_held_by_their_space(seed: int) -> None:
    """A draw gives every key a value of its dimension, and settling does not move it."""
    space = SearchSpace(DIMENSIONS[:5])
    settings = space.draw(np.random.default_rng(seed))
    assert space.holds(settings)
    assert settings == space.settled(settings)
    assert not space.holds({key: value for key, value in settings.items() if key != RATE.key})


def test_the_best_trial_is_complete_and_among_equals_the_first() -> None:
    """Trials that were given up, or are under way, win nothing."""
    trials = (
        Trial(number=0, settings={}, state="complete", loss=2.0),
        Trial(number=1, settings={}, state="pruned"),
        Trial(number=2, settings={}, state="complete", loss=1.0),
        Trial(number=3, settings={}, state="complete", loss=1.0),
        Trial(number=4, settings={}, state="running"),
    )
    assert 2 == best_trial(trials).number
    assert [True, True, True, True, False] == [trial.finished for trial in trials]
