"""What the registry knows, gathered."""

import asyncio
from datetime import timedelta

import pytest

from gradewise.errors import RegistryError
from gradewise.experiments import ExperimentEntry
from gradewise.registry.records import RunSummary
from gradewise.workflows.registry.catalogue import known_of, list_models, newest, summary_of
from remembered_registry import model_id, remembered, state_of
from small_registry import NOW, empty, judged

STATE = state_of(
    ("register", 1, "dev"), ("promote", 1, "staging"), ("promote", 1, "production"),
    ("register", 2, "dev"), ("promote", 2, "staging"), ("promote", 2, "production"),
    metrics={1: {"qwk": 0.6}, 2: {"qwk": 0.7}},
)  # fmt: skip
RUNS = tuple(
    ExperimentEntry(
        timestamp=f"2026-01-3{day}T12:00:00+00:00", run_name="cv", experiment="essays", command="cv",
        command_line="", state=state,
    )
    for day, state in ((1, "failed"), (0, "completed"))
)  # fmt: skip
SUMMARY = RunSummary(
    experiment="essays", command="cv", n=2, completed=1, failed=1, metric="qwk", best=0.7, latest_at=NOW
)
REGISTRY = remembered([STATE], gates=[judged(STATE.models[0], empty())], runs=RUNS, summary=[SUMMARY])


def test_models_are_listed_with_whoever_registered_them() -> None:
    """As many as asked for; older ones are said to be left out."""
    listing = asyncio.run(list_models(REGISTRY, limit=1))
    assert ((model_id(2),), True) == (tuple(model.id for model in listing.models), listing.more)
    assert "teacher@school" == listing.registered_by[model_id(2)]
    everything = asyncio.run(list_models(REGISTRY, name="essays", stage="archived", limit=9))
    assert ((model_id(1),), False) == (tuple(model.id for model in everything.models), everything.more)


def test_the_newest_run_is_one_that_ended_well() -> None:
    """And the newest model is whichever was registered last; of a name that is not there, neither."""
    found = asyncio.run(newest(REGISTRY))
    assert (model_id(2), RUNS[1]) == (found.model and found.model.id, found.run)
    absent = asyncio.run(newest(REGISTRY, "poems"))
    assert (None, None) == (absent.model, absent.run)


def test_a_model_is_known_by_what_was_done_about_it() -> None:
    """Its making room for another included; and by what gates said of its bundle."""
    first, second = (asyncio.run(known_of(REGISTRY, model)) for model in reversed(STATE.models))
    assert [6, 3, 2, 1] == [change.serial for change in first.changes]
    assert [6, 5, 4] == [change.serial for change in second.changes]
    assert ((), 1) == (first.gates, len(second.gates))


def test_names_and_runs_are_summed_up() -> None:
    """All of them or one; a name that is neither of models nor of runs is refused."""
    found = asyncio.run(summary_of(REGISTRY))
    assert (["essays"], (SUMMARY,)) == ([each.state.name for each in found.names], found.runs)
    assert NOW + timedelta(hours=3) == found.names[0].points[1].model.created_at
    assert found == asyncio.run(summary_of(REGISTRY, name="essays"))
    with pytest.raises(RegistryError, match="no models and no runs of the name 'poems'"):
        asyncio.run(summary_of(REGISTRY, name="poems"))
