"""Auxiliary sets: read, kept apart from the plan's own essays, refused when they teach nothing."""

from pathlib import Path

import numpy as np
import pytest

from gradewise.errors import InputError, PlanError
from gradewise.telemetry import Event, Notice, silent
from gradewise.workflows.datasets.prepare import Dataset, prepare_dataset
from gradewise.workflows.plans.reading import plan_yaml, read_plan, rebased
from gradewise.workflows.services import Services
from trials import Row, essay_rows, small_plan, write_csv

OWN = 150
SET = {"name": "marks", "file": "marks.csv", "targets": ["fluency", "depth"]}


def _marked(rows: list[Row]) -> list[Row]:
    return [
        {"text": row["text"], "fluency": str(number % 5), "depth": f"{number % 3},5"}
        for number, row in enumerate(rows)
    ]


def _prepared(
    services: Services, marked: list[Row], heard: list[Event] | None = None, **changes: object
) -> Dataset:
    write_csv(Path("marks.csv"), marked)
    plan = read_plan(small_plan(Path(), essay_rows(OWN), data={"auxiliary": [{**SET, **changes}]}))
    return prepare_dataset(plan, services, silent if heard is None else heard.append)


def test_marks_are_numbers_row_by_row(services: Services) -> None:
    """Each target is a column of numbers beside the essays, decimal commas included."""
    dataset = _prepared(services, _marked(essay_rows(OWN + 80)[OWN:]))
    (found,) = dataset.auxiliary
    assert ("marks", ("fluency", "depth"), 80) == (found.name, found.targets, len(found.essays))
    expected = np.array([[number % 5, number % 3 + 0.5] for number in range(80)])
    np.testing.assert_array_equal(expected, found.values)


def test_own_essays_are_left_out_of_an_auxiliary_set(services: Services) -> None:
    """A text that is trained or tested on teaches nothing by the back door; how many is said."""
    rows = essay_rows(OWN + 80)
    heard: list[Event] = []
    dataset = _prepared(services, _marked([*rows[:10], *rows[OWN:]]), heard)
    own = {essay.text for essay in dataset.essays}
    assert 80 == len(dataset.auxiliary[0].essays)
    assert own.isdisjoint(essay.text for essay in dataset.auxiliary[0].essays)
    assert Notice("10 essays of auxiliary set marks left out: they are among your own essays") in heard


def test_a_mark_that_is_no_number_is_named(services: Services) -> None:
    """The essay, the column and the value are named."""
    marked = _marked(essay_rows(OWN + 80)[OWN:])
    marked[3]["depth"] = "good"
    with pytest.raises(
        InputError, match="essay row-000004: 'depth' is 'good'; marks of an auxiliary set are numbers"
    ):
        _prepared(services, marked)


def test_few_essays_are_refused(services: Services) -> None:
    """A handful of essays teaches nothing that holds elsewhere."""
    with pytest.raises(InputError, match="has 20 essays to learn from, fewer than 50"):
        _prepared(services, _marked(essay_rows(OWN + 20)[OWN:]))


def test_a_set_without_a_column_of_essays_is_refused(services: Services) -> None:
    """The message lists what there is."""
    marked = [{"words": row["text"], "fluency": "1", "depth": "2"} for row in _marked(essay_rows(60))]
    with pytest.raises(InputError, match="no column of essays found among words, fluency, depth"):
        _prepared(services, marked)


def test_two_sets_of_one_name_are_refused(services: Services) -> None:
    """Their columns could not be told apart."""
    write_csv(Path("marks.csv"), _marked(essay_rows(OWN + 80)[OWN:]))
    plan = read_plan(small_plan(Path(), essay_rows(OWN), data={"auxiliary": [SET, SET]}))
    with pytest.raises(InputError, match="auxiliary sets marks, marks: give each a name of its own"):
        prepare_dataset(plan, services, silent)


def test_terms_of_an_auxiliary_set_bind_too(services: Services) -> None:
    """Where one of the sets is for smoke tests only, no figure is shown."""
    marked = _marked(essay_rows(OWN + 80)[OWN:])
    assert _prepared(services, marked).metrics_allowed
    blocked = {"name": "found somewhere", "licence": "unknown"}
    assert not _prepared(services, marked, card=blocked).metrics_allowed


def test_paths_of_auxiliary_sets_are_relative_to_the_plan(tmp_path: Path) -> None:
    """A saved plan finds its files from where it lies."""
    plan_file = small_plan(tmp_path, essay_rows(20), data={"auxiliary": [SET]})
    plan = read_plan(plan_file)
    assert tmp_path / "marks.csv" == plan.data.auxiliary[0].file
    (tmp_path / "deeper").mkdir()
    saved = tmp_path / "deeper" / "plan.yaml"
    saved.write_text(plan_yaml(rebased(plan, saved.parent)), encoding="utf-8")
    assert (tmp_path / "marks.csv").resolve() == read_plan(saved).data.auxiliary[0].file.resolve()


def test_a_misspelled_key_of_an_auxiliary_set_is_found(tmp_path: Path) -> None:
    """The nearest key of that section is offered."""
    plan_file = small_plan(tmp_path, essay_rows(20), data={"auxiliary": [{**SET, "target": ["x"]}]})
    with pytest.raises(PlanError, match=r"unknown key `data.auxiliary.0.target`; did you mean `targets`"):
        read_plan(plan_file)
