"""From rows to essays."""

import datetime as dt
import pickle
from collections.abc import Mapping, Sequence

import pytest

from gradewise.errors import InputError
from gradewise.essays.intake import REASONS, ColumnMap, Intake, OnBadRows, examine_rows, take_in
from gradewise.essays.prompt_scales import ASAP, PromptScales
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale, find_scale

ELLIPSE = find_scale("ellipse")
FULL = ColumnMap(
    text="text",
    label="grade",
    second_label="again",
    id="id",
    prompt="p",
    prompt_text="task",
    written_at="when",
    groups=("ses",),
)
ROW = {
    "id": "a",
    "text": "Hej",
    "grade": "3",
    "again": " 3,5",
    "p": "Bo",
    "task": "",
    "when": "2025-05-14",
    "ses": " x ",
}


def _take(
    rows: Sequence[Mapping[str, str]],
    columns: ColumnMap = FULL,
    scale: Scale | PromptScales | None = ELLIPSE,
    *,
    on_bad_rows: OnBadRows = "stop",
) -> Intake:
    return take_in(rows, list(ROW), columns, scale, location="essays.csv", on_bad_rows=on_bad_rows)


def test_a_row_becomes_an_essay() -> None:
    """Every column lands in its field; the label is spelled by the scale, the time is in UTC."""
    (essay,) = _take([ROW]).essays
    assert essay == Essay(
        id="a",
        text="Hej",
        label="3.0",
        second_label="3.5",
        prompt="Bo",
        prompt_text=None,
        written_at=dt.datetime(2025, 5, 14, tzinfo=dt.UTC),
        groups={"ses": "x"},
    )


def test_essays_cross_processes() -> None:
    """An essay survives being sent to another process."""
    taken = _take([ROW])
    assert pickle.loads(pickle.dumps(taken)) == taken  # noqa: S301 - own bytes


def test_only_the_text_is_needed() -> None:
    """Without other columns, ids are row numbers and nothing else is known."""
    taken = _take([ROW, ROW], ColumnMap(text="text"), None)
    assert taken.essays == (Essay(id="row-000001", text="Hej"), Essay(id="row-000002", text="Hej"))


def test_a_second_grade_may_be_missing() -> None:
    """Few essays are graded twice: an empty cell is no second grade, not a bad row."""
    first, other = _take([{**ROW, "again": " "}, {**ROW, "id": "b"}]).essays
    assert (None, "3.5") == (first.second_label, other.second_label)


def test_a_second_grade_is_on_the_scale_of_its_prompt() -> None:
    """Where prompts have scales of their own, the second grade is read on the scale of the first."""
    row = {**ROW, "p": "3", "grade": "2", "again": "3"}
    assert "3" == _take([row], scale=ASAP).essays[0].second_label
    with pytest.raises(InputError, match="second teacher: '4' is not a grade of scale 0-3"):
        _take([{**row, "again": "4"}], scale=ASAP)


def test_one_column_cannot_hold_both_teachers() -> None:
    """Agreement of a column with itself says nothing."""
    with pytest.raises(InputError, match="column 'grade' cannot hold both"):
        _take([ROW], ColumnMap(text="text", label="grade", second_label="grade"))


def test_labels_without_a_scale_stay_as_they_are() -> None:
    """With no scale any label will do."""
    columns = ColumnMap(text="text", label="grade")
    assert _take([{**ROW, "grade": " odd "}], columns, None).essays[0].label == "odd"


def test_times_with_an_offset_are_turned_to_utc() -> None:
    """An offset is honoured; an empty time is not known."""
    rows = [{**ROW, "when": "2025-05-14T01:30+02:00"}, {**ROW, "id": "b", "when": ""}]
    assert [essay.written_at for essay in _take(rows).essays] == [
        dt.datetime(2025, 5, 13, 23, 30, tzinfo=dt.UTC),
        None,
    ]


def test_repairs_are_made_and_counted() -> None:
    """Damaged texts come in repaired, and each kind of repair is counted."""
    rows = [{**ROW, "text": "sjÃ¶n\r\n"}, {**ROW, "id": "b", "text": "a\rb"}, {**ROW, "id": "c"}]
    taken = _take(rows)
    assert [essay.text for essay in taken.essays] == ["sjön\n", "a\nb", "Hej"]
    assert taken.repaired == {"line_endings": 2, "mojibake": 1}


BAD = [
    ({"id": " "}, "no id", "the id is empty"),
    ({"id": "x" * 999}, "no id", "999 characters"),
    ({"text": " \x00\n"}, "empty text", "the text is empty"),
    ({"text": " NaN "}, "empty text", "the text is empty"),
    ({"text": "word " * 1_000_000}, "text too long", "5,000,000 characters, more than 200,000"),
    ({"grade": ""}, "no label", "the label is empty"),
    ({"grade": "a\nb"}, "bad label", r"the label 'a\nb' holds a line break"),
    ({"grade": "x" * 201}, "bad label", "the label has 201 characters, more than 200"),
    ({"grade": "A"}, "unknown label", "'A' is not a grade of scale ellipse"),
    ({"again": "A"}, "unknown label", "second teacher: 'A' is not a grade of scale ellipse"),
    ({"when": "14/5 2025"}, "bad date", "'14/5 2025' is not an ISO 8601 date"),
]


@pytest.mark.parametrize(("change", "reason", "detail"), BAD)
def test_a_bad_row_is_set_aside_with_its_reason(change: dict[str, str], reason: str, detail: str) -> None:
    """With ``set_aside`` a bad row is listed and the rest is taken."""
    taken = _take([{**ROW, "id": "ok"}, {**ROW, **change}], on_bad_rows="set_aside")
    (rejected,) = taken.set_aside
    assert [essay.id for essay in taken.essays] == ["ok"]
    assert (rejected.row, rejected.reason) == (2, reason)
    assert detail in rejected.detail
    assert reason in REASONS


@pytest.mark.parametrize(("change", "reason", "detail"), BAD)
def test_a_bad_row_stops_with_one_line(change: dict[str, str], reason: str, detail: str) -> None:
    """With ``stop`` the first bad row is an error that says where, what, how many more and what to do."""
    rows = [{**ROW, "id": "ok"}, {**ROW, **change}, {**ROW, "id": "last", "text": ""}]
    with pytest.raises(InputError) as caught:
        _take(rows)
    message = str(caught.value)
    assert message.startswith("essays.csv, row 2 (essay ")
    assert detail in message
    advice = (
        "gradewise check-data shows every one; leave them out with --set-aside (data.on_bad_rows: set_aside)"
    )
    assert message.endswith(f"; and 1 more bad row; {advice}")
    assert "\n" not in message


def test_a_wrong_scale_is_suspected_when_most_labels_are_unknown() -> None:
    """Where most rows fail by their label, the advice is about the scale."""
    rows = [{**ROW, "grade": "9"}, {**ROW, "id": "b", "grade": "8"}, {**ROW, "id": "c"}]
    with pytest.raises(InputError, match="choose the scale and the label column"):
        _take(rows)


def test_where_no_row_can_be_used_the_columns_are_suspected() -> None:
    """Leaving all rows out would leave nothing."""
    rows = [{**ROW, "text": ""}, {**ROW, "id": "b", "text": ""}]
    with pytest.raises(InputError, match="--text-column and --label-column name another"):
        _take(rows)
    with pytest.raises(InputError, match="--text-column names another"):
        _take(rows, ColumnMap(text="text", id="id"))


def test_essays_without_grades_follow_no_plan() -> None:
    """Who grades has an option to leave rows out, and no plan to write it down in."""
    with pytest.raises(InputError, match="with --set-aside$"):
        _take([ROW, {**ROW, "id": "b", "text": ""}], ColumnMap(text="text", id="id"))


def test_an_essay_in_a_wrong_column_is_not_shown() -> None:
    """Mistaking the text for the label or the id leaks no text into the message."""
    secret = "secret words " * 30
    for columns in (ColumnMap(text="task", label="text"), ColumnMap(text="task", id="text")):
        with pytest.raises(InputError) as caught:
            _take([{**ROW, "task": "x", "text": secret}], columns)
        assert "secret" not in str(caught.value)
    (rejected,) = examine_rows(
        [{**ROW, "text": "I lost my card"}], list(ROW), ColumnMap(text="text", label="text"), ELLIPSE,
        location="essays.csv",
    ).set_aside  # fmt: skip
    assert "'<14 characters>' is not a grade" in rejected.detail


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("… 😀", "no words"),
        ('["one", "two"]', "not a text"),
        ('{"text": "one"}', "not a text"),
        ("[sic] one", None),
        ("أنا", None),
    ],
)
def test_where_words_are_needed_a_text_must_have_some(text: str, reason: str | None) -> None:
    """Emoji alone, and what another column holds, cannot be graded; among classes they may mean something."""
    rows = [{**ROW, "text": text}]
    found = examine_rows(rows, list(ROW), FULL, ELLIPSE, location="essays.csv", needs_words=True)
    assert ([] if reason is None else [reason]) == [row.reason for row in found.set_aside]
    assert text not in "".join(row.detail for row in found.set_aside)
    assert (text,) == tuple(essay.text for essay in _take(rows).essays)


def test_nothing_usable_is_an_error_even_when_setting_aside() -> None:
    """A table without a usable row is refused."""
    with pytest.raises(InputError, match="no usable row is left"):
        _take([{**ROW, "text": ""}], on_bad_rows="set_aside")
    with pytest.raises(InputError, match="no rows under its header"):
        _take([])


def test_an_id_that_occurs_twice_is_an_error() -> None:
    """The later one is a bad row, and both are named; of one row all that is wrong is told."""
    rows = [ROW, {**ROW, "id": "b"}, {**ROW, "text": ""}]
    with pytest.raises(InputError, match="row 3 .*: rows 1 and 3 have the same id 'a'"):
        _take(rows)
    taken = _take(rows, on_bad_rows="set_aside")
    (rejected,) = taken.set_aside
    assert ["a", "b"] == [essay.id for essay in taken.essays]
    assert ["same id", "empty text"] == [fault.reason for fault in rejected.faults]


def test_a_missing_column_is_named_with_the_nearest() -> None:
    """The message names the file, the column, those present and the likely one."""
    with pytest.raises(InputError, match=r"essays.csv has no column 'Texts'; it has id, text.*mean 'text'\?"):
        _take([ROW], ColumnMap(text="Texts"))


def test_labels_follow_the_scale_of_their_prompt() -> None:
    """With a scale for each prompt, each label is read on its own."""
    row = {**ROW, "again": ""}
    rows = [{**row, "p": "1", "grade": "12"}, {**row, "id": "b", "p": "2", "grade": "06"}]
    assert [essay.label for essay in _take(rows, scale=ASAP).essays] == ["12", "6"]
    rows += [{**row, "id": "c", "p": "3", "grade": "6"}, {**row, "id": "d", "p": "nine"}]
    rows += [{**row, "id": "e", "p": ""}]
    assert [each.reason for each in _take(rows, scale=ASAP, on_bad_rows="set_aside").set_aside] == [
        "unknown label",
        "unknown prompt",
        "no prompt",
    ]
    with pytest.raises(InputError, match=r"set columns\.prompt"):
        _take(rows, ColumnMap(text="text", label="grade"), ASAP)


GRADED = {"text": "Hej", "grade": "3", "Grammar": "3,5", "Cohesion": "2"}


def _with_traits(
    row: Mapping[str, str], trait_scale: Scale | PromptScales | None, **columns: str | tuple[str, ...]
) -> Intake:
    named = ColumnMap(text="text", label="grade", **{"traits": ("Grammar", "Cohesion"), **columns})  # type: ignore[arg-type]
    return take_in([row], list(row), named, ELLIPSE, location="essays.csv", trait_scale=trait_scale)


def test_traits_are_spelled_by_their_scale() -> None:
    """Each trait is a grade of its own; without a scale it stays as it is written."""
    assert {"Grammar": "3.5", "Cohesion": "2.0"} == _with_traits(GRADED, ELLIPSE).essays[0].traits
    assert {"Grammar": "3,5", "Cohesion": "2"} == _with_traits(GRADED, None).essays[0].traits


@pytest.mark.parametrize(
    ("value", "said"),
    [("", "Grammar: the label is empty"), ("9", "Grammar: '9' is not a grade of scale")],
)
def test_a_row_without_a_trait_is_a_bad_row(value: str, said: str) -> None:
    """Every row holds every trait; the message names the one that is missing or wrong."""
    with pytest.raises(InputError, match=said):
        _with_traits({**GRADED, "Grammar": value}, ELLIPSE)


def test_the_overall_grade_is_no_trait() -> None:
    """One column cannot be both."""
    with pytest.raises(InputError, match="'grade' holds the overall grade, and is a trait too"):
        _with_traits(GRADED, ELLIPSE, traits=("grade",))


NUMBERED = {"text": "Hej", "grade": "3", "given_cj": " 0,25 ", "given_n": "12"}
GIVEN = ColumnMap(text="text", label="grade", given=("given_cj", "given_n"))


def _given(columns: ColumnMap = GIVEN, *, on_bad_rows: OnBadRows = "stop", **changes: str) -> Intake:
    rows = [NUMBERED, {**NUMBERED, **changes}]
    return take_in(rows, list(NUMBERED), columns, ELLIPSE, location="essays.csv", on_bad_rows=on_bad_rows)


def test_given_numbers_come_with_the_essay() -> None:
    """A decimal comma is one; columns that are not asked for are not read."""
    assert {"given_cj": 0.25, "given_n": 12.0} == _given().essays[0].given
    assert {} == _given(ColumnMap(text="text"), given_cj="odd").essays[1].given


@pytest.mark.parametrize(
    ("value", "reason", "said"),
    [
        (" ", "no given number", "given_cj is empty; a given feature is a number"),
        ("high", "bad given number", "given_cj: 'high' is no finite number such as 2.5"),
        ("nan", "bad given number", "given_cj: 'nan' is no finite number"),
        ("1e99", "bad given number", "given_cj: '1e99' is no finite number"),
    ],
    ids=["empty", "a word", "not a number", "too large"],
)
def test_a_row_without_a_given_number_is_a_bad_row(value: str, reason: str, said: str) -> None:
    """It stops, or is set aside like any other; the message names column and value."""
    with pytest.raises(InputError, match=said):
        _given(given_cj=value)
    (rejected,) = _given(given_cj=value, on_bad_rows="set_aside").set_aside
    assert (2, reason) == (rejected.row, rejected.reason)
    assert reason in REASONS


@pytest.mark.parametrize("column", ["grade", "text"])
def test_a_grade_is_no_given_feature(column: str) -> None:
    """The plainest leak of all is found by the column's name."""
    with pytest.raises(InputError, match=f"column '{column}' holds grades or essays, and is a given feature"):
        _given(ColumnMap(text="text", label="grade", given=(column,)))


def test_a_given_column_that_is_missing_is_named() -> None:
    """What it was wanted for is said."""
    with pytest.raises(InputError, match="no column 'given_xj', a given feature; it has text.*'given_cj'"):
        _given(ColumnMap(text="text", given=("given_xj",)))
