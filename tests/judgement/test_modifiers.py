"""Minus and plus within a grade, and the grade below the lowest."""

import numpy as np
import pytest

from gradewise.errors import InputError
from gradewise.essays.scales import find_scale
from gradewise.judgement.boundaries import Boundaries
from gradewise.judgement.comparisons import Floats
from gradewise.judgement.modifiers import (
    modifiers_of,
    signed_grades,
    usual_population,
    with_lower_grade,
)
from gradewise.judgement.projection import Projection

SWEDISH = find_scale("swedish8")
ENDS = np.arange(7.0)


def _projection(values: Floats) -> Projection:
    codes = np.searchsorted(ENDS, values).astype(np.int64)
    return Projection(
        scale=SWEDISH,
        items=tuple(f"e{place}" for place in range(values.size)),
        probabilities=np.eye(8)[codes],
        codes=codes,
        boundaries=Boundaries(scale=SWEDISH, positions=ENDS, draws=ENDS[None, :], noise=0.5),
        concerns=(),
    )


def test_outer_quarters_have_signs_where_the_scale_has_them() -> None:
    """E lies between 0 and 1, D between 1 and 2, D+ between 2 and 3, B between 5 and 6, A above."""
    values = np.array([-0.1, 0.1, 0.5, 0.9, 1.1, 1.9, 2.1, 2.9, 5.1, 5.9, 6.1, 6.5, 9.0])
    expected = ("F", "E-", "E", "E+", "D-", "D", "D+", "D+", "B-", "B+", "A-", "A", "A")
    assert expected == signed_grades(_projection(values), values, modifiers_of(SWEDISH))


def test_two_grades_have_one_end_and_no_width() -> None:
    """A scale of two grades has one boundary; a grade is then taken to be one logit wide."""
    scale = find_scale("0-1")
    values = np.array([-0.5, 0.5])
    one = Boundaries(scale=scale, positions=np.zeros(1), draws=np.zeros((1, 1)), noise=1.0)
    projection = Projection(
        scale=scale,
        items=("a", "b"),
        probabilities=np.eye(2),
        codes=np.array([0, 1]),
        boundaries=one,
        concerns=(),
    )
    assert ("0", "1") == signed_grades(projection, values, modifiers_of(SWEDISH))


def test_the_lower_grade_comes_first() -> None:
    """A scale with a grade below its lowest gets it as its lowest."""
    assert ("F", "F+", "E-") == with_lower_grade(find_scale("eng5")).grades[:3]
    assert "0" == with_lower_grade(find_scale("eng5_national")).grades[0]


def test_usual_shares_are_shares() -> None:
    """Every grade has one, and together they are everybody."""
    shares = usual_population(SWEDISH)
    assert SWEDISH.grades == tuple(shares)
    assert pytest.approx(1) == sum(shares.values())


def test_a_scale_without_them_is_refused() -> None:
    """The message says which scales have them."""
    cefr = find_scale("cefr")
    with pytest.raises(InputError, match="scale cefr has no minus and plus; swedish8 has"):
        modifiers_of(cefr)
    with pytest.raises(InputError, match="no grade below its lowest; eng5, eng5_national has"):
        with_lower_grade(cefr)
    with pytest.raises(InputError, match="no usual shares"):
        usual_population(cefr)
