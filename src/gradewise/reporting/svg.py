"""The alphabet of the charts: elements, labels, axes. Colours are classes that the page defines."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from itertools import accumulate

from gradewise.reporting.wording import shortened

WIDTH = 440.0
"""Width of every chart in its own units: one column on a phone, two beside each other on a desk."""
ROW = 44.0
"""Height of a row that has its label above its mark."""
WIDEST = 7.3
"""Mean width of a character of chart text on a phone, where text is larger than the usual 13 units."""
LARGEST = 14.5
"""Size of a chart's names and figures where it is largest: on a phone, as the styles of pages have it."""
LEAST_NAME = 8
"""Characters of a name that are shown however little room there is."""
_EMS: Mapping[str, float] = {
    **dict.fromkeys(" .,:;'|!()[]ijlftr", 0.4),
    **dict.fromkeys("ABCDGHKNOPQRSUVXYZ", 0.79),
    **dict.fromkeys("mwMW%@…—+−", 1.0),
}
"""Widths of letters that are not about 0.64 of their size, in the widest of the usual faces."""
_FULL_WIDTH = "\u2e80"
"""From here on letters are as wide as they are high."""

# What XML 1.0 cannot hold: control characters and lone surrogates.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """The text with every character that a page cannot hold shown as a replacement mark."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)


def escaped(text: str) -> str:
    """The text as it may stand inside an element or an attribute."""
    return escape(legal(text), quote=True)


def length(value: float) -> str:
    """A coordinate with one decimal at most.

    >>> length(12.0), length(0.25), length(-0.01)
    ('12', '0.2', '0')
    """
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def element(tag: str, *children: str, **attributes: str | float) -> str:
    """One element; children are markup, attributes are escaped, ``class_`` and ``text_anchor`` are respelled.

    >>> element("text", "A", x=1.5, class_="tick")
    '<text x="1.5" class="tick">A</text>'
    """
    spelled = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escaped(spelling)}"'
        for name, value in attributes.items()
        for spelling in (value if isinstance(value, str) else length(value),)
    )
    return f"<{tag}{spelled}>{''.join(children)}</{tag}>" if children else f"<{tag}{spelled}/>"


def drawing(title: str, description: str, height: float, *body: str, width: float = WIDTH) -> str:
    """A whole chart; title and description are what a screen reader says."""
    return element(
        "svg",
        element("title", escaped(title)),
        element("desc", escaped(description)),
        *body,
        class_="chart",
        viewBox=f"0 0 {length(width)} {length(height)}",
        role="img",
    )


def hint(text: str) -> str:
    """What a mark says when a pointer rests on it."""
    return element("title", escaped(text))


def label(
    text: str, x: float, y: float, *, most: int = 60, class_: str = "label", anchor: str = "start"
) -> str:
    """A line of text; a long one is cut and says the whole when a pointer rests on it."""
    short = text if len(text) <= most else shortened(text, most=most)
    whole = hint(text) if short != text else ""
    return element("text", escaped(short), whole, x=x, y=y, class_=class_, text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def bar(x: float, y: float, width: float, height: float, class_: str, *children: str) -> str:
    """A filled rectangle; never thinner than a hair, so that little is told from nothing."""
    return element("rect", *children, x=x, y=y, width=max(width, 0.5), height=max(height, 0.5), class_=class_)


def dot(x: float, y: float, radius: float, class_: str, *children: str) -> str:
    """A filled circle."""
    return element("circle", *children, cx=x, cy=y, r=radius, class_=class_)


def polyline(points: list[tuple[float, float]], class_: str) -> str:
    """A line through points."""
    return element("polyline", points=" ".join(f"{length(x)},{length(y)}" for x, y in points), class_=class_)


def nice_ticks(low: float, high: float, *, about: int = 5) -> tuple[float, ...]:
    """Round numbers that span an interval: steps of 1, 2 or 5 times a power of ten.

    Source: Heckbert (1990), Nice numbers for graph labels, Graphics Gems, pp. 61–63.

    >>> nice_ticks(0, 0.93)
    (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = 0.0, 1.0
    if high <= low:
        low, high = low - 0.5, low + 0.5
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    digits = max(0, -math.floor(math.log10(step)))
    return tuple(round(position * step, digits) + 0.0 for position in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class Axis:
    """Maps values to places on the drawing."""

    low: float
    """Value at `start`."""
    high: float
    """Value at `end`; greater than `low`."""
    start: float
    """Place of `low`."""
    end: float
    """Place of `high`; less than `start` for an axis that runs upwards."""

    def at(self, value: float) -> float:
        """The place of a value; what lies outside is put on the edge."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def tick_text(value: float, ticks: tuple[float, ...], *, percent: bool = False) -> str:
    """A tick with as many decimals as its step needs."""
    step = ticks[1] - ticks[0]
    if percent:
        return f"{100 * value:.0f}\N{NARROW NO-BREAK SPACE}%"
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:,.{digits}f}".replace("-", "\N{MINUS SIGN}")


def bottom_axis(
    axis: Axis, ticks: tuple[float, ...], top: float, bottom: float, *, percent: bool = False
) -> str:
    """Grid lines with their numbers under them; where they crowd, every second has its number, or fewer."""
    said = [tick_text(tick, ticks, percent=percent) for tick in ticks]
    crowded = every(
        len(ticks) - 1, abs(axis.at(ticks[-1]) - axis.at(ticks[0])), least=_room(max(said, key=len))
    )
    middle = min(range(len(ticks)), key=lambda place: abs(ticks[place]))
    return "".join(
        line(axis.at(tick), top, axis.at(tick), bottom, "grid")
        + (
            label(text, _inside(axis.at(tick), text), bottom + 17, class_="tick", anchor="middle")
            if (place - middle) % crowded == 0
            else ""
        )
        for place, (tick, text) in enumerate(zip(ticks, said, strict=True))
    )


def _room(said: str) -> float:
    """Width of a number on an axis, its distance to the next one included."""
    return len(said) * WIDEST + 6


def _inside(middle: float, said: str) -> float:
    """Where a text is centred so that none of it stands outside a picture of the usual width."""
    half = text_width(said) / 2
    return min(max(middle, half), WIDTH - half)


def text_width(text: str) -> float:
    """How wide a name or figure of a chart can be, in its units: on a phone, in a wide face.

    >>> text_width("illicit") < text_width("average") < text_width("MAXIMUM")
    True
    """
    return LARGEST * sum(_EMS.get(letter) or (1.0 if letter >= _FULL_WIDTH else 0.64) for letter in text)


def room_beside(name: str, said: str, *, room: float, most: int = 60) -> int:
    """How many characters of a name find room on the line of a value: all of them, where there is enough.

    >>> room_beside("grammar errors", "0.69 (0.50–0.81)", room=416)
    14
    >>> room_beside("illustrations of what is left illegible", "0.69 (0.50–0.81)", room=416)
    37
    """
    room -= text_width(f"{said} ")
    if text_width(name) <= room:
        return min(most, max(len(name), LEAST_NAME))
    widths = accumulate((text_width(letter) for letter in name), initial=text_width("…"))
    return max(LEAST_NAME, min(most, sum(width <= room for width in widths)))


def left_axis(
    axis: Axis, ticks: tuple[float, ...], left: float, right: float, *, percent: bool = False
) -> str:
    """Grid lines with their numbers left of them."""
    return "".join(
        line(left, axis.at(tick), right, axis.at(tick), "grid")
        + label(
            tick_text(tick, ticks, percent=percent), left - 7, axis.at(tick) + 4, class_="tick", anchor="end"
        )
        for tick in ticks
    )


def every(n: int, room: float, *, least: float) -> int:
    """Which grades get a label: every ``k``-th, so that two labels are at least so far apart."""
    return max(1, math.ceil(n * least / room))
