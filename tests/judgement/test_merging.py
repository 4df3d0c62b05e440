"""Judgement and a model as one distribution."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import ndtr

from gradewise.errors import InputError
from gradewise.judgement.merging import (
    LEVEL,
    Merged,
    disagreements,
    median_code,
    merge,
    pool,
    spreads,
    widen,
)

N_GRADES = 8
Floats = NDArray[np.float64]


def _normal(mean: float, deviation: float) -> tuple[float, ...]:
    """A normal distribution over eight grades."""
    below = ndtr((np.arange(N_GRADES - 1) + 0.5 - mean) / deviation)
    return tuple(np.diff(np.concatenate([[0.0], below, [1.0]])).tolist())


@st.composite
def distributions(draw: st.DrawFn) -> tuple[float, ...]:
    """Any distribution over eight grades, certain ones among them."""
    weights = draw(st.lists(st.floats(0, 1), min_size=N_GRADES, max_size=N_GRADES))
    weights[draw(st.integers(0, N_GRADES - 1))] = 1.0
    row = np.array(weights) / np.sum(weights)
    return tuple(row.tolist())


def _row(*rows: tuple[float, ...]) -> Floats:
    return np.array(rows)


@settings(max_examples=40)
@given(
    st.dictionaries(st.text(max_size=5), distributions(), max_size=6),
    st.data(),
    st.floats(0, 0.95),
)
def test_no_essay_is_lost_and_none_added(
    judged: dict[str, tuple[float, ...]], data: st.DataObject, dependence: float
) -> None:
    """Whichever essays the model spoke of: the same essays in the same order, each with a distribution."""
    spoken = data.draw(st.sets(st.sampled_from(sorted(judged)))) if judged else set()
    modelled = {essay: data.draw(distributions()) for essay in spoken}
    merged = merge(judged, modelled, dependence=dependence)
    assert list(judged) == list(merged)
    for essay, one in merged.items():
        assert 1 == pytest.approx(sum(one.probabilities))
        assert min(one.probabilities) >= 0
        assert (essay in spoken) == one.is_both
        assert one.confidence == one.probabilities[one.code]


@settings(max_examples=30)
@given(st.dictionaries(st.text(max_size=5), distributions(), min_size=1, max_size=4))
def test_without_a_model_it_is_exactly_judgement(judged: dict[str, tuple[float, ...]]) -> None:
    """Not a digit of the distribution changes, and the grade is the one that judgement gave."""
    codes = dict.fromkeys(judged, 3)
    expected = {
        essay: Merged(probabilities=row, code=3, is_both=False, disagrees=False)
        for essay, row in judged.items()
    }
    assert expected == merge(judged, {}, codes=codes)
    assert median_code(np.array(next(iter(judged.values())))) == next(iter(merge(judged, {}).values())).code


@settings(max_examples=50)
@given(distributions(), distributions(), st.floats(0, 0.95))
def test_the_order_of_the_two_does_not_matter(
    first: tuple[float, ...], second: tuple[float, ...], dependence: float
) -> None:
    """Judgement has no more say than a model that is as sure; a scale turned around turns the outcome."""
    pooled = pool(_row(first), _row(second), dependence=dependence)
    np.testing.assert_allclose(pooled, pool(_row(second), _row(first), dependence=dependence), atol=1e-9)
    turned = pool(_row(first[::-1]), _row(second[::-1]), dependence=dependence)[:, ::-1]
    np.testing.assert_allclose(pooled, turned, atol=1e-9)
    assert disagreements(_row(first), _row(second)) == disagreements(_row(second), _row(first))


@given(st.floats(3, 4), st.floats(0.4, 1.5), st.floats(0.4, 1.5))
def test_agreement_sharpens(mean: float, deviation: float, other: float) -> None:
    """Where both expect the same, the outcome is no less certain than the surer of them, nearly."""
    pair = _row(_normal(mean, deviation)), _row(_normal(mean, other))
    surer = min(spreads(pair[0])[1][0], spreads(pair[1])[1][0])
    assert spreads(pool(*pair))[1][0] <= surer + 0.02
    assert spreads(pool(pair[0], pair[0]))[1][0] < spreads(pair[0])[1][0]


@given(st.floats(0, 7), st.floats(0, 7), st.floats(0.2, 1.5), st.floats(0.2, 1.5))
def test_contradiction_makes_nobody_surer(mean: float, other: float, deviation: float, wide: float) -> None:
    """Where the two disagree, the outcome is less certain than the surer of them, and lies between them."""
    pair = _row(_normal(mean, deviation)), _row(_normal(other, wide))
    if not disagreements(*pair)[0]:
        return
    pooled = pool(*pair)
    (low, high) = sorted(float(spreads(rows)[0][0]) for rows in pair)
    assert spreads(pooled)[1][0] > min(spreads(rows)[1][0] for rows in pair)
    assert low <= spreads(pooled)[0][0] <= high


def test_two_who_are_certain_of_different_grades_meet_between() -> None:
    """D for certain and C for certain is D+ with doubts, not one of the two, and not any grade at all."""
    certain = np.eye(N_GRADES)
    pooled = pool(certain[[2]], certain[[6]])[0]
    assert 4 == pooled.argmax() == median_code(pooled)
    assert pooled[4] < 0.6
    assert disagreements(certain[[2]], certain[[6]]).all()


def test_who_knows_nothing_adds_nothing() -> None:
    """A model without a clue leaves what judgement knows, nearly as it was."""
    known, clueless = _row(_normal(3, 0.6)), np.full((1, N_GRADES), 1 / N_GRADES)
    np.testing.assert_allclose(known, pool(known, clueless), atol=0.03)


def test_a_model_that_reads_judgement_adds_less() -> None:
    """The more their errors have in common, the less does agreement sharpen."""
    rows = _row(_normal(3, 0.8))
    variances = [spreads(pool(rows, rows, dependence=each))[1][0] for each in (0.0, 0.3, 0.6, 0.9)]
    assert sorted(variances) == variances
    assert variances[-1] <= spreads(rows)[1][0]


@given(st.integers(0, N_GRADES - 1))
def test_every_grade_can_be_given(code: int) -> None:
    """The lowest and the highest too."""
    row = _normal(code, 0.7)
    assert code == merge({"a": row}, {"a": row})["a"].code


@given(distributions(), distributions(), st.integers(0, N_GRADES - 1), st.integers(0, N_GRADES - 1))
def test_the_grade_is_between_both(
    one: tuple[float, ...], other: tuple[float, ...], first: int, second: int
) -> None:
    """Wherever the chances lie: of two who give one grade, nobody hears another one."""
    both = merge({"a": one}, {"a": other}, codes={"a": first}, modelled_codes={"a": second})["a"]
    assert min(first, second) <= both.code <= max(first, second)
    assert both.probabilities == merge({"a": one}, {"a": other})["a"].probabilities
    assert both.confidence == both.probabilities[both.code]


@given(distributions(), st.floats(0, 9))
def test_widening_keeps_a_distribution(row: tuple[float, ...], variance: float) -> None:
    """It sums to 1, and by nothing it is not changed."""
    wide = widen(_row(row), np.array([variance]))
    assert 1 == pytest.approx(wide.sum())
    np.testing.assert_allclose(_row(row), widen(_row(row), np.zeros(1)), atol=1e-12)


@pytest.mark.parametrize(
    ("judgement", "model", "common"),
    [
        pytest.param(0.5, 0.9, 0.0, id="surer judgement"),
        pytest.param(1.2, 0.7, 0.0, id="surer model"),
        pytest.param(0.8, 0.8, 0.0, id="equals"),
        pytest.param(0.8, 0.8, 0.3, id="errors in common"),
    ],
)
def test_few_are_flagged_by_chance(judgement: float, model: float, common: float) -> None:
    """Of essays about which both are right within their own errors, no more are flagged than was said."""
    n, dice = 20_000, np.random.default_rng(1)
    true = dice.normal(3.5, 1.6, n)
    errors = dice.normal(size=(2, n))
    seen = true + judgement * errors[0]
    read = true + model * (common * errors[0] + np.sqrt(1 - common**2) * errors[1])
    trust = 1.6**2 / (1.6**2 + model**2)
    flagged = disagreements(
        _rows(seen, judgement), _rows(3.5 + trust * (read - 3.5), np.sqrt(trust) * model), level=LEVEL
    )
    assert flagged.mean() <= LEVEL


def _rows(means: Floats, deviation: float) -> Floats:
    below = ndtr((np.arange(N_GRADES - 1)[None, :] + 0.5 - means[:, None]) / deviation)
    edge = np.zeros((means.size, 1))
    return np.asarray(np.diff(np.concatenate([edge, below, edge + 1], axis=1), axis=1))


GOOD, SHORT = (0.5, 0.5), (0.2, 0.3, 0.5)
REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "an essay that nobody judged": (lambda: merge({"a": GOOD}, {"b": GOOD}), "'b', which was not judged"),
    "another scale": (lambda: merge({"a": GOOD}, {"a": SHORT}), "use one scale"),
    "two scales of judgement": (lambda: merge({"a": GOOD, "b": SHORT}, {"a": GOOD, "b": GOOD}), "one scale"),
    "no distribution": (lambda: merge({"a": GOOD}, {"a": (0.5, 0.6)}), "does not sum to 1"),
    "a correlation of 1": (lambda: merge({"a": GOOD}, {"a": GOOD}, dependence=1), "dependence is 1"),
    "a level of 0": (lambda: merge({"a": GOOD}, {"a": GOOD}, level=0), "the level is 0"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_merged_is_refused(case: str) -> None:
    """The message says what is wrong."""
    act, message = REFUSED[case]
    with pytest.raises(InputError, match=message):
        act()
