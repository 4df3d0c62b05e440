"""What differs between two models."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gradewise.evaluation.results import Interval
from gradewise.registry.differences import (
    AREAS,
    FactDifference,
    FigureDifference,
    differences,
    flat_facts,
)
from gradewise.registry.record_json import differences_to_json, record_to_json
from remembered_registry import record_of
from small_registry import new_model

FIRST = replace(
    record_of(new_model(1)),
    metrics={"qwk": {"estimate": 0.7, "low": 0.6, "high": 0.8}, "rps": 0.1},
    hyperparameters={"rounds": 100, "seed": 1},
    feature_names=("length", "errors"),
    metadata={
        "data": {"sha256": "aa", "n": 100},
        "split_plan": "one",
        "versions": {"python": "3.11"},
        "copies": ["store/1"],
        "origin": {"id": "a"},
        "calibration": "sigmoid",
    },
)
SECOND = replace(
    record_of(new_model(2)),
    metrics={"qwk": {"estimate": 0.75, "low": 0.7, "high": 0.8}, "mae": 0.5},
    hyperparameters={"rounds": 200, "seed": 1},
    feature_names=("length", "words"),
    metadata={
        "data": {"sha256": "aa", "n": 120},
        "split_plan": "one",
        "versions": {"python": "3.12"},
        "copies": ["store/2"],
        "origin": {"id": "b"},
    },
)

facts = st.dictionaries(
    st.sampled_from("abc"), st.integers(0, 3) | st.dictionaries(st.sampled_from("xy"), st.integers(0, 2))
)


def test_what_is_not_the_same_is_told_by_area() -> None:
    """Data, plan, versions, what else but where copies lie; what only one has differs from nothing."""
    found = differences(FIRST, SECOND)
    assert (
        FactDifference("data", "data.n", 100, 120),
        FactDifference("plan", "calibration", "sigmoid", None),
        FactDifference("plan", "rounds", 100, 200),
        FactDifference("versions", "versions.python", "3.11", "3.12"),
        FactDifference("other", "origin.id", "a", "b"),
    ) == found.facts
    assert ("errors",) == found.features_gone
    assert ("words",) == found.features_new


def test_every_figure_of_either_stands_beside_the_other() -> None:
    """Alike or not; what only one has shows no change."""
    figures = differences(FIRST, SECOND).figures
    assert ["qwk", "mae", "rps"] == [figure.metric for figure in figures]
    assert FigureDifference("qwk", Interval(0.7, 0.6, 0.8), Interval(0.75, 0.7, 0.8)) == figures[0]
    assert 0.05 == round(figures[0].change or 0, 9)
    assert [None, None] == [figure.change for figure in figures[1:]]


def test_figures_are_about_the_same_essays_only_where_that_is_known() -> None:
    """By digest of the data and split plan; unknown is not the same."""
    assert differences(FIRST, SECOND).same_essays
    assert not differences(
        FIRST, replace(SECOND, metadata={**SECOND.metadata, "split_plan": "two"})
    ).same_essays
    bare = replace(FIRST, metadata={})
    assert not differences(bare, bare).same_essays
    assert not differences(FIRST, replace(SECOND, metadata={"split_plan": "one", "data": "x"})).same_essays


def test_two_registrations_of_one_bundle_are_one_bundle() -> None:
    """Rows without a content id are never known to be the same."""
    assert differences(FIRST, replace(SECOND, content_id=FIRST.content_id)).same_bundle
    assert not differences(FIRST, SECOND).same_bundle
    bare = replace(FIRST, content_id=None)
    assert not differences(bare, bare).same_bundle


def test_differences_are_told_to_programs() -> None:
    """With the change of each figure; times in ISO 8601, what is not finite as null."""
    told = differences_to_json(differences(FIRST, SECOND))
    assert {"area": "plan", "key": "rounds", "first": 100, "second": 200} in told["facts"]
    assert {"estimate": 0.1, "low": None, "high": None} == told["figures"][2]["first"]
    assert "essays 20260131_000001" == told["first"]["label"]
    assert "2026-01-31T12:00:00+00:00" == record_to_json(FIRST)["created_at"]
    assert ["length", "errors"] == record_to_json(FIRST)["feature_names"]


@given(facts, facts)
def test_differences_turn_round_with_the_models(one: dict[str, object], other: dict[str, object]) -> None:
    """A model does not differ from itself, and who comes first only says who comes first."""
    first, second = replace(FIRST, metadata=one), replace(SECOND, metadata=other)
    assert () == differences(first, first).facts
    forth, back = differences(first, second), differences(second, first)
    assert forth.facts == tuple(
        FactDifference(fact.area, fact.key, fact.second, fact.first) for fact in back.facts
    )
    assert sorted(forth.facts, key=lambda fact: AREAS.index(fact.area)) == list(forth.facts)


def test_nested_facts_are_flat() -> None:
    """An empty part stands for itself."""
    assert {"a.b": 1, "c": {}} == flat_facts({"a": {"b": 1}, "c": {}})
