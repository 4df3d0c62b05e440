"""What a search tries next: never the same twice, whatever the sampler says, and the same every time."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.models.search import Choices, SearchSpace, Settings, Span, Trial
from gradewise.workflows.research.proposals import SearchRules, due, next_batch, untried

FINITE = SearchSpace((Choices("a", (1, 2, 3)), Span("b", 0.0, 0.4, step=0.1)))
CONTINUOUS = SearchSpace((Span("a", 0.01, 1.0, log=True), Choices("b", ("x", "y"))))
LARGE = SearchSpace((Span("a", 0, 99_999, whole=True),))
OWN = {"a": 2, "b": 0.2}


def rules(**changes: object) -> SearchRules:
    """Rules of a small search."""
    asked: dict[str, object] = {"trials": 40, "batch": 4, "sampler": "tpe", "prune": True, "seed": (7, 0)}
    return SearchRules(**(asked | changes))  # type: ignore[arg-type]


def identify(settings: Settings) -> str:
    """Spelled out."""
    return repr(sorted(settings.items()))


def stubborn(space: SearchSpace, told: Sequence[Trial], n: int, seed: int) -> list[Settings]:
    """A sampler that has only ever one idea: the first that it was told."""
    return [told[0].settings for _ in range(n)]


def searched(space: SearchSpace, own: Settings, of: SearchRules) -> list[Trial]:
    """Every trial of a search in which each configuration is judged at once."""
    trials: list[Trial] = []
    while True:
        batch = next_batch(of, space, own, trials, suggest=stubborn, identify=identify)
        if not batch:
            return trials
        trials += [
            Trial(number=len(trials) + place, settings=settings, state="complete", loss=float(place))
            for place, settings in enumerate(batch)
        ]


@given(
    space=st.sampled_from([FINITE, CONTINUOUS, LARGE]),
    seed=st.integers(0, 2**20),
    trials=st.integers(1, 30),
    batch=st.integers(1, 9),
    sampler=st.sampled_from(["tpe", "random"]),
)
def test_no_configuration_is_tried_twice(
    space: SearchSpace, seed: int, trials: int, batch: int, sampler: str
) -> None:
    """Whatever space, batch and sampler: all different, the plan's own first, as many as there can be."""
    of = rules(trials=trials, batch=batch, sampler=sampler, seed=(seed, 0))
    found = searched(space, OWN, of)
    names = [identify(trial.settings) for trial in found]
    assert len(set(names)) == len(names)
    assert OWN == found[0].settings
    if space is FINITE:
        assert min(trials, 15) == len(found)
    else:
        assert trials == len(found)
    assert all(space.holds(trial.settings) for trial in found[1:])


def test_proposals_are_a_function_of_seed_and_results() -> None:
    """The same search proposes the same; another seed, others."""
    first, again, other = (searched(CONTINUOUS, OWN, rules(seed=(seed, 0))) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_the_sampler_is_heard_once_there_is_something_to_tell() -> None:
    """First draws are random; then the sampler is told the trials that the space holds, and no others."""
    asked: list[int] = []

    def listening(space: SearchSpace, told: Sequence[Trial], n: int, seed: int) -> list[Settings]:
        asked.append(len(told))
        return [space.draw(np.random.default_rng((seed, place))) for place in range(n)]

    trials: list[Trial] = []
    outside: Settings = {"a": 50.0, "b": "z"}
    for _ in range(5):
        batch = next_batch(
            rules(trials=20), CONTINUOUS, outside, trials, suggest=listening, identify=identify
        )
        trials += [
            Trial(number=len(trials) + k, settings=each, state="complete", loss=1.0)
            for k, each in enumerate(batch)
        ]
    assert [7, 11, 15] == asked


def test_a_space_that_is_exhausted_has_nothing_untried() -> None:
    """Where every configuration was tried there is none; a large one is given up after many draws."""
    generator = np.random.default_rng(0)
    everything = {identify(FINITE.at(index)) for index in range(15)}
    assert untried(FINITE, everything, generator, identify) is None
    left = everything - {identify(FINITE.at(4))}
    assert FINITE.at(4) == untried(FINITE, left, generator, identify)
    assert untried(LARGE, {"one"}, generator, lambda _settings: "one") is None


def of_states(*states: str) -> list[Trial]:
    """Trials in these states."""
    return [Trial(number=k, settings={}, state=state) for k, state in enumerate(states)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("trials", "expected"),
    [
        ([], [0, 1, 2]),
        (of_states("complete"), [1, 2]),
        (of_states("waiting", "running"), [2]),
        (of_states("complete", "running", "complete"), []),
        (of_states("complete", "pruned", "complete"), [3, 4]),
        (of_states(*["complete"] * 5), []),
    ],
    ids=["first batch", "killed after one", "killed after two", "under way", "next, shorter", "all"],
)
def test_a_batch_is_queued_whole_and_after_the_one_before(trials: list[Trial], expected: list[int]) -> None:
    """What a killed process left half queued is completed; a batch waits for the one before it."""

    def batch_of(start: int) -> list[Settings]:
        return [{"n": start + k} for k in range(min(3, 5 - start))]

    found = due(rules(trials=5, batch=3), trials, batch_of)
    assert expected == [settings["n"] for settings in found]


def test_first_draws_are_few_but_some() -> None:
    """A quarter of the trials, one at least and ten at most."""
    firsts = [rules(trials=trials).first for trials in (1, 8, 40, 400)]
    assert [1, 2, 10, 10] == firsts
    assert all(one <= two for one, two in pairwise(firsts))
