"""Dealing units out."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gradewise.essays.allocation import bind_units, deal_folds, draw_prompts, draw_texts

CODES = st.lists(st.integers(0, 4), min_size=12, max_size=80)


def _generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_ties_bind_directly_and_through_others() -> None:
    """Essays that share a text, or a prompt through a shared text, are one unit."""
    ties = [("t1", "p1"), ("t2", "p2"), ("t3", "p3"), ("t1", "p2"), ("t4", "p1")]
    units = bind_units(range(5), ties, [0, 1, 2, 1, 1])
    assert [unit.members for unit in units] == [(0, 1, 3, 4), (2,)]
    assert units[0].labels == ((1, 3), (0, 1))
    assert (units[0].stratum, units[0].size) == (1, 4)


@given(CODES, st.integers(2, 6), st.integers(0, 99))
def test_single_essays_are_dealt_evenly(codes: list[int], n_folds: int, seed: int) -> None:
    """Folds partition the essays, and their counts of every grade differ by one at most."""
    units = bind_units(range(len(codes)), [(member,) for member in range(len(codes))], codes)
    folds = deal_folds(units, n_folds, _generator(seed))
    assert sorted(member for fold in folds for member in fold) == list(range(len(codes)))
    for code in set(codes):
        counts = [sum(codes[member] == code for member in fold) for fold in folds]
        assert max(counts) - min(counts) <= 1
    assert all(folds)


def test_grades_that_occur_once_are_dealt_to_fold_after_fold() -> None:
    """Where no grade is scarcer anywhere, the number of essays decides."""
    units = bind_units(range(9), [(member,) for member in range(9)], range(9))
    assert [3, 2, 2, 2] == [len(fold) for fold in deal_folds(units, 4, _generator())]


@given(CODES, st.sampled_from([0.1, 0.2, 0.5]), st.integers(0, 99))
def test_a_drawn_test_set_has_the_grades_in_proportion(codes: list[int], share: float, seed: int) -> None:
    """Each grade gives its share, to the next whole essay, unless too few would remain."""
    units = bind_units(range(len(codes)), [(member,) for member in range(len(codes))], codes)
    drawn = draw_texts(units, share, keep=2, never={4}, generator=_generator(seed))
    for code in range(4):
        taken = sum(codes[member] == code for member in drawn)
        assert taken <= max(0, codes.count(code) - 2)
        assert taken <= int(codes.count(code) * share) + 1
        assert taken >= min(int(codes.count(code) * share), max(0, codes.count(code) - 2))
    assert not any(codes[member] == 4 for member in drawn)


@given(st.integers(0, 50))
def test_a_rare_grade_is_not_drawn_with_another_either(seed: int) -> None:
    """Two essays of one text may have two grades: both stay where one of them must."""
    ties = [("same",), ("same",), ("same",), *((str(member),) for member in range(3, 12))]
    units = bind_units(range(12), ties, [0, 0, 4, *[0] * 9])
    drawn = draw_texts(units, 0.5, keep=1, never={4}, generator=_generator(seed))
    assert drawn
    assert drawn.isdisjoint(range(3))


@given(st.integers(0, 50))
def test_a_group_too_large_for_its_quota_stays(seed: int) -> None:
    """Copies of a text are drawn together or not at all."""
    ties = [("same",)] * 6 + [(str(member),) for member in range(6)]
    units = bind_units(range(12), ties, [0] * 12)
    drawn = draw_texts(units, 0.25, keep=1, never=set(), generator=_generator(seed))
    assert len(drawn) == 3
    assert drawn.isdisjoint(range(6))


@given(st.integers(0, 50))
def test_whole_prompts_are_drawn_near_the_share(seed: int) -> None:
    """Prompts of ten essays each, a fifth of twenty drawn, are four prompts."""
    prompts = [member // 10 for member in range(200)]
    units = bind_units(range(200), [(prompt,) for prompt in prompts], [member % 3 for member in range(200)])
    drawn = draw_prompts(units, 0.2, keep=5, generator=_generator(seed))
    assert len(drawn) == 40
    assert len({prompts[member] for member in drawn}) == 4


def test_at_least_the_smallest_prompt_is_drawn() -> None:
    """Where every prompt is larger than twice the share, the smallest is the test set."""
    prompts = [0] * 50 + [1] * 40 + [2] * 60
    units = bind_units(range(150), [(prompt,) for prompt in prompts], [0] * 150)
    assert draw_prompts(units, 0.05, keep=2, generator=_generator()) == frozenset(range(50, 90))
