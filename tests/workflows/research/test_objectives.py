"""What is made best, and when a configuration is given up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.workflows.plans.model import ModelPlan
from gradewise.workflows.research.objectives import fold_loss, hopeless, require_prompts
from gradewise.workflows.research.search_space import settings_key

CODES = np.array([0, 1, 2, 3, 4])


def test_for_an_error_a_fold_is_judged_by_distance() -> None:
    """The root mean squared distance of scores and grades."""
    assert 0.0 == fold_loss("rps", CODES.astype(np.float32), CODES)
    assert 1.0 == fold_loss("rmse", (CODES + 1).astype(np.float32), CODES)


def test_for_agreement_a_fold_is_judged_by_order_and_distances_alone() -> None:
    """Decoding may stretch and shift scores, so both cost nothing; scores without spread are worst."""
    assert 0.0 == pytest.approx(fold_loss("qwk", (CODES * 0.1 + 3).astype(np.float32), CODES))
    assert 2.0 == pytest.approx(fold_loss("worst_prompt_qwk", (4.0 - CODES).astype(np.float32), CODES))
    assert 1.0 == fold_loss("qwk", np.ones(5, dtype=np.float32), CODES)


@pytest.mark.parametrize(
    ("steps", "n_rivals", "expected"),
    [((9.0,), 9, False), ((9.0, 9.0), 3, False), ((9.0, 9.0), 4, True), ((0.5, 0.5), 4, False),
     ((1.0, 2.0), 4, False), ((0.0, 3.1), 4, True)],
    ids=["first fold", "few rivals", "worse", "better", "as the median", "worse on average"],
)  # fmt: skip
def test_a_configuration_is_hopeless_when_half_of_the_others_are_better(
    steps: tuple[float, ...], n_rivals: int, *, expected: bool
) -> None:
    """On the same folds, on average, and not before there are folds and rivals enough."""
    rivals = [(1.0, 2.0, 7.0)] * (n_rivals - 1) + [(3.0, 3.0)]
    assert expected == hopeless(steps, [*rivals, (0.0,)])


@given(st.lists(st.floats(0, 10), min_size=2, max_size=5))
def test_nothing_is_hopeless_beside_its_equals(steps: list[float]) -> None:
    """The median itself goes on."""
    assert not hopeless(steps, [steps] * 7)


def test_prompts_must_be_there_for_an_objective_about_them() -> None:
    """Without one that is large enough the objective is refused; others only do without."""
    prompts = ["a"] * 5 + ["b"] * 2 + [None]
    assert require_prompts("worst_prompt_qwk", prompts, min_prompt=5)
    assert not require_prompts("qwk", prompts, min_prompt=6)
    with pytest.raises(InputError, match="no prompt has 6 essays .the largest has 5."):
        require_prompts("worst_prompt_qwk", prompts, min_prompt=6)
    with pytest.raises(InputError, match="the largest has 0"):
        require_prompts("worst_prompt_qwk", [None], min_prompt=6)


def test_one_way_to_learn_has_one_key() -> None:
    """However it was asked for: a share left to its default is that, and digits beyond six are noise."""
    own = settings_key(ModelPlan())
    assert own == settings_key(ModelPlan(linear_share=0.5))
    assert own == settings_key(ModelPlan.model_validate({"booster": {"learning_rate": 0.0300000001}}))
    assert own != settings_key(ModelPlan(linear_share=0.4))
    assert settings_key(ModelPlan(probabilities="multiclass")) == settings_key(
        ModelPlan(probabilities="multiclass", linear_share=0.0)
    )
