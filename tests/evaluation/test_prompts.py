"""Prompts one by one: who is judged, who is hard, and what is left to chance."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from graded_essays import missed_grades
from gradewise.evaluation.figures import headline_figures
from gradewise.evaluation.prompts import (
    PRIOR_ESSAYS,
    PromptLimits,
    drawn_to_mean,
    hardest_prompts,
    judged_prompts,
    prompt_sizes,
    worst_prompt_kappa,
)
from gradewise.evaluation.results import Graded
from gradewise.evaluation.weights import unit_weights

N, N_GRADES = 240, 5


graded = partial(missed_grades, n=N, n_grades=N_GRADES)
"""Essays whose grade is missed by so many steps or so."""


PROMPTS = tuple("abc"[row % 3] if row < 200 else "rare" for row in range(N))


def test_only_prompts_with_enough_essays_are_judged() -> None:
    """A rare prompt is not among them; without prompts there is none."""
    assert ("a", "b", "c") == tuple(judged_prompts(graded(1.0, prompts=PROMPTS), min_prompt=50))
    assert not judged_prompts(graded(1.0), min_prompt=1)


def of_prompts(bad: str) -> Graded:
    """Essays of two prompts, of which one is graded at random."""
    prompts = tuple("ab"[row % 2] for row in range(N))
    good, random = graded(0.1, prompts=prompts), graded(9.0)
    rows = np.array(prompts) == bad
    return replace(good, predicted_codes=np.where(rows, random.predicted_codes, good.predicted_codes))


@pytest.mark.parametrize("bad", ["a", "b"])
def test_the_worst_prompt_counts_and_is_drawn_towards_the_mean(bad: str) -> None:
    """The kappa lies between that of the worst prompt and the mean, as far as its size says."""
    essays = of_prompts(bad)
    shrunk = worst_prompt_kappa(essays, unit_weights(N), min_prompt=30)[0]
    rows = [np.array(essays.prompts) == prompt for prompt in "ab"]
    kappas = [headline_figures(essays, unit_weights(N) * row)["qwk"][0] for row in rows]
    mean = sum(kappas) / 2
    expected = (120 * min(kappas) + PRIOR_ESSAYS * mean) / (120 + PRIOR_ESSAYS)
    assert expected == pytest.approx(shrunk)
    assert min(kappas) < shrunk < mean


def test_weights_are_essays_drawn_again() -> None:
    """Essays that count twice give what they give when they stand there twice."""
    essays = of_prompts("a")
    measure = partial(worst_prompt_kappa, min_prompt=30)
    weights = np.stack([np.ones(N), np.full(N, 2.0), np.zeros(N)])
    once, twice, never = measure(essays, weights)
    assert once == measure(essays, unit_weights(N))[0]
    assert twice < once  # the same kappas, of which twice as many essays are surer
    assert np.isnan(never)


def test_without_a_judged_prompt_there_is_no_worst_one() -> None:
    """Nothing can be said, and nothing is."""
    assert np.isnan(worst_prompt_kappa(graded(1.0), unit_weights(N), min_prompt=2)).all()


def test_essays_without_a_prompt_make_none() -> None:
    """They are counted for no prompt, and not judged as one of theirs."""
    assert {"b": 2, "a": 1} == prompt_sizes(["b", "", "a", None, "b", ""])
    nameless = graded(1.0, prompts=("",) * 200 + ("a",) * 40)
    assert ("a",) == tuple(judged_prompts(nameless, min_prompt=30))


@given(
    hnp.arrays(np.float64, st.integers(1, 12), elements=st.floats(-1, 1)),
    st.data(),
)
def test_drawing_stays_between_a_figure_and_the_mean(figures: np.ndarray, data: st.DataObject) -> None:
    """Each figure moves towards the common mean and never past it; a larger prompt moves less."""
    sizes = np.array(data.draw(st.lists(st.integers(2, 900), min_size=len(figures), max_size=len(figures))))
    drawn = drawn_to_mean(figures, sizes)
    mean = (sizes * figures).sum() / sizes.sum()
    assert (np.abs(drawn - mean) <= np.abs(figures - mean) + 1e-9).all()
    np.testing.assert_allclose((drawn - mean) * (sizes + PRIOR_ESSAYS), (figures - mean) * sizes, atol=1e-9)


def test_what_is_not_defined_takes_no_part() -> None:
    """It stays undefined, and moves no other figure."""
    drawn = drawn_to_mean(np.array([np.nan, 0.4, 0.8]), np.array([50, 100, 100]))
    np.testing.assert_allclose([np.nan, 0.5, 0.7], drawn)
    assert np.isnan(drawn_to_mean(np.array([np.nan]), np.array([5]))).all()


def test_the_hardest_prompts_are_chosen_by_all_graders_together() -> None:
    """A grader that is bad on one prompt alone does not choose; half of the prompts at most are hard."""
    limits = PromptLimits(min_prompt=30, bottom_k=5)
    bad_on_a, bad_on_b = of_prompts("a"), of_prompts("b")
    assert ("a",) == hardest_prompts([(bad_on_a,)], limits)
    assert ("b",) == hardest_prompts([(bad_on_a,), (bad_on_b,), (bad_on_b,)], limits)
    assert () == hardest_prompts([(graded(1.0),)], limits)
    assert () == hardest_prompts([(bad_on_a,)], PromptLimits(min_prompt=N, bottom_k=5))
