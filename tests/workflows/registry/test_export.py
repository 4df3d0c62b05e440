"""The registry as a table."""

import csv
import io
import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gradewise.experiments import DatasetUsed, ExperimentEntry
from gradewise.workflows.registry.export import (
    as_json,
    model_row,
    models_to_json,
    plain_fact,
    run_row,
    runs_to_json,
    to_csv,
)
from remembered_registry import record_of
from small_registry import new_model

MODEL = replace(
    record_of(new_model(1)),
    metrics={"qwk": {"estimate": 0.7, "low": 0.6, "high": None}},
    hyperparameters={"rounds": 100},
    metadata={"data": {"n": 300}, "copies": ["a", "b"], "learnt_from": ["x"] * 300},
)
RUN = ExperimentEntry(
    timestamp="2026-01-31T12:00:00+00:00", run_name="cv", experiment="essays", command="cv",
    command_line="gradewise cv", state="failed", failure_reason="=SUM(A1)",
    metrics={"qwk": -0.1, "mae": None},
    dataset=DatasetUsed(files=("a.csv", "b.csv")),
)  # fmt: skip


def _read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_model_is_a_line_of_figures_and_facts() -> None:
    """Bounds beside each figure; of a long list how long it is."""
    (row,) = _read(to_csv([model_row(MODEL)]))
    assert ("essays", "20260131_000001", "dev") == (row["model_name"], row["version"], row["stage"])
    assert ("0.7", "0.6", "") == tuple(row[f"metrics.qwk{bound}"] for bound in ("", "_low", "_high"))
    assert ("100", "300", "a, b", "300 entries") == tuple(
        row[key]
        for key in ("hyperparameters.rounds", "metadata.data.n", "metadata.copies", "metadata.learnt_from")
    )


def test_lines_of_different_models_share_a_head() -> None:
    """What one of them does not have is empty."""
    other = replace(MODEL, metrics={"mae": 0.5})
    first, second = _read(to_csv([model_row(MODEL), model_row(other)]))
    assert ("0.7", "") == (first["metrics.qwk"], second["metrics.qwk"])
    assert ("", "0.5") == (first["metrics.mae"], second["metrics.mae"])


def test_a_run_is_a_line_too() -> None:
    """A failed one with its reason, which is no formula."""
    (row,) = _read(to_csv([run_row(RUN)]))
    assert ("failed", "'=SUM(A1)", "-0.1", "") == (
        row["state"], row["failure_reason"], row["metrics.qwk"], row["metrics.mae"]
    )  # fmt: skip
    assert "a.csv, b.csv" == row["dataset.files"]


def test_programs_get_everything() -> None:
    """As it was written; what is not finite is null."""
    (record,) = json.loads(models_to_json([MODEL]))["models"]
    assert {"estimate": 0.7, "low": 0.6, "high": None} == record["metrics"]["qwk"]
    assert 300 == len(record["metadata"]["learnt_from"])
    assert "=SUM(A1)" == json.loads(runs_to_json([RUN]))["runs"][0]["failure_reason"]
    assert "null" == as_json(float("inf"))


CELLS = (
    st.none() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["=1", "-a", "@x", "+"])
)


@given(st.lists(st.dictionaries(st.text(min_size=1, max_size=3), CELLS, min_size=1, max_size=3), max_size=3))
def test_no_cell_of_a_table_is_a_formula(rows: list[dict[str, object]]) -> None:
    """Whatever is in it, a spreadsheet takes it for text, or it is a number."""
    for line in csv.reader(io.StringIO(to_csv(rows), newline="")):
        for cell in line:
            assert not cell.startswith(("=", "@", "\t", "\r", "\n", "+")) or _is_number(cell)
            assert not cell.startswith("-") or _is_number(cell)


def test_a_short_list_is_told_by_its_parts() -> None:
    """And an empty one by nothing."""
    assert ("a, 1", "", 3) == (plain_fact(["a", 1]), plain_fact([]), plain_fact(3))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
