"""How the models of a name have fared."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gradewise.evaluation.results import Interval
from gradewise.registry.records import ModelRecord
from gradewise.registry.stages import Stage
from gradewise.registry.summaries import summarise, times_in_use
from remembered_registry import Step, model_id, state_of

FIGURES: dict[int, dict[str, Any]] = {
    1: {"qwk": 0.6},
    2: {"qwk": {"estimate": 0.7, "low": 0.6, "high": 0.8}},
    3: {"mae": 0.5},
    4: {"qwk": 0.65},
}
LIFE: tuple[Step, ...] = (
    ("register", 1, "dev"), ("promote", 1, "staging"), ("promote", 1, "production"),
    ("register", 2, "dev"), ("promote", 2, "staging"), ("promote", 2, "production"),
    ("rollback", 1, "production"), ("register", 3, "dev"), ("archive", 1, "archived"), ("register", 4, "dev"),
)  # fmt: skip


def test_versions_are_followed_by_the_figure_that_speaks_for_most() -> None:
    """In the order of their registration; a version without the figure is passed over."""
    found = summarise(state_of(*LIFE, metrics=FIGURES))
    assert "qwk" == found.metric
    assert [0.6, 0.7, 0.65] == [point.figure.estimate for point in found.points]
    assert Interval(0.7, 0.6, 0.8) == found.points[1].figure
    assert found.best == found.points[1]
    assert -0.05 == round(found.change or 0, 9)
    assert not found.same_essays


def test_another_figure_may_be_followed() -> None:
    """Of one point there is no change; of none no best."""
    state = state_of(*LIFE, metrics=FIGURES)
    assert (1, None) == (len(summarise(state, metric="mae").points), summarise(state, metric="mae").change)
    assert None is summarise(state, metric="rps").best
    assert None is summarise(state_of(*LIFE)).metric


def test_the_trail_says_who_was_in_use_when() -> None:
    """Each stretch begins with what brought a model there, and ends with what took it away."""
    found = times_in_use(state_of(*LIFE).changes)
    assert [(model_id(1), 3, 6), (model_id(2), 6, 7), (model_id(1), 7, 9)] == [
        (each.model_id, each.began.serial, each.ended and each.ended.serial) for each in found
    ]
    assert None is times_in_use(state_of(*LIFE[:3]).changes)[0].ended


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["staging", "production", "archived"]))))
def test_stretches_in_use_never_overlap(acts: list[tuple[int, Stage]]) -> None:
    """And the last one is open just when a model is in production."""
    begun: list[Step] = [("register", number, "dev") for number in (1, 2, 3)]
    state = state_of(*begun, *(("promote", number, stage) for number, stage in acts))
    times = times_in_use(state.changes)
    for before, after in pairwise(times):
        assert before.ended is not None
        assert before.ended.serial <= after.began.serial
    now = times[-1] if times and times[-1].ended is None else None
    assert _id(state.production) == (None if now is None else now.model_id)


def _id(model: ModelRecord | None) -> str | None:
    return None if model is None else model.id
