"""Vectors, times and truths that come with texts: read by name, written out and read back, measured."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradewise.adapters.essay_files import open_essay_file
from gradewise.adapters.memory_cache import MemoryCache
from gradewise.adapters.pickle_file import PickleFile
from gradewise.errors import InputError, PlanError
from gradewise.essays.given_columns import GivenNumbers
from gradewise.features.given import given_values
from gradewise.telemetry import silent
from gradewise.workflows.datasets.read_dataset import ReadData, read_dataset
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.research.prepare_dataset import prepare_files
from gradewise.workflows.services import Services, no_pickle
from trials import Row, essay_rows, small_plan

WIDTH = 40
GIVEN = ["urgent", "sent__hour", "vector__*"]


@pytest.fixture
def services() -> Services:
    """Files alone."""
    return Services(
        open_source=open_essay_file,
        open_pickle=PickleFile,
        find_checker=lambda _name, _language: None,
        cache=MemoryCache(),
        workers=1,
        clock=lambda: datetime(2026, 1, 2, tzinfo=UTC),
        versions={"gradewise": "0"},
    )


def _rows() -> list[Row]:
    vectors = np.random.default_rng(0).normal(size=(30, WIDTH)).astype(np.float32)
    return [
        {
            **row,
            "urgent": ("yes", "No")[number % 2],
            "sent": f"2025-05-14T{number % 24:02d}:10:00Z",
            "vector": str(vectors[number].tolist()),
        }
        for number, row in enumerate(essay_rows(30))
    ]


def _read(directory: Path, services: Services, rows: list[Row], **data: Any) -> ReadData:
    plan = small_plan(directory, rows, features={"given": GIVEN}, data=data)
    return read_dataset(read_plan(plan), services, silent)


def test_a_star_means_every_component_of_the_first_vector(tmp_path: Path, services: Services) -> None:
    """The first that is sound; many numbers are kept as one array, and measured as they stand."""
    rows = _rows()
    rows[0]["vector"] = "[0.1 ..."
    read = _read(tmp_path, services, rows, on_bad_rows="set_aside")
    given = read.plan.features.given
    assert (2 + WIDTH, "vector__039") == (len(given), given[-1])
    assert all(isinstance(essay.given, GivenNumbers) for essay in read.essays)
    values = given_values(read.essays, given)
    assert (29, 42) == values.shape
    assert [[0.0, 1.0], [1.0, 2.0]] == values[:2, :2].tolist()
    assert ["not a vector"] == [each.reason for each in read.together.intake.set_aside]


def test_the_width_is_what_is_expected(tmp_path: Path, services: Services) -> None:
    """Not what the first row happens to hold."""
    expected = {"vector": {"kind": "vector", "width": 7}}
    with pytest.raises(InputError, match="row 1 .*vector: the list holds 40 numbers, not 7; and 29 more"):
        _read(tmp_path, services, _rows(), expected=expected)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{**row, "vector": ""} for row in _rows()], "column 'vector' holds no list of numbers"),
        (
            [{"vektor" if name == "vector" else name: cell for name, cell in row.items()} for row in _rows()],
            "no column 'vector'.*did you mean 'vektor'",
        ),
    ],
    ids=["no vector", "no column"],
)
def test_where_there_is_no_vector_the_column_is_named(
    rows: list[Row], said: str, tmp_path: Path, services: Services
) -> None:
    """Before any row is looked at."""
    with pytest.raises(InputError, match=said):
        _read(tmp_path, services, rows)


def test_prepared_files_hold_each_component(tmp_path: Path, services: Services) -> None:
    """They read back to the same essays, which preparing checks, whatever was expected before."""
    expected = {"vector": {"kind": "vector", "width": WIDTH}, "urgent": {"kind": "boolean"}}
    plan = small_plan(
        tmp_path,
        _rows(),
        features={"given": GIVEN},
        data={"expected": expected},
        output=str(tmp_path / "out"),
    )
    run = prepare_files(read_plan(plan), services)
    assert "vector__039" in run.train.read_text("utf-8").splitlines()[0]


def test_where_nothing_opens_pickles_they_are_refused(tmp_path: Path) -> None:
    """The default of the services."""
    with pytest.raises(PlanError, match="is a pickle, which is not read here"):
        no_pickle(tmp_path / "a.pkl")
