"""Figures in words."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.evaluation.results import METRICS, Interval
from gradewise.reporting.report import UNDEFINED
from gradewise.reporting.wording import (
    GLOSSARY,
    bounds,
    decimal,
    enumerated,
    metric_words,
    percentage,
    shortened,
    signed,
    with_bounds,
)

NAN = float("nan")


def test_every_headline_metric_is_explained() -> None:
    """Each metric has a name and a sentence for a reader."""
    assert all(GLOSSARY[name].label and GLOSSARY[name].meaning for name in METRICS)


def test_unknown_metric_goes_by_its_own_name() -> None:
    """A metric that the glossary lacks is still shown."""
    assert metric_words("sd_ratio").label == "sd ratio"


@pytest.mark.parametrize(
    ("interval", "percent", "expected"),
    [
        (Interval(0.92, 0.9, 0.94), True, "92\u202f% (90–94\u202f%)"),
        (Interval(0.12, 0.08, 0.16), False, "0.12 (0.08–0.16)"),
        (Interval(0.01, -0.02, 0.05), False, "0.01 (−0.02 to 0.05)"),
        (Interval(0.5, NAN, NAN), False, "0.50"),
        (UNDEFINED, True, "–"),
    ],
)
def test_intervals_read_naturally(interval: Interval, *, percent: bool, expected: str) -> None:
    """An estimate is followed by its bounds, or stands alone, or is a dash."""
    assert expected == with_bounds(interval, percent=percent)


def test_undefined_figures_are_dashes() -> None:
    """What is not defined is never spelled nan."""
    assert [decimal(NAN), signed(NAN), percentage(NAN), bounds(UNDEFINED, percent=True)] == ["–"] * 4


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_numbers_never_show_machine_spelling(value: float) -> None:
    """No nan, inf, hyphen or negative zero reaches a reader."""
    text = decimal(value)
    assert not any(sign in text for sign in ("nan", "inf", "-"))
    assert text != "−0.00"


@given(st.text(), st.integers(2, 50))
def test_shortened_text_fits(text: str, most: int) -> None:
    """A label never exceeds its room, and a short one is untouched."""
    short = shortened(text, most=most)
    assert len(short) <= most
    assert short.endswith("…") or short == " ".join(text.split())


def test_enumeration_of_one_and_none() -> None:
    """Nothing is nothing, one name is itself."""
    assert (enumerated([]), enumerated(["A"])) == ("", "A")


def test_signed_zero_has_no_sign() -> None:
    """What rounds to zero leans neither way."""
    assert signed(math.ulp(0.0)) == "0.00"
