"""A second teacher's grades must lie on the scale of the first."""

from collections.abc import Sequence

import pytest

from gradewise.errors import InputError
from gradewise.essays.prompt_scales import ASAP
from gradewise.essays.records import Essay
from gradewise.essays.scales import find_scale
from gradewise.essays.second_labels import FEWEST, require_one_scale


def graded_twice(pairs: Sequence[tuple[str, str | None]], *, prompt: str | None = None) -> list[Essay]:
    """Essays with these two grades each."""
    return [
        Essay(id=str(number), text="Text.", label=first, second_label=second, prompt=prompt)
        for number, (first, second) in enumerate(pairs)
    ]


SUMS = [(str(2 * mark), str(mark)) for mark in (2, 3, 3, 4, 4, 4, 5, 5, 6) * 3]
"""Sums of two marks from 1 to 6, beside one of the two."""


def test_a_sum_of_marks_beside_one_mark_is_refused() -> None:
    """Each mark is a grade of the sum's scale, yet the two are not on one scale."""
    with pytest.raises(InputError, match="standard deviations from the first's"):
        require_one_scale(graded_twice(SUMS), find_scale("2-12"))
    with pytest.raises(InputError, match="that is another scale"):
        require_one_scale(graded_twice(SUMS, prompt="1"), ASAP)


def test_a_severe_second_teacher_is_accepted() -> None:
    """Half a standard deviation apart is how teachers are; so is agreeing on one grade throughout."""
    severe = [(str(mark), str(max(1, mark - step % 2))) for step, mark in enumerate([2, 3, 4, 5, 6] * 6)]
    require_one_scale(graded_twice(severe), find_scale("1-6"))
    require_one_scale(graded_twice([("3", "3")] * 40), find_scale("1-6"))


def test_few_pairs_and_none_say_nothing() -> None:
    """Below the least number of pairs a difference may be chance."""
    require_one_scale(graded_twice(SUMS[: FEWEST - 1]), find_scale("2-12"))
    require_one_scale(graded_twice([(first, None) for first, _ in SUMS]), find_scale("2-12"))
    require_one_scale([Essay(id="a", text="Text.", second_label="3")], find_scale("2-12"))


def test_prompts_with_scales_of_their_own_are_looked_at_apart() -> None:
    """A prompt with long and one with short marks do not blur each other."""
    long = graded_twice([(str(mark), str(mark)) for mark in range(10, 60)], prompt="8")
    short = graded_twice([(mark, mark) for mark in "0123" * 10], prompt="3")
    require_one_scale([*long, *short], ASAP)
