"""Every essay on one axis, the best at the top, with how sure its place is: a caterpillar."""

from collections.abc import Sequence
from dataclasses import dataclass

from gradewise.evaluation.results import Interval
from gradewise.reporting.svg import (
    WIDTH,
    Axis,
    bottom_axis,
    dot,
    drawing,
    element,
    hint,
    label,
    length,
    line,
    nice_ticks,
)
from gradewise.reporting.wording import counted, decimal, with_bounds

NAMED = 40
"""Essays up to which each has its name beside its mark."""
_MARGIN, _NAMES, _TOP = 14.0, 122.0, 24.0
_TALLEST, _SHORTEST, _HEIGHT = 18.0, 1.0, 560.0
_CHARACTERS = 15


@dataclass(frozen=True, slots=True)
class Place:
    """One essay's place."""

    name: str
    """Which essay."""
    interval: Interval
    """Score in logits, and where it lies with 95 %."""
    anchor: bool = False
    """Whether its grade is known."""


def caterpillar_chart(title: str, places: Sequence[Place], *, ends: tuple[str, str]) -> str:
    """A line for each essay's interval with a dot on it; anchors have a colour of their own.

    Many essays are drawn as one path, so that a page of thousands stays light; then only anchors say who they
    are.

    Args:
        title: What is shown.
        places: Best first, one at least.
        ends: What it means to lie far to the left, and far to the right.
    """
    named = len(places) <= NAMED
    pitch = min(_TALLEST, max(_SHORTEST, _HEIGHT / len(places)))
    bounds = [bound for place in places for bound in (place.interval.low, place.interval.high)]
    ticks = nice_ticks(min(bounds), max(bounds))
    axis = Axis(ticks[0], ticks[-1], _NAMES if named else _MARGIN, WIDTH - _MARGIN)
    bottom = _TOP + pitch * len(places) + 4
    rows = [(_TOP + pitch * (at + 0.5), place) for at, place in enumerate(places)]
    best, last = places[0], places[-1]
    return drawing(
        title,
        f"{counted(len(places), 'essay')}, from {best.name} at {decimal(best.interval.estimate)} to "
        f"{last.name} "
        f"at {decimal(last.interval.estimate)} logits.",
        bottom + 24,
        label(f"← {ends[0]}", axis.start, 14, class_="axis"),
        label(f"{ends[1]} →", axis.end, 14, class_="axis", anchor="end"),
        bottom_axis(axis, ticks, _TOP - 2, bottom),
        line(axis.at(0), _TOP - 2, axis.at(0), bottom, "zero"),
        _lines(axis, rows),
        *(_mark(axis, y, place, named=named) for y, place in rows if named or place.anchor),
        "" if named else _dots(axis, rows),
    )


def _lines(axis: Axis, rows: Sequence[tuple[float, Place]]) -> str:
    spans = "".join(
        f"M{length(axis.at(place.interval.low))} {length(y)}H{length(axis.at(place.interval.high))}"
        for y, place in rows
    )
    return element("path", d=spans, class_="caterpillar")


def _dots(axis: Axis, rows: Sequence[tuple[float, Place]]) -> str:
    marks = "".join(
        f"M{length(axis.at(place.interval.estimate))} {length(y)}h0" for y, place in rows if not place.anchor
    )
    return element("path", d=marks, class_="caterpillar-dots") if marks else ""


def _mark(axis: Axis, y: float, place: Place, *, named: bool) -> str:
    said = f"{place.name}: {with_bounds(place.interval, percent=False)}"
    mark = dot(axis.at(place.interval.estimate), y, 4.5, "human" if place.anchor else "model", hint(said))
    return mark + (label(place.name, 0, y + 4, most=_CHARACTERS, class_="tick") if named else "")
