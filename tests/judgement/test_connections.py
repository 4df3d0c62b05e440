"""Which items hang together, and by what."""

import numpy as np
from hypothesis import given, settings

from gradewise.judgement.bradley_terry import Prior, fit_scores
from gradewise.judgement.comparisons import compare
from gradewise.judgement.connections import connected_groups, held_by_prior
from gradewise.judgement.decisions import Comparison
from judged_pairs import decisions


def _wins(text: str) -> list[Comparison]:
    return [Comparison(pair[0], pair[1], first_won=True) for pair in text.split()]


def test_winners_and_losers_of_everything_are_held_by_the_prior() -> None:
    """Among a, b and c each beat each other in a chain; d won every time and e lost every time."""
    comparisons = compare(_wins("ab bc ca da be"), items="abcdef")
    assert [False, False, False, True, True, True] == held_by_prior(comparisons).tolist()
    assert [0, 0, 0, 0, 0, 1] == connected_groups(comparisons).tolist()


def test_without_a_chain_all_are_held_by_the_prior() -> None:
    """Where nobody beat, by any chain, somebody who beat him, no score is held by comparisons."""
    assert held_by_prior(compare(_wins("ab bc ac"))).all()


@settings(max_examples=25)
@given(decisions(least=6))
def test_only_what_the_prior_holds_moves_with_it(rows: list[Comparison]) -> None:
    """With a flatter prior, distances within the part held by comparisons come to rest, and others grow."""
    comparisons = compare(rows)
    held = ~held_by_prior(comparisons)
    flat, flatter = (fit_scores(comparisons, prior=Prior(spread)).values for spread in (1e3, 1e4))
    if held.any():
        np.testing.assert_allclose(np.ptp(flat[held]), np.ptp(flatter[held]), atol=1e-2)
    if held_by_prior(comparisons).any() and fit_scores(comparisons).n_groups == 1:
        assert np.ptp(flatter) > np.ptp(flat) + 0.5
