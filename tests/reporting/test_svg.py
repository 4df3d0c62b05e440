"""The alphabet of the charts."""

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.reporting.svg import (
    Axis,
    element,
    escaped,
    every,
    label,
    legal,
    nice_ticks,
    tick_text,
)

finite = st.floats(-1e6, 1e6)


@given(finite, st.floats(1e-3, 1e6))
def test_ticks_span_the_interval(low: float, width: float) -> None:
    """Ticks rise evenly, cover the interval, and are few."""
    ticks = nice_ticks(low, low + width)
    assert ticks[0] <= low + 1e-6 * width
    assert ticks[-1] >= low + width - 1e-6 * width
    assert 2 <= len(ticks) <= 9
    assert all(after > before for before, after in pairwise(ticks))


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 0.0), (float("nan"), 1.0), (0.0, float("inf")), (3.0, 3.0), (1e9, 1e9)]
)
def test_ticks_of_a_point_or_of_nothing(low: float, high: float) -> None:
    """A degenerate interval still gives an axis."""
    assert len(nice_ticks(low, high)) >= 2


@pytest.mark.parametrize(
    ("ticks", "expected"),
    [
        ((0.0, 0.25), "0.2"),
        ((0.0, 0.5), "0.5"),
        ((0.0, 200.0), "200"),
        ((-2.0, -1.0), "−1"),
        ((0.0, 2e3), "2,000"),
    ],
)
def test_ticks_are_spelled_with_the_decimals_they_need(ticks: tuple[float, ...], expected: str) -> None:
    """Steps of .5 show one decimal, whole steps none."""
    assert expected == tick_text(ticks[1], ticks)


def test_percent_ticks() -> None:
    """Shares are spelled in per cent."""
    assert tick_text(0.2, (0.0, 0.2), percent=True) == "20\u202f%"


@given(finite)
def test_axis_keeps_within_its_ends(value: float) -> None:
    """What lies outside is put on the edge."""
    assert 10 <= Axis(0, 1, 90, 10).at(value) <= 90


@given(st.text())
def test_any_text_makes_a_well_formed_element(text: str) -> None:
    """Whatever a user writes, the markup stays whole and says it."""
    parsed = ET.fromstring(element("text", escaped(text), title=text))  # noqa: S314 - our own output
    assert (parsed.text or "").replace("\n", " ") == legal(text).replace("\r\n", " ").replace(
        "\r", " "
    ).replace("\n", " ")


def test_illegal_characters_are_replaced() -> None:
    """Control characters and lone surrogates would break the page."""
    assert legal("a\x00b\ud800c\n") == "a\ufffdb\ufffdc\n"


def test_long_label_keeps_its_whole_text_in_a_hint() -> None:
    """A cut label says the whole when a pointer rests on it."""
    markup = label("x" * 80, 0, 0, most=10)
    assert f"{'x' * 9}…" in markup
    assert f"<title>{'x' * 80}</title>" in markup


def test_label_spacing() -> None:
    """Eight grades all get a label; sixty-one do not."""
    assert (every(8, 400, least=34), every(61, 400, least=34)) == (1, 6)
