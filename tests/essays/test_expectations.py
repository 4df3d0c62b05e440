"""What columns must hold."""

from collections.abc import Mapping, Sequence

import pytest

from gradewise.errors import InputError
from gradewise.essays.bad_rows import Faults, Rejected, rejected_to_json, without_text
from gradewise.essays.expectations import Expectation, check_cells
from gradewise.essays.intake import ColumnMap, Intake, take_in

ROW = {"text": "I lost my card.", "n": "3", "text_length": "15", "word_count": "4", "v": "[0.5, 1]"}
COUNT = Expectation(kind="integer", low=0)
COUNTS = {"text_length": COUNT, "word_count": COUNT}


def _take(rows: Sequence[Mapping[str, str]], expected: Mapping[str, Expectation], *given: str) -> Intake:
    columns = ColumnMap(text="text", given=given)
    return take_in(
        [ROW, *rows],
        list(ROW),
        columns,
        None,
        location="rows.csv",
        on_bad_rows="set_aside",
        expected=expected,
    )


def _rejected(changes: Mapping[str, str], expected: Mapping[str, Expectation], *given: str) -> Rejected:
    (rejected,) = _take([{**ROW, **changes}], expected, *given).set_aside
    return rejected


@pytest.mark.parametrize(
    ("expected", "cell", "said"),
    [
        (Expectation(kind="number", low=0, high=1), "2", "n: 2 is not between 0 and 1"),
        (Expectation(kind="number", low=4), "3.5", "n: 3.5 is not at least 4"),
        (Expectation(kind="number", high=4), "5", "n: 5 is not at most 4"),
        (Expectation(kind="integer"), "3.5", "n: '3.5' is no whole number"),
        (Expectation(kind="boolean"), "maybe", "n: 'maybe' is neither true nor false"),
        (Expectation(kind="time"), "now", "n: 'now' is not an ISO 8601 date"),
        (Expectation(kind="text"), " ", "n is empty"),
        (Expectation(kind="vector"), "", "n is empty"),
        (Expectation(kind="vector", width=3), "[1, 2]", "n: the list holds 2 numbers, not 3"),
        (Expectation(kind="vector", low=-1, high=1), "[0, 2]", "n: 2 is not between -1 and 1"),
        (Expectation(kind="text", one_of=("a", "b")), "c", "n: 'c' is none of the 2 values"),
    ],
)
def test_a_cell_that_is_not_as_expected_is_told(expected: Expectation, cell: str, said: str) -> None:
    """Column, value and what it should be."""
    faults = Faults()
    check_cells({"n": cell}, {"n": expected}, faults)
    (fault,) = faults.found
    assert said in fault.detail


def test_everything_that_is_wrong_with_a_row_is_told_once() -> None:
    """Not the first fault alone, and a vector that is both expected and given not twice."""
    expected = {"n": COUNT, "v": Expectation(kind="vector", width=2)}
    rejected = _rejected({"text": "", "n": "-1", "v": "[1]"}, expected, "v__000", "v__001")
    assert ["empty text", "out of range", "wrong width"] == [fault.reason for fault in rejected.faults]
    lines = rejected_to_json([rejected])
    assert [("rows.csv", 2, fault.reason) for fault in rejected.faults] == [
        (line["file"], line["row"], line["reason"]) for line in lines
    ]


def test_what_is_not_required_may_be_empty_or_absent() -> None:
    """An empty cell then is no fault, and neither is a column that is not there."""
    optional = Expectation(kind="vector", required=False)
    assert () == _take([{**ROW, "v": " "}], {"v": optional, "absent": optional}).set_aside


def test_a_column_that_must_be_there_is_missed() -> None:
    """Before any row is read; the likely one is named."""
    with pytest.raises(InputError, match="no column 'word_counts', which data.expected names.*'word_count'"):
        _take([], {"word_counts": COUNT})


@pytest.mark.parametrize(
    "text", ["I lost my card", "Jag är\n\nhär 🙂 idag", "re-read it, don't", " padded  out "]
)
@pytest.mark.parametrize(
    "counted",
    [
        lambda text: (len(text), len(text.split())),
        lambda text: (len(text.strip()), len(text.split())),
        lambda text: (len(text.replace("\n", "\r\n")), len(text.split())),
        lambda text: (len(text.encode("utf-16-le")) // 2, len(text.split())),
    ],
    ids=["as it stands", "stripped", "Windows line ends", "UTF-16"],
)
def test_counts_may_be_made_in_any_usual_way(text: str, counted: object) -> None:
    """Before or after blanks and line ends were changed."""
    characters, words = counted(text)  # type: ignore[operator]
    row = {**ROW, "text": text, "text_length": str(characters), "word_count": str(words)}
    assert () == _take([row], COUNTS).set_aside


def test_counts_of_another_text_are_wrong() -> None:
    """Both are told, with what the text has; what is no number is told as that alone."""
    rejected = _rejected({"text_length": "99", "word_count": "9"}, COUNTS)
    assert [
        "text_length is 99, and the text beside it has 15",
        "word_count is 9, and the text beside it has 4 to 5",
    ] == [fault.detail for fault in rejected.faults]
    assert ["not a number"] == [fault.reason for fault in _rejected({"word_count": "few"}, COUNTS).faults]


def test_no_detail_holds_the_text_of_its_row() -> None:
    """Where columns were mistaken for each other, the text is only how long it is."""
    assert "'<15 characters>' is no grade" == without_text("'I lost my card.' is no grade", ROW["text"])
    rejected = _rejected({"n": "I lost my card on the train today"}, {"n": COUNT})
    assert "lost" not in rejected.detail
