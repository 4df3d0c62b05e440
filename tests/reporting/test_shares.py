"""Pictures of grades by part: they hold what they are given, and are sound markup."""

from xml.etree import ElementTree as ET

import pytest

from gradewise.reporting.charts.shares import GradedPart, grade_counts_chart, grade_shares_chart

GRADES = ("F", "<E>", "A")
PARTS = (GradedPart("train", (3, 0, 5)), GradedPart("test & more", (0, 0, 0)))


PICTURES = [grade_counts_chart(GRADES, PARTS), grade_shares_chart("S", GRADES, PARTS)]


@pytest.mark.parametrize("picture", PICTURES, ids=["counts", "shares"])
def test_a_picture_says_each_count(picture: str) -> None:
    """When a pointer rests on a mark, and to a screen reader; a part without essays has no mark."""
    hints = [node.text or "" for node in ET.fromstring(picture).iter() if node.tag == "title"]  # noqa: S314
    assert any("train, F: 3" in hint for hint in hints)
    assert any("train, A: 5" in hint for hint in hints)
    assert not any("test & more, " in hint for hint in hints)


def test_shares_of_a_part_fill_its_row() -> None:
    """The last mark ends where the picture ends."""
    root = ET.fromstring(grade_shares_chart("S", GRADES, PARTS[:1]))  # noqa: S314
    *_, last = (node for node in root.iter("rect"))
    assert pytest.approx(440, abs=1.5) == float(last.attrib["x"]) + float(last.attrib["width"])
