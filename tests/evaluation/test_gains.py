"""Gains: paired, signed so that more is better, and honest about what chance explains."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.evaluation.bootstrap import paired_difference
from gradewise.evaluation.figures import headline_figures
from gradewise.evaluation.gains import ERRORS, figure_of, gains, loss_of
from gradewise.evaluation.results import METRICS, Graded, Resampling
from gradewise.evaluation.weights import unit_weights
from gradewise.evaluation.worst_prompt import PRIOR_ESSAYS, judged_prompts, worst_prompt_kappa

N, N_GRADES = 240, 5
DRAWN = Resampling(200, 0.95, 3, None)


def graded(noise: float, *, seed: int = 1, prompts: tuple[str, ...] | None = None, n: int = N) -> Graded:
    """Essays whose grade is missed by so many steps or so."""
    true = np.random.default_rng(7).integers(N_GRADES, size=n)
    scores = true + noise * np.random.default_rng(seed).normal(size=n)
    codes = np.clip(np.round(scores), 0, N_GRADES - 1).astype(np.int64)
    return Graded(
        essay_ids=tuple(str(row) for row in range(n)),
        true_codes=true,
        predicted_codes=codes,
        scores=scores,
        probabilities=np.eye(N_GRADES)[codes],
        prompts=prompts,
    )


def test_a_gain_is_positive_where_the_second_is_better() -> None:
    """Of errors less is better, of agreement more; the gain is above 0 for both."""
    found = gains(headline_figures, graded(1.2), graded(0.4), ("qwk", "rmse"), resampling=DRAWN)
    for gain in found.values():
        assert gain.shown
        assert not gain.lost
        assert 0 < gain.gain.low <= gain.gain.estimate <= gain.gain.high
        assert N == gain.n
    assert found["qwk"].before < found["qwk"].after
    assert found["rmse"].before > found["rmse"].after
    back = gains(headline_figures, graded(0.4), graded(1.2), ("qwk",), resampling=DRAWN)["qwk"]
    assert back.lost
    assert -found["qwk"].gain.estimate == back.gain.estimate


def test_the_same_grades_gain_nothing() -> None:
    """A way over itself gains 0, with no width, and that is not shown."""
    gain = gains(headline_figures, graded(1.0), graded(1.0), ("qwk",), resampling=DRAWN)["qwk"]
    assert (0.0, 0.0, 0.0) == (gain.gain.estimate, gain.gain.low, gain.gain.high)
    assert not gain.shown
    assert not gain.lost


def test_gains_agree_with_paired_differences() -> None:
    """The interval is that of `paired_difference` on the same draws."""
    before, after = graded(1.0), graded(0.8, seed=2)
    gain = gains(headline_figures, before, after, ("qwk",), resampling=DRAWN)["qwk"]
    expected = paired_difference("qwk", after, before, n_resamples=200, seed=3).difference
    assert expected == gain.gain


@given(st.sampled_from(METRICS), st.floats(-1, 1))
def test_losses_and_figures_undo_each_other(metric: str, figure: float) -> None:
    """Whatever the figure: less loss is better, and nothing is lost on the way."""
    assert figure == figure_of(metric, loss_of(metric, figure))
    better = figure - 0.1 if metric in ERRORS else figure + 0.1
    assert loss_of(metric, better) < loss_of(metric, figure)


PROMPTS = tuple("abc"[row % 3] if row < 200 else "rare" for row in range(N))


def test_only_prompts_with_enough_essays_are_judged() -> None:
    """A rare prompt is not among them; without prompts there is none."""
    assert ("a", "b", "c") == judged_prompts(graded(1.0, prompts=PROMPTS), min_prompt=50)
    assert () == judged_prompts(graded(1.0), min_prompt=1)


def of_prompts(bad: str, *, n: int = N) -> Graded:
    """Essays of two prompts, of which one is graded at random."""
    prompts = tuple("ab"[row % 2] for row in range(n))
    good, random = graded(0.1, prompts=prompts, n=n), graded(9.0, n=n)
    rows = np.array(prompts) == bad
    return Graded(
        essay_ids=good.essay_ids,
        true_codes=good.true_codes,
        predicted_codes=np.where(rows, random.predicted_codes, good.predicted_codes),
        scores=good.scores,
        probabilities=good.probabilities,
        prompts=prompts,
    )


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
