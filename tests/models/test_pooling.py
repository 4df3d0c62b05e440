"""Several graders as one: what is pooled stays a distribution, and learnt weights are shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import BundleError, InputError
from gradewise.models.decisions import rounding_cuts
from gradewise.models.onnx.session import OnnxGrader
from gradewise.models.pooling import PooledGrader, equal_weights, pool, pooled_cuts, stacked_weights
from gradewise.models.predictions import GradePredictions, differences

N_GRADES = 4


def said(seed: int, n: int = 40) -> GradePredictions:
    """What somebody says of essays, at random."""
    generator = np.random.default_rng(seed)
    probabilities = generator.dirichlet(np.ones(N_GRADES), n)
    scores = (probabilities @ np.arange(N_GRADES)).astype(np.float32)
    cumulative = np.cumsum(probabilities, axis=1)[:, :-1]
    return GradePredictions(scores, cumulative, probabilities, np.round(scores).astype(np.int64))


class Says(OnnxGrader):
    """Says the same whatever it reads."""

    def __init__(self, grades: tuple[str, ...] = ("D", "C", "B", "A"), *, knows_cuts: bool = True) -> None:
        self.grades, self.n_features = grades, 1
        self.cuts = rounding_cuts(len(grades)) if knows_cuts else None


SEEDS = st.lists(st.integers(0, 1000), min_size=1, max_size=4, unique=True)


@given(SEEDS)
def test_a_pool_is_a_distribution_between_its_members(seeds: list[int]) -> None:
    """Probabilities are at least 0 and sum to 1; a score lies between the least and the greatest."""
    members = [said(seed) for seed in seeds]
    found = pool(members, equal_weights(len(members)), rounding_cuts(N_GRADES))
    assert (found.probabilities >= 0).all()
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1)
    np.testing.assert_allclose(found.probabilities, differences(found.cumulative))
    scores = np.stack([each.scores for each in members])
    assert (found.scores >= scores.min(axis=0) - 1e-6).all()
    assert (found.scores <= scores.max(axis=0) + 1e-6).all()
    assert (found.codes == np.floor(found.scores + 0.5)).all()


@given(SEEDS, st.integers(0, 1000))
def test_learnt_weights_are_shares_and_do_no_worse_than_any_member(seeds: list[int], seed: int) -> None:
    """On the essays that taught them the pool misses no more than the best member or the plain average."""
    members = [said(each) for each in seeds]
    codes = np.random.default_rng(seed).integers(0, N_GRADES, 40)
    weights = stacked_weights(members, codes)
    assert min(weights) >= 0
    assert sum(weights) == pytest.approx(1)
    reached = codes[:, None] <= np.arange(N_GRADES - 1)

    def missed(shares: tuple[float, ...]) -> float:
        pooled = pool(members, shares, rounding_cuts(N_GRADES))
        return float(((pooled.cumulative - reached) ** 2).sum(axis=1).mean())

    alone = [tuple(float(place == one) for place in range(len(members))) for one in range(len(members))]
    for other in (*alone, equal_weights(len(members))):
        assert missed(weights) <= missed(other) + 1e-9


def test_who_is_always_right_gets_everything() -> None:
    """Beside a member that knows, others count nothing."""
    codes = np.arange(40) % N_GRADES
    right = GradePredictions(
        codes.astype(np.float32),
        (codes[:, None] <= np.arange(N_GRADES - 1)).astype(np.float64),
        np.eye(N_GRADES)[codes],
        codes,
    )
    assert (0.0, 1.0) == pytest.approx(stacked_weights([said(1), right], codes))


def test_members_that_say_the_same_need_no_choice() -> None:
    """Where weights do not matter they are shares all the same."""
    one = said(1)
    weights = stacked_weights([one, one], np.arange(40) % N_GRADES)
    assert sum(weights) == pytest.approx(1)


@pytest.mark.parametrize("n", [0, 9])
def test_too_few_or_too_many_members_are_refused(n: int) -> None:
    """Two to eight."""
    with pytest.raises(InputError, match=f"{n} members"):
        stacked_weights([said(1)] * n, np.zeros(40, dtype=np.int64))


def test_other_grades_cannot_be_pooled() -> None:
    """The message names both scales."""
    column = np.zeros(1, dtype=np.intp)
    with pytest.raises(BundleError, match=r"D C B A and F E"):
        PooledGrader([(Says(), column), (Says(("F", "E")), column)], (0.5, 0.5), rounding_cuts(4), width=1)


def test_rows_of_another_width_are_refused() -> None:
    """As by any grader."""
    grader = PooledGrader([(Says(), np.zeros(1, dtype=np.intp))], (1.0,), rounding_cuts(4), width=3)
    with pytest.raises(BundleError, match=r"expects \(n, 3\)"):
        grader.predict(np.zeros((2, 2), dtype=np.float32))


def test_cuts_are_the_mean_of_the_members() -> None:
    """Each must say where its grades end."""
    assert [0.5, 1.5, 2.5] == pooled_cuts([Says(), Says()], (0.3, 0.7)).tolist()
    with pytest.raises(BundleError, match="where its grades end"):
        pooled_cuts([Says(), Says(knows_cuts=False)], (0.5, 0.5))
