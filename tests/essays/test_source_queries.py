"""What is asked of a database, as data."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import LeakError
from gradewise.essays.source_queries import (
    JUDGED_COLUMNS,
    JUDGED_LABELS,
    REASONS,
    ColumnRef,
    EssayQuery,
    FeatureColumns,
    SourceRow,
    column_ref,
    labels_are_grades,
    refuse_circular_label,
    why_left_out,
)

ROW = SourceRow(id="a", text="An essay.", label="C")
QUERY = EssayQuery(
    main="essays",
    id=ColumnRef("essays", "id"),
    text=ColumnRef("essays", "text"),
    label=ColumnRef("essays", "grade"),
    label_origin="judgement",
    score=ColumnRef("essays", "theta"),
)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ROW, None),
        (replace(ROW, given=(0.0, -1.5)), None),
        (replace(ROW, id=" "), "no id"),
        (replace(ROW, id="x" * 201), "no id"),
        (replace(ROW, text=" NULL\n"), "no text"),
        (replace(ROW, text="x" * 200_001), "text too long"),
        (replace(ROW, label=" "), "no label"),
        (replace(ROW, label="x" * 65), "label too long"),
        (replace(ROW, written_at="yesterday"), "bad date"),
        (replace(ROW, given=(1.0, None)), "no features"),
        (replace(ROW, given=(float("inf"),)), "no features"),
        (replace(ROW, text="", label=""), "no text"),
    ],
)
def test_a_row_that_cannot_teach_has_one_reason(row: SourceRow, reason: str | None) -> None:
    """The first in the order of the reasons."""
    assert reason == why_left_out(row)
    assert reason is None or reason in REASONS


@given(st.text('.aÅ" ', min_size=1, max_size=8), st.text('.aÅ" ', max_size=8))
def test_a_reference_is_read_as_it_is_written(column: str, table: str) -> None:
    """What stands before the last dot is the table, for any column without one."""
    column = column.replace(".", "_")
    assert ColumnRef("main", column) == column_ref(column, "main")
    assert ColumnRef(table, column) == column_ref(str(ColumnRef(table, column)), "main")


@given(st.sampled_from(sorted(JUDGED_COLUMNS)), st.booleans())
def test_no_judged_column_stands_beside_a_judged_label(name: str, as_column: bool) -> None:  # noqa: FBT001
    """Whether it comes as a column or in a vector, the refusal names it; beside a teacher's it may stand."""
    ref = ColumnRef("essays", name)
    features = FeatureColumns(columns=(ref,) if as_column else (), names=() if as_column else (name,))
    query = replace(QUERY, features=features)
    with pytest.raises(LeakError, match=name):
        refuse_circular_label(query)
    refuse_circular_label(replace(query, label_origin="teacher"))
    refuse_circular_label(QUERY, ("words",))


def test_the_score_is_known_by_whatever_name_and_so_is_the_table_of_labels() -> None:
    """A school may call it theta; what stands beside a projected grade was projected too."""
    with pytest.raises(LeakError, match="essays.theta"):
        refuse_circular_label(
            replace(QUERY, features=FeatureColumns(columns=(ColumnRef("essays", "theta"),)))
        )
    beside = FeatureColumns(columns=(ColumnRef("projected", "sureness"),))
    with pytest.raises(LeakError, match="projected.sureness"):
        refuse_circular_label(replace(QUERY, label=ColumnRef("projected", "g"), features=beside))
    with pytest.raises(LeakError, match="win_rate"):
        refuse_circular_label(replace(QUERY, features=FeatureColumns(judgement=("win_rate",))))


@given(st.sampled_from(sorted(JUDGED_LABELS)))
def test_a_judged_grade_is_no_teachers(name: str) -> None:
    """Whatever a plan says of it."""
    query = replace(QUERY, label=ColumnRef("essays", name), label_origin="teacher")
    with pytest.raises(LeakError, match="circular label: .*cannot be teacher"):
        refuse_circular_label(query)


def test_few_labels_are_grades() -> None:
    """Two hundred are the most."""
    assert labels_are_grades(Counter(map(str, range(200))))
    assert not labels_are_grades(Counter(map(str, range(201))))
