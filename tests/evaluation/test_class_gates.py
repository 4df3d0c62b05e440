"""Gates of classes: better than the commonest class, and no class lost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from gradewise.evaluation.class_gates import FEWEST_OF_A_CLASS, class_gate_figures, count_lost
from gradewise.evaluation.gates import PRESETS, USUAL, judge_gates
from gradewise.evaluation.results import Graded, Interval, Resampling

RESAMPLING = Resampling(100, 0.95, 0)


def graded(true: list[int], given_: list[int], *, n_classes: int = 3) -> Graded:
    """Texts with their class and the model's."""
    probabilities = np.full((len(true), n_classes), 0.1 / max(n_classes - 1, 1))
    probabilities[np.arange(len(true)), given_] = 0.9
    return Graded(
        essay_ids=tuple(map(str, range(len(true)))),
        true_codes=np.array(true, dtype=np.int64),
        predicted_codes=np.array(given_, dtype=np.int64),
        scores=probabilities.max(axis=1),
        probabilities=probabilities,
        ordered=False,
    )


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=40))
def test_gains_are_those_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    """Over the answer that is always the commonest class."""
    true, given_ = [each for each, _ in pairs], [each for _, each in pairs]
    always = [int(np.bincount(true).argmax())] * len(true)
    found = class_gate_figures(graded(true, given_), resampling=RESAMPLING)
    macro = [f1_score(true, said, average="macro", zero_division=np.nan) for said in (given_, always)]
    right = [np.mean(np.equal(true, said)) for said in (given_, always)]
    assert macro[0] - macro[1] == pytest.approx(found["macro_f1_over_commonest"].estimate)
    assert right[0] - right[1] == pytest.approx(found["accuracy_over_commonest"].estimate)


def test_who_always_says_the_same_has_learnt_nothing() -> None:
    """The gain is none on every resample, and the gate is not passed."""
    found = class_gate_figures(graded([0] * 30 + [1] * 10, [0] * 40), resampling=RESAMPLING)
    assert Interval(0.0, 0.0, 0.0) == found["accuracy_over_commonest"]
    assert Interval(1, 1, 1) == found["lost_classes"]
    assert not judge_gates(PRESETS["classes"], found).passed


def test_a_good_model_passes() -> None:
    """Every rule is measured and holds."""
    true = [0, 1, 2] * 20
    found = class_gate_figures(graded(true, true), resampling=RESAMPLING)
    assert judge_gates(PRESETS["classes"], {**found, "ece": Interval(0.03, 0.02, 0.06)}).passed
    assert ("classes",) == USUAL[False]


def test_small_classes_are_not_lost() -> None:
    """Below ten texts none may be found by chance; without larger ones nothing is measured."""
    n = FEWEST_OF_A_CLASS - 1
    assert count_lost(graded([0] * 10 + [1] * n, [0] * (10 + n))) == 0
    assert count_lost(graded([0] * n, [1] * n)) is None
    assert "lost_classes" not in class_gate_figures(graded([0] * n, [1] * n), resampling=RESAMPLING)
