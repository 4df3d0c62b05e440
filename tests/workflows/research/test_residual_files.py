"""Residual files: what is written is read back, bit by bit."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.evaluation.results import Graded
from gradewise.evaluation.slices import select
from gradewise.workflows.research.residuals import NO_FOLD, ResidualTable, read_residuals, write_residuals

SCALE = Scale("odd", ("F", "=1+1", 'D "plus"', "A,b"))
NAMES = st.text(st.characters(), max_size=12)


@st.composite
def tables(draw: st.DrawFn) -> ResidualTable:
    """Graded essays with names and prompts of any characters, and numbers of any size."""
    ids = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    n = len(ids)
    codes = hnp.arrays(np.int64, n, elements=st.integers(0, SCALE.n_grades - 1))
    numbers = hnp.arrays(np.float64, n, elements=st.floats(-1e6, 1e6))
    prompts = tuple(draw(st.lists(NAMES, min_size=n, max_size=n)))
    graded = Graded(
        essay_ids=tuple(ids),
        true_codes=draw(codes),
        predicted_codes=draw(codes),
        scores=draw(numbers),
        probabilities=draw(hnp.arrays(np.float64, (n, SCALE.n_grades), elements=st.floats(0, 1))),
        prompts=prompts if any(prompts) else None,
        word_counts=draw(st.none() | hnp.arrays(np.int64, n, elements=st.integers(1, 9999))),
    )
    return ResidualTable(
        split="cv_val_oof",
        graded=graded,
        folds=draw(hnp.arrays(np.int64, n, elements=st.integers(NO_FOLD, 9))),
        covariates={"errors_per_100_words": draw(numbers)},
    )


@settings(max_examples=40)
@given(tables())
def test_a_table_is_read_back_exactly(tmp_path_factory: pytest.TempPathFactory, table: ResidualTable) -> None:
    """Ids, prompts, grades, scores and probabilities are the same to the last bit."""
    directory = tmp_path_factory.mktemp("table")
    write_residuals(directory, "residuals", table, SCALE)
    found = read_residuals(directory / "residuals.jsonl", SCALE)
    assert table.split == found.split
    assert (table.graded.essay_ids, table.graded.prompts) == (found.graded.essay_ids, found.graded.prompts)
    for name in ("true_codes", "predicted_codes", "scores", "probabilities", "word_counts"):
        np.testing.assert_array_equal(getattr(table.graded, name), getattr(found.graded, name))
    np.testing.assert_array_equal(table.folds, found.folds)
    np.testing.assert_array_equal(
        table.covariates["errors_per_100_words"], found.covariates["errors_per_100_words"]
    )


def small_table() -> ResidualTable:
    """Three essays, one of them in no fold."""
    return ResidualTable(
        split="cv_val_oof",
        graded=Graded(
            essay_ids=("a", "b", "c"),
            true_codes=np.array([0, 1, 3]),
            predicted_codes=np.array([0, 3, 2]),
            scores=np.array([0.25, 2.5, 2.0]),
            probabilities=np.full((3, 4), 0.25),
            prompts=("one", "", "one,\ntwo"),
            word_counts=np.array([100, 200, 300]),
        ),
        folds=np.array([0, 1, NO_FOLD]),
        covariates={},
    )


def test_the_sheet_says_the_same(tmp_path: Path) -> None:
    """A spreadsheet program sees one row an essay with the residual in grade steps."""
    write_residuals(tmp_path, "residuals", small_table(), SCALE)
    with (tmp_path / "residuals.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert ["0", "1", ""] == [row["fold"] for row in rows]
    assert [("0.25", "True"), ("1.5", "False"), ("-1.0", "True")] == [
        (row["residual"], row["within_one_step"]) for row in rows
    ]
    assert "one,\ntwo" == rows[2]["prompt"]


def test_essays_are_found_by_fold() -> None:
    """Every essay is in the part of its fold."""
    table = small_table()
    parts = {fold: select(table.graded, rows).essay_ids for fold, rows in table.rows_by_fold().items()}
    assert {NO_FOLD: ("c",), 0: ("a",), 1: ("b",)} == parts


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]\n", b'{"record_id": "a"}\n', b"\xff"],
    ids=["empty", "cut", "list", "lacking", "bytes"],
)
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    """Whatever is wrong with it, the message names the file and what to do."""
    path = tmp_path / "residuals.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"residuals\.jsonl is damaged .*run `gradewise cv` again"):
        read_residuals(path, SCALE)
    with pytest.raises(InputError, match="cannot be read"):
        read_residuals(tmp_path / "none.jsonl", SCALE)
