"""The gate that asks a candidate to be no worse than production, where the two are equally good."""

from dataclasses import replace

import numpy as np

from graded_essays import certain_grades
from gradewise.evaluation.gates import judge_gates
from gradewise.evaluation.promotion_gates import promotion_gates, promotion_rule
from gradewise.evaluation.results import Graded, Resampling
from gradewise.evaluation.side_by_side import paired_difference

N_TRIALS, N_ESSAYS, N_GRADES = 200, 120, 6
RULES = promotion_gates([promotion_rule("qwk_over_production", "at least", 0.0, required=True)])


def equals(generator: np.random.Generator) -> tuple[Graded, Graded]:
    """Two models that miss by as much, each in its own way, on the same essays."""
    truth = generator.integers(N_GRADES, size=N_ESSAYS)
    errors = np.rint(generator.normal(0, 0.9, size=(2, N_ESSAYS))).astype(np.int64)
    first, second = np.clip(truth + errors, 0, N_GRADES - 1)
    graded = certain_grades(truth, first, n_grades=N_GRADES)
    return graded, replace(graded, predicted_codes=second, scores=second.astype(np.float64))


def test_equals_are_called_better_or_worse_at_the_nominal_rate() -> None:
    """About 2.5 % of equals are shown to be no worse, as many to be worse; the rest is left open."""
    generator = np.random.default_rng(7)
    verdicts = []
    for _ in range(N_TRIALS):
        candidate, production = equals(generator)
        figure = paired_difference("qwk", candidate, production, resampling=Resampling(200))
        (judged,) = judge_gates(RULES, {"qwk_over_production": figure}).rules
        verdicts.append(judged.verdict)
    shares = {name: verdicts.count(name) / N_TRIALS for name in ("passed", "failed", "not shown")}
    assert shares["passed"] <= 0.06
    assert shares["failed"] <= 0.06
    assert shares["not shown"] >= 0.88


def test_the_same_model_is_no_worse_than_itself() -> None:
    """Its difference from itself is 0 and never varies."""
    candidate, _ = equals(np.random.default_rng(1))
    figure = paired_difference("qwk", candidate, candidate, resampling=Resampling(100))
    assert judge_gates(RULES, {"qwk_over_production": figure}).passed
