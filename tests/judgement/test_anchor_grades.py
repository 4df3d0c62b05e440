"""The grade of an anchor is looked for in one order, and what has none is named."""

import pytest

from gradewise.errors import InputError
from gradewise.judgement.anchor_grades import AnchorReference, ClaimedAnchor, resolve_grades

TABLE = (
    AnchorReference(id="7", grade="B", text_storage_id="text-b"),
    AnchorReference(id="8", grade="C", text_storage_id="text-c"),
)


def test_a_known_grade_comes_before_its_text_and_its_row() -> None:
    """What is said outright counts first, then where the text is stored, then the row that is named."""
    claims = [
        ClaimedAnchor(essay_id="one", known_grade="A", text_storage_id="text-b", anchor_ref_id="8"),
        ClaimedAnchor(essay_id="two", text_storage_id="text-b", anchor_ref_id="8"),
        ClaimedAnchor(essay_id="three", text_storage_id="elsewhere", anchor_ref_id="8"),
    ]
    found = resolve_grades(claims, TABLE)
    assert {"one": "A", "two": "B", "three": "C"} == found.grades
    assert {"one": "known grade", "two": "stored text", "three": "anchor reference"} == found.ways
    assert () == found.unresolved


def test_an_anchor_without_a_grade_is_named() -> None:
    """An essay that is said to be an anchor, or names a row, and has no grade is not passed over."""
    claims = [
        ClaimedAnchor(essay_id="said", is_anchor=True),
        ClaimedAnchor(essay_id="named", anchor_ref_id="99"),
        ClaimedAnchor(essay_id="student"),
    ]
    assert ("named", "said") == resolve_grades(claims, TABLE).unresolved


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            AnchorReference(id="9", grade="A", text_storage_id="text-b"),
            "text 'text-b' the grades 'B' and 'A'",
        ),
        (AnchorReference(id="7", grade="A"), "row '7' the grades 'B' and 'A'"),
    ],
    ids=["text", "row"],
)
def test_an_anchor_with_two_grades_is_refused(row: AnchorReference, message: str) -> None:
    """A table that contradicts itself is not chosen from."""
    with pytest.raises(InputError, match=message):
        resolve_grades([], (*TABLE, row))
