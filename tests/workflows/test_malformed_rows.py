"""A thousand malformed rows and more: each is named with its reason, none is taken for sound."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from gradewise.adapters.essay_files import open_essay_file
from gradewise.essays.bad_rows import REASONS
from gradewise.essays.expectations import Expectation
from gradewise.essays.intake import ColumnMap, Intake, take_in
from gradewise.essays.scales import class_scale
from gradewise.testing.malformed_rows import LABELS, WIDTH, Table, csv_table, json_table
from gradewise.workflows.plans.classifier import usual_columns

COLUMNS = ColumnMap(
    text="text", label="intent", id="id", given=("has_personal_info", "timestamp__hour", "embeddings__003")
)
EXPECTED = {name: Expectation(**each.model_dump()) for name, each in usual_columns(WIDTH).items()}


def _taken(table: Table, path: Path) -> Intake:
    path.write_bytes(table.content)
    source = open_essay_file(path)
    return take_in(
        source.records(), source.columns(), COLUMNS, class_scale(LABELS), location=path.name,
        on_bad_rows="set_aside", expected=EXPECTED,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("make", "name"), [(csv_table, "rows.csv"), (json_table, "rows.jsonl")], ids=["csv", "jsonl"]
)
def test_every_malformed_row_is_named_and_none_is_taken(
    make: Callable[..., Table], name: str, tmp_path: Path
) -> None:
    """Fifty of each of more than twenty kinds, shuffled among sound rows: each is found by its reason."""
    table = make(0, of_each=50, n_sound=700)
    taken = _taken(table, tmp_path / name)
    found = {each.row: {fault.reason for fault in each.faults} for each in taken.set_aside}
    wrong = {
        row: (reason, found.get(row))
        for row, reason in table.reasons.items()
        if reason not in found.get(row, ())
    }
    assert {} == wrong
    assert table.sound_ids == {essay.id for essay in taken.essays}
    assert set(table.reasons) == set(found)
    assert len(table.reasons) >= 1000
    assert len(Counter(table.reasons.values())) >= 20
    assert set().union(*found.values()) <= set(REASONS)
