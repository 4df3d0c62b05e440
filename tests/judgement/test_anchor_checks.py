"""Anchors are checked by each other, and against where they lay before."""

import numpy as np
import pytest

from gradewise.errors import InputError
from gradewise.essays.scales import find_scale
from gradewise.judgement.anchor_checks import EarlierScore, anchor_drift, leave_one_out
from gradewise.judgement.anchors import Anchors
from gradewise.judgement.bradley_terry import Prior, Scores

SCALE = find_scale("1-4")


def _anchors(codes: list[int], values: list[float], error: float = 0.2) -> Anchors:
    return Anchors(
        scale=SCALE,
        items=tuple(f"a{place}" for place in range(len(codes))),
        codes=np.array(codes, dtype=np.int64),
        values=np.array(values),
        errors=np.full(len(codes), error),
    )


def _scores(anchors: Anchors) -> Scores:
    n = len(anchors.items)
    return Scores(
        items=anchors.items,
        values=anchors.values,
        errors=anchors.errors,
        covariance=np.diag(anchors.errors**2),
        prior=Prior(),
        groups=np.zeros(n, dtype=np.int64),
        converged=True,
    )


def test_anchors_in_order_get_their_own_grades_from_the_others() -> None:
    """Two anchors of each grade, well apart, find each other."""
    anchors = _anchors([0, 0, 1, 1, 2, 2, 3, 3], [-3.1, -2.9, -1.1, -0.9, 0.9, 1.1, 2.9, 3.1])
    checks = leave_one_out(_scores(anchors), anchors)
    assert [0] * 8 == [check.steps for check in checks]
    assert all(check.found == check.known and check.probability > 0.5 for check in checks)


def test_an_anchor_with_a_wrong_grade_is_found_out() -> None:
    """One that was judged like the lowest and is said to be the highest gets another grade."""
    anchors = _anchors([0, 0, 1, 1, 2, 2, 3, 3, 3], [-3.1, -2.9, -1.1, -0.9, 0.9, 1.1, 2.9, 3.1, -3.0])
    worst = min(leave_one_out(_scores(anchors), anchors), key=lambda check: check.probability)
    assert ("a8", "4", "1", -3) == (worst.item, worst.known, worst.found, worst.steps)


def test_an_anchor_on_which_the_only_other_grade_rests_is_not_checked() -> None:
    """Without it, nothing would say where a grade ends."""
    anchors = _anchors([0, 0, 3], [-1.0, -1.2, 1.0])
    assert ["a0", "a1"] == [check.item for check in leave_one_out(_scores(anchors), anchors)]


def test_an_earlier_batch_is_laid_over_by_the_median() -> None:
    """One anchor that moved is found, however far; the others stay."""
    anchors = _anchors([0, 1, 2, 3, 3], [-2.0, -1.0, 0.0, 1.0, 5.0])
    earlier = {
        f"a{place}": EarlierScore(value, 0.2) for place, value in enumerate([-1.5, -0.5, 0.5, 1.5, 2.5])
    }
    drift = anchor_drift(anchors, {**earlier, "elsewhere": EarlierScore(9, 0.1)})
    assert pytest.approx(-0.5) == drift.shift
    assert ["a4"] == [move.item for move in drift.moves if move.moved]
    assert pytest.approx(2.0) == drift.moves[0].earlier
    assert pytest.approx(5.0) == drift.moves[0].now


def test_anchors_that_scatter_are_held_against_their_scatter() -> None:
    """Where no anchor stays in place, none is called moved on its own."""
    anchors = _anchors([0, 1, 2, 3], [-2.0, -1.0, 1.0, 2.0], error=0.01)
    earlier = {f"a{place}": EarlierScore(value, 0.01) for place, value in enumerate([-1.0, -2.0, 2.0, 1.0])}
    assert [False] * 4 == [move.moved for move in anchor_drift(anchors, earlier).moves]


def test_two_common_anchors_do_not_lay_batches_over_each_other() -> None:
    """With fewer than three, an anchor that moved cannot be told from one that did not."""
    anchors = _anchors([0, 1, 2], [-1.0, 0.0, 1.0])
    with pytest.raises(InputError, match="2 anchors are in the earlier batch too; 3 or more"):
        anchor_drift(anchors, {"a0": EarlierScore(0, 1), "a1": EarlierScore(0, 1)})
