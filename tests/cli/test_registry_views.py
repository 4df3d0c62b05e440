"""Models, runs and differences as the terminal shows them."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from gradewise.cli.columns import in_columns
from gradewise.cli.registry.difference import difference_notes, difference_table
from gradewise.cli.registry.keeping import retention_of
from gradewise.cli.registry.views import (
    fact_words,
    interval_words,
    model_line,
    model_page,
    model_table,
    sparkline,
)
from gradewise.evaluation.results import Interval
from gradewise.registry.differences import differences
from gradewise.registry.summaries import summarise
from gradewise.workflows.registry.catalogue import KnownModel, Listing
from remembered_registry import record_of, state_of
from small_registry import new_model

MODEL = replace(
    record_of(new_model(1)),
    metrics={"mae": 0.5},
    feature_names=("length", "words"),
    metadata={"data": {"n": 300}},
)
OTHER = replace(
    record_of(new_model(2)),
    metrics={"qwk": {"estimate": 0.7, "low": -0.1, "high": 0.9}, "mae": 0.4},
    feature_names=("words", "errors"),
    metadata={"data": {"n": 310}},
)
NAN = float("nan")


def _shown(table: Table) -> str:
    written = io.StringIO()
    Console(width=100, file=written).print(table)
    return written.getvalue()


def test_who_registered_a_model_is_left_out_where_a_terminal_is_narrow() -> None:
    """A pipe gets every column; figures of another kind are shown by name."""
    listing = Listing((MODEL, OTHER), {MODEL.id: "anna@school"}, more=False)
    wide, narrow = model_table(listing, width=None), model_table(listing, width=60)
    assert wide.splitlines()[0].endswith("by")
    assert "anna" in wide
    assert "anna" not in narrow
    assert "0.500" in wide
    third = Listing((MODEL, OTHER, replace(OTHER, metrics={"qwk": 0.6})), {}, more=False)
    assert "mae 0.500" in model_table(third, width=None)


@pytest.mark.parametrize(
    ("expected", "interval"),
    [
        ("0.500", Interval(0.5, NAN, NAN)),
        ("–", Interval(NAN, NAN, NAN)),
        ("0.100 (−0.200 to 0.300)", Interval(0.1, -0.2, 0.3)),
    ],
    ids=["no bounds", "not defined", "around zero"],
)
def test_figures_are_shown_as_far_as_they_are_defined(expected: str, interval: Interval) -> None:
    """A line where there is none."""
    assert expected == interval_words(interval)


def test_a_model_in_a_line_names_its_figure() -> None:
    """Whichever speaks for it."""
    assert "essays 20260131_000001, dev, registered 2026-01-31; mae 0.500" == model_line(MODEL)


def test_two_models_stand_side_by_side() -> None:
    """What differs by area, every figure, and which features only one of them reads."""
    found = differences(MODEL, OTHER)
    rows = [line.split() for line in _shown(difference_table(found)).splitlines()]
    assert ["data.n", "300", "310"] in rows
    assert ["QWK", "–", "0.700", "(−0.100", "to", "0.900)"] in rows
    assert ["mae", "0.500", "0.400", "−0.100"] in rows
    gone, new, hint = difference_notes(found)
    assert ("20260131_000001 alone reads length", "20260131_000002 alone reads errors") == (gone, new)
    assert "gradewise compare --model-a essays:20260131_000001" in hint


def test_models_without_figures_have_none_to_compare() -> None:
    """Nothing is said of essays either."""
    bare = replace(MODEL, metrics={}, metadata={})
    found = differences(bare, replace(bare, id=OTHER.id))
    assert "figures" not in _shown(difference_table(found))
    assert [] == difference_notes(found)


def test_a_page_tells_the_essays_of_each_grade_on_one_line() -> None:
    """And of a bundle that was deleted where it lies no more."""
    data = {"data": {"n": 300, "label_counts": {"F": 100, "E": 200}}}
    gone = replace(MODEL, metadata=data, pruned_at=MODEL.created_at)
    lines = model_page(KnownModel(gone, (), ())).splitlines()
    assert "  data.label_counts  F 100, E 200" in lines
    assert ["bundle", "deleted"] in [line.split() for line in lines]


def test_digests_are_told_by_their_beginning() -> None:
    """A whole one would break into lines, and tells no more."""
    sides = [
        replace(each, metadata={"data_sha256": digit * 64}) for each, digit in ((MODEL, "a"), (OTHER, "b"))
    ]
    rows = [line.split() for line in _shown(difference_table(differences(*sides))).splitlines()]
    assert ["data_sha256", "a" * 12, "b" * 12] in rows


def test_facts_are_told_on_a_line() -> None:
    """What is absent, empty or long."""
    assert ("–", "none", "9 entries", "a, b") == tuple(
        fact_words(value) for value in (None, [], list(range(9)), ["a", "b"])
    )


def test_a_line_of_blocks_is_as_high_as_intervals_are_wide() -> None:
    """One version has none; equal ones lie in the middle."""
    assert "" == sparkline(summarise(state_of(("register", 1, "dev"), metrics={1: {"qwk": 0.5}})))
    two = state_of(("register", 1, "dev"), ("register", 2, "dev"), metrics={1: {"qwk": 0.5}, 2: {"qwk": 0.5}})
    assert "▄▄" == sparkline(summarise(two))
    risen = state_of(
        ("register", 1, "dev"), ("register", 2, "dev"), metrics={1: {"qwk": 0.4}, 2: {"qwk": 0.5}}
    )
    assert "▁█" == sparkline(summarise(risen))


def test_columns_stand_left_or_right() -> None:
    """The last one leaves no blanks behind."""
    assert "name   n\na     10" == in_columns([("name", "n"), ("a", "10")], right=[1])
    assert "name  n\na     1" == in_columns([("name", "n"), ("a", "1")])


def test_options_stand_above_the_retention_of_a_plan(tmp_path: Path) -> None:
    """And defaults below it."""
    plan = tmp_path / "plan.yaml"
    plan.write_text("name: a\ndata: {train: essays.csv}\nretention: {newest: 2, days: 7}\n")
    found = retention_of({"newest": None, "days": 0, "former": None}, plan)
    assert (2, 0, 3) == (found.newest, found.days, found.former)
