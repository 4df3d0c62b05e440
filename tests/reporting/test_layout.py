"""Where pictures and tables stand on a page, and whether their words have room."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.evaluation.results import Interval, SliceRow
from gradewise.reporting.charts.forest import difference_row, forest_chart
from gradewise.reporting.charts.search import Tried, search_chart
from gradewise.reporting.charts.shares import GradedPart, grade_shares_chart
from gradewise.reporting.page import Page, render_page_html, render_page_markdown
from gradewise.reporting.parts import Figure, Section, Statement, Table, table
from gradewise.reporting.svg import WIDTH, Axis, bottom_axis, label, nice_ticks, room_beside, text_width
from gradewise.reporting.topics.residuals import prompts_section

PICTURE = '<svg class="chart"></svg>'
NARROW, WIDE = table(("Part", "n"), [("a", "1")]), table(("a", "b", "c", "d"), [("1", "2", "3", "4")])
NAN = float("nan")


def figure(heading: str, *, svg: str = "", numbers: Table | None = NARROW) -> Figure:
    """A figure of a section."""
    return Figure(heading, svg, "Read it so.", numbers)


def page(figures: Sequence[Figure]) -> Page:
    """A page of one section."""
    section = Section(name="s", heading="Topic", intro="Of it.", figures=tuple(figures))
    return Page(
        title="T",
        subtitle="S",
        made_at=datetime(2026, 1, 2, tzinfo=UTC),
        statements=(Statement("good", "Fine."),),
        sections=(section,),
        making=table(("What", "Which"), [("a", "b")], prose=True),
    )


def places(figures: Sequence[Figure]) -> list[tuple[str, str]]:
    """Place and heading of every figure that the page shows."""
    return re.findall(
        r'<figure class="card ?(\w*)">\s*<h3>(\w+)</h3>', render_page_html(page(figures)).replace("\n", " ")
    )


def test_a_figure_alone_spans_the_page_and_others_stand_beside_each_other() -> None:
    """A wide table takes a row of its own, and what it parts from its neighbours stands alone."""
    drawn, second, wide = figure("drawn", svg=PICTURE), figure("second"), figure("wide", numbers=WIDE)
    assert [("lone", "drawn")] == places([drawn])
    assert [("", "drawn"), ("", "second")] == places([drawn, second])
    assert [("lone", "drawn"), ("wide", "wide"), ("lone", "second")] == places([drawn, wide, second])
    assert [("", "drawn"), ("", "second"), ("wide", "wide")] == places([drawn, second, wide])


def test_a_table_without_rows_is_not_shown() -> None:
    """Neither its head nor its heading, on the page or in the text."""
    empty = figure("empty", numbers=table(("Essays", "Grades"), []))
    assert [] == places([empty])
    assert [("lone", "drawn")] == places([empty, figure("drawn", svg=PICTURE)])
    assert "empty" not in render_page_markdown(page([empty]))
    assert not figure("nothing", numbers=None).shown


@pytest.mark.parametrize(
    ("numbers", "wide"),
    [
        (table(("a", "b", "c"), []), False),
        (WIDE, True),
        (table(("a", "b"), [], prose=True), False),
        (table(("a", "b", "c"), [], prose=True), True),
        (None, False),
    ],
    ids=["three", "four", "two-of-prose", "three-of-prose", "none"],
)
def test_what_is_wide(numbers: Table | None, *, wide: bool) -> None:
    """Words need more room than figures do; a picture never spans the page for its table's sake."""
    assert wide == figure("f", numbers=numbers).wide
    assert not figure("f", svg=PICTURE, numbers=numbers).wide


def test_numbers_stand_open_where_there_is_room_for_them() -> None:
    """Beside a lone picture, if they are few."""
    many = table(("Part", "n"), [("a", "1")] * 30)
    assert "<details open>" in render_page_html(page([figure("few", svg=PICTURE)]))
    assert "<details open>" not in render_page_html(page([figure("many", svg=PICTURE, numbers=many)]))
    assert "<details open>" not in render_page_html(page([figure("few", svg=PICTURE)] * 2))


@given(st.floats(-1e4, 1e4), st.floats(1e-4, 1e4))
def test_ticks_stand_within_the_picture(low: float, width: float) -> None:
    """The first and the last number are not cut off."""
    ticks = nice_ticks(low, low + width)
    drawn = ET.fromstring(f"<g>{bottom_axis(Axis(ticks[0], ticks[-1], 0, WIDTH), ticks, 0, 10)}</g>")  # noqa: S314
    for text in drawn.iter("text"):
        half = 3.4 * len(text.text or "")
        assert half - 1 <= float(text.attrib["x"]) <= WIDTH - half + 1


def test_a_whole_share_stands_within_the_picture() -> None:
    """A browser draws 100 % 43 units wide on a phone; none of it is cut off at the end of an axis."""
    axis = bottom_axis(Axis(0, 1, 0, WIDTH), (0.0, 0.5, 1.0), 0, 10, percent=True)
    *_, last = ET.fromstring(f"<g>{axis}</g>").iter("text")  # noqa: S314
    assert float(last.attrib["x"]) <= WIDTH - 43 / 2


def test_numbers_that_would_touch_are_left_out_around_zero() -> None:
    """Every grid line stays; zero keeps its number."""
    ticks = (-0.001, -0.0005, 0.0, 0.0005, 0.001)
    drawn = ET.fromstring(f"<g>{bottom_axis(Axis(-0.001, 0.001, 250, 430), ticks, 0, 10)}</g>")  # noqa: S314
    assert ["−0.0010", "0.0000", "0.0010"] == [text.text for text in drawn.iter("text")]
    assert 5 == len(list(drawn.iter("line")))


@given(st.text(max_size=60), st.text(max_size=30), st.floats(50, 440))
def test_a_name_leaves_room_for_the_value_beside_it(name: str, said: str, room: float) -> None:
    """Together they are no wider than the line; a stub of the name is always there."""
    most = room_beside(name, said, room=room)
    shown = name if len(name) <= most else f"{name[: most - 1]}…"
    assert most == 8 or text_width(shown) + text_width(said) < room


def test_a_long_name_is_cut_where_its_letters_are_wide() -> None:
    """On a phone names of the same length differ by half in width."""
    room = partial(room_beside, said="n 6, mean +0.32", room=412)
    assert len("Distance learning") == room("Distance learning")
    assert (
        room("MANDATORY COMMUNITY WORKSHOPS OF WOMEN")
        < room("Trying something beyond what you have mastered")
        < 36
    )


def test_a_percentage_is_said_once() -> None:
    """A narrow space in it is no reason for a hint."""
    assert "<title>" not in label("80\N{NARROW NO-BREAK SPACE}%", 0, 0)


def labels(svg: str) -> list[str]:
    """The texts of a picture."""
    return [node.text or "" for node in ET.fromstring(svg).iter("text")]  # noqa: S314


def test_a_forest_says_how_many_essays_where_that_differs() -> None:
    """Where all rows speak of the same essays, the number is left to who hears the picture."""
    sure, open_ = Interval(0.1, 0.0, 0.2), Interval(0.1, NAN, NAN)
    rows = [difference_row("first", 10, sure), difference_row("second", 10, open_)]
    alike = forest_chart("F", rows, left="less", right="more")
    assert "first" in labels(alike)
    assert "first, 10 essays" in alike
    differing = forest_chart("F", [*rows, difference_row("third", 9, sure)], left="less", right="more")
    assert {"first, n 10", "third, n 9"} <= set(labels(differing))


def test_shares_name_the_grades_that_have_room() -> None:
    """A sliver has no name; every row says how many essays it has."""
    svg = grade_shares_chart("S", ("F", "E", "A"), [GradedPart("fold 0", (500, 1, 1499))])
    assert ["F", "A", "fold 0, n 2,000"] == labels(svg)
    assert [] == labels(grade_shares_chart("S", ("F",), []))


def test_a_search_of_which_one_was_judged_is_drawn_around_it() -> None:
    """The axis is near the figure, and says which way is better."""
    svg = search_chart("rps", [Tried(0, 0.06, 0.06), Tried(1, NAN, 0.06)], 0.06)
    numbers = [float(text) for text in labels(svg) if re.fullmatch(r"[\d.]+", text)]
    assert 0.05 < min(numbers) < 0.06 < max(numbers) < 0.07
    assert any(text.endswith("lower is better") for text in labels(svg))


def test_the_prompts_with_the_lowest_agreement_are_drawn() -> None:
    """Lowest first; what is not defined comes last, and what was cut is counted."""
    graded = [Interval(float(value), NAN, NAN) for value in (*np.linspace(0.9, 0.1, 17), NAN)]
    rows = [
        SliceRow(f"prompt {at}", 50 - at, {"qwk": qwk, "accuracy": qwk, "adjacent_accuracy": qwk, "mae": qwk})
        for at, qwk in enumerate(graded)
    ]
    (drawn,) = prompts_section(rows, min_prompt=10).figures
    names = [text for text in labels(drawn.svg) if text.startswith("prompt")]
    assert (15, "prompt 16, n 34", "prompt 2, n 48") == (len(names), names[0], names[-1])
    assert "lowest first; 15 of 18 are drawn" in drawn.reading
    (few,) = prompts_section(rows[-2:], min_prompt=10).figures
    assert ["prompt 16, n 34", "prompt 17, n 33"] == [
        text for text in labels(few.svg) if text.startswith("prompt")
    ]
    assert "are drawn" not in few.reading
