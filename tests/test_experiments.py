"""Entries of the experiment log are read back as they were written."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.experiments import entry_from_json, entry_to_json, headline
from gradewise.testing.contracts.experiment_tracker import make_experiment_entry

FINITE = st.floats(allow_nan=False, allow_infinity=False)
FIGURES = st.dictionaries(st.text(max_size=8), st.none() | FINITE, max_size=4)


@given(st.sampled_from(["completed", "failed"]), FIGURES, st.lists(st.text(max_size=9), max_size=3))
def test_an_entry_is_read_back_without_its_plan(
    state: str, metrics: dict[str, float | None], notes: list[str]
) -> None:
    """Whatever it says, by way of JSON; the plan stays with the run."""
    entry = replace(make_experiment_entry(state=state), metrics=metrics, notes=tuple(notes))
    assert replace(entry, plan={}) == entry_from_json(json.loads(json.dumps(entry_to_json(entry))))


@pytest.mark.parametrize(
    "record",
    [{}, {"schema_version": 2}, {"schema_version": 1}, {**entry_to_json(make_experiment_entry()), "odd": 1}],
    ids=["empty", "newer", "without-fields", "unknown-field"],
)
def test_what_is_no_entry_is_refused(record: dict[str, object]) -> None:
    """A record of another kind or version is not guessed at."""
    with pytest.raises(ValueError, match="not an entry"):
        entry_from_json(record)


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [
        ({}, ""),
        ({"rps": None}, ""),
        ({"rps": None, "mae": 0.5}, "mae 0.500"),
        ({"out_of_fold_qwk": 0.25}, "out of fold QWK 0.250"),
    ],
    ids=["none", "undefined", "the-first-defined", "in-words"],
)
def test_the_headline_is_the_first_figure_that_is_defined(
    metrics: dict[str, float | None], expected: str
) -> None:
    """Nothing, where there is none."""
    assert expected == headline(metrics)
