"""All that is found of a batch."""

from itertools import pairwise

import numpy as np
import pytest

from gradewise.errors import InputError
from gradewise.judgement.batches import BatchEssay, JudgedBatch
from gradewise.judgement.bradley_terry import fit_scores
from gradewise.judgement.comparisons import compare
from gradewise.judgement.decisions import Comparison
from gradewise.judgement.findings import arrays_of, examine_batch
from gradewise.judgement.judges import expected_first


def _batch(*rows: tuple[str, str], essays: str = "", positions_known: bool = True) -> JudgedBatch:
    """Each row's first essay won."""
    return JudgedBatch(
        id="b",
        essays=tuple(BatchEssay(id=name) for name in essays),
        comparisons=tuple(Comparison(one, other, first_won=True, judge="ann") for one, other in rows),
        positions_known=positions_known,
    )


def test_a_batch_says_who_won_always_and_who_met_nobody() -> None:
    """Essays whose place rests on the prior are named."""
    found = examine_batch(_batch(("a", "b"), ("b", "c"), essays="abcd"), n_resamples=200)
    assert ("a",) == found.always_won
    assert ("c",) == found.always_lost
    assert ("d",) == found.never_compared
    assert [1, 2, 4, 2] == found.ranks.tolist()
    low, high = found.intervals
    assert np.all(low < found.scores.values)
    assert np.all(found.scores.values < high)
    assert 2 == found.scores.n_groups


def test_where_position_is_not_known_nothing_is_said_of_it() -> None:
    """A table of winners and losers does not tell what was shown first."""
    found = examine_batch(_batch(("a", "b"), positions_known=False), n_resamples=200)
    assert () == found.bias
    assert np.isnan(found.first_expected)


def test_a_batch_without_comparisons_has_no_reliability() -> None:
    """Every essay is in the middle, and nothing is known."""
    found = examine_batch(_batch(essays="ab"))
    assert found.separation is None
    assert not found.adaptive


def test_pairs_that_were_chosen_for_their_nearness_are_seen() -> None:
    """Essays that were compared with their neighbours alone are closer than essays on the whole."""
    names = "abcdefghij"
    rows = [pair for pair in pairwise(names) for _ in range(3)]
    rows += [(other, one) for one, other in pairwise(names)]
    assert examine_batch(_batch(*rows), n_resamples=200).adaptive


def test_confidence_counts_where_that_is_asked_for() -> None:
    """A decision of a surer judge moves scores farther."""
    rows = (
        Comparison("a", "b", first_won=True, confidence=5),
        Comparison("a", "b", first_won=False, confidence=1),
    )
    batch = JudgedBatch(id="b", essays=(), comparisons=rows)
    assert pytest.approx(0) == examine_batch(batch, n_resamples=200).scores.values[0]
    assert examine_batch(batch, weighted=True, n_resamples=200).scores.values[0] > 0.1


def test_one_essay_is_no_batch() -> None:
    """There is nothing to compare it with."""
    with pytest.raises(InputError, match="batch 'b' has 1 essays"):
        arrays_of(_batch(essays="a"))


def test_weaker_essays_shown_first_are_expected_to_win_less() -> None:
    """A share won that scores explain is no sign that position matters."""
    rows = [Comparison("weak", "strong", first_won=place == 0) for place in range(10)]
    comparisons = compare(rows)
    assert pytest.approx(0.1, abs=0.02) == expected_first(comparisons, fit_scores(comparisons))
    nothing = compare([], items=["a", "b"])
    with pytest.raises(InputError, match="there is no comparison"):
        expected_first(nothing, fit_scores(nothing))
