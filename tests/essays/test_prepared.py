"""Prepared files: essays as rows, and the same essays from these rows."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.essays.intake import NO_TEXT, ColumnMap, take_in
from gradewise.essays.origins import Origin, SourceFile, origin_from_json, origin_to_json
from gradewise.essays.prepared import ROLES, prepared_columns, prepared_csv
from gradewise.essays.records import Essay
from gradewise.essays.texts import repair_text

FULL = Essay(
    id="007",
    text="One “two”,\n\n;three\tfour.",
    label="B",
    traits={"Grammar": "3.5"},
    second_label="C",
    prompt="Sea, \r air",
    prompt_text="Write\r\nto us.",
    written_at=datetime(2025, 5, 14, 9, 30, tzinfo=UTC),
    writer="pupil 7",
    groups={"school": "Ö"},
    given={"given_rank": 1 / 3},
)
COLUMNS = ColumnMap(
    text="text",
    label="label",
    second_label="second_label",
    id="id",
    prompt="prompt",
    prompt_text="prompt_text",
    written_at="written_at",
    writer="writer",
    traits=("Grammar",),
    groups=("school",),
    given=("given_rank",),
)


def _read(content: str, columns: ColumnMap) -> tuple[Essay, ...]:
    header, *rows = csv.reader(io.StringIO(content, newline=""))
    table = (dict(zip(header, row, strict=True)) for row in rows)
    return take_in(table, header, columns, None, location="x").essays


def test_everything_that_is_known_of_an_essay_comes_back() -> None:
    """Quotes, line ends, dates, traits, groups and numbers; what an essay lacks stays absent."""
    bare = Essay(
        id="008",
        text="Bare",
        label="A",
        traits={"Grammar": "1"},
        groups={"school": ""},
        given={"given_rank": -2e-9},
    )
    essays = (FULL, bare)
    columns = prepared_columns(essays)
    assert (*ROLES, "Grammar", "school", "given_rank") == columns

    assert essays == _read(prepared_csv(essays, columns), COLUMNS)


def test_only_columns_that_are_filled_are_written() -> None:
    """A file of texts and grades stays one."""
    assert ("id", "text", "label") == prepared_columns([Essay(id="a", text="x", label="1")])


@settings(max_examples=50)
@given(st.lists(st.text(), min_size=1, max_size=4))
def test_any_text_comes_back(texts: list[str]) -> None:
    """Whatever characters it is made of, once it has been taken in."""
    repaired = [repair_text(text).text for text in texts]
    essays = tuple(
        Essay(id=f"e{number}", text=text, label="A")
        for number, text in enumerate(repaired)
        if text.strip().casefold() not in NO_TEXT
    )
    if essays:
        written = prepared_csv(essays, ("id", "text", "label"))
        assert essays == _read(written, ColumnMap(text="text", label="label", id="id"))


@pytest.mark.parametrize(
    "essay",
    [
        Essay(id="a", text="x", label="1", groups={"text": "y"}),
        Essay(id="a", text="x", label="1", traits={"grade": "1"}, groups={"grade": "y"}),
        Essay(id="a", text="x", label="1", groups={"grade": "y"}, given={"grade": 1.0}),
    ],
    ids=["like a role", "like a trait", "given like a group"],
)
def test_two_columns_of_one_name_are_refused(essay: Essay) -> None:
    """The message names the column."""
    with pytest.raises(InputError, match="column '(text|grade)' holds a trait, a writer group or a"):
        prepared_columns([essay])


def test_an_origin_survives_being_saved() -> None:
    """With and without bounds and prompts."""
    sources = (SourceFile("train", "a.csv", "a" * 64), SourceFile("test", "b.csv", "b" * 64))
    for low, high in ((200, 1000), (None, None)):
        origin = Origin(
            kind="ellipse", sources=sources, sha256="c" * 64, min_words=low, max_words=high,
            exclude_prompts=("Letter",), only_prompts=("Sea",),
        )  # fmt: skip
        assert origin == origin_from_json(origin_to_json(origin))
