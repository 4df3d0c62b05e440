"""A challenger is ready, not yet, or worse, by what teachers said."""

import numpy as np
import pytest

from gradewise.essays.codes import Codes
from gradewise.evaluation.challenge import Challenge, judge_challenge
from gradewise.evaluation.results import Graded, Resampling
from gradewise.testing.graders import SCALE

RESAMPLING = Resampling(50, 0.95, 0, None)


def graded(true: Codes, off: Codes) -> Graded:
    """Grades so many steps off."""
    n, codes = len(true), np.clip(true + off, 0, SCALE.n_grades - 1)
    return Graded(
        essay_ids=tuple(f"{row}" for row in range(n)),
        true_codes=true,
        predicted_codes=codes,
        scores=codes.astype(np.float64),
        probabilities=np.eye(SCALE.n_grades)[codes],
    )


def judged(n: int, *, champion_off: float, challenger_off: float) -> Challenge:
    """A trial over so many essays, in which the models are a step off with these probabilities."""
    generator = np.random.default_rng(7)
    true = generator.integers(0, SCALE.n_grades, n)
    first, second = (
        (generator.random(n) < share).astype(np.int64) for share in (champion_off, challenger_off)
    )
    return judge_challenge(graded(true, first), graded(true, second), scale=SCALE, resampling=RESAMPLING)


@pytest.mark.parametrize(
    ("champion_off", "challenger_off", "readiness"),
    [(0.9, 0.1, "ready"), (0.1, 0.9, "worse")],
    ids=["ready", "worse"],
)
def test_a_clear_difference_is_decided(champion_off: float, challenger_off: float, readiness: str) -> None:
    """Once it is known which is nearer, no more grades are needed."""
    found = judged(400, champion_off=champion_off, challenger_off=challenger_off)
    assert (readiness, 0, 400) == (found.readiness, found.more, found.n)
    assert found.squared_grades == 16


def test_a_promising_challenger_needs_more() -> None:
    """A small lead is told with about how many more grades would show it."""
    found = judged(60, champion_off=0.5, challenger_off=0.3)
    assert found.readiness == "not yet"
    assert found.more is not None
    assert found.more > 20


def test_a_lead_that_is_due_needs_one_more_at_least() -> None:
    """Where chance was late, at least one more grade is asked for."""
    found = judged(60, champion_off=0.5, challenger_off=0.3)
    late = Challenge(
        scale=found.scale, sequence=found.sequence, needed=found.n - 5, comparison=found.comparison
    )
    assert late.more == 1


def test_a_challenger_that_is_the_champion_is_never_ready() -> None:
    """Where both say the same, more grades would never show anything."""
    generator = np.random.default_rng(1)
    true = generator.integers(0, SCALE.n_grades, 200)
    one = graded(true, generator.integers(-1, 2, 200))
    found = judge_challenge(one, one, scale=SCALE, resampling=RESAMPLING)
    assert ("not yet", None) == (found.readiness, found.more)
    assert found.comparison.changed == ()
