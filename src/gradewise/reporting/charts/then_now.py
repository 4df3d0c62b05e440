"""How texts are divided, then and now: by length, by label, by whatever a column holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gradewise.evaluation.profile_parts import OTHER
from gradewise.reporting.charts.intervals import MARGIN
from gradewise.reporting.svg import (
    WIDTH,
    Axis,
    bar,
    bottom_axis,
    drawing,
    hint,
    label,
    line,
    nice_ticks,
    room_beside,
    tick_text,
)
from gradewise.reporting.wording import decimal, percentage

MOST_PARTS = 12
"""Labels that are drawn; the others are drawn together."""
FEW_VALUES = 8
"""A column with no more values than this has a row for each."""
THEN, NOW = "then", "now"
_NAMES, _HEAD, _ROW, _THICK = 150.0, 26.0, 34.0, 12.0
_MOST_EFFECT = 5.0
_MOVE = 40.0
"""Height of a row whose name stands above its bar: names of columns are long and often begin alike."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the texts."""

    name: str
    """Which."""
    then: float
    """Its share, 0 to 1."""
    now: float | None = None
    """Its share of the new texts; ``None`` where there are none to compare."""


@dataclass(frozen=True, slots=True)
class Move:
    """How far something has moved."""

    name: str
    """What."""
    share_of_alarm: float
    """Its size, 1 being the least that raises the alarm."""
    drifted: bool
    """Whether it does."""


def parts_chart(title: str, parts: Sequence[Part]) -> str:
    """A row a part: how large its share was, and below it how large it is now."""
    compared = any(part.now is not None for part in parts)
    largest = max([0.01, *(max(part.then, part.now or 0.0) for part in parts)])
    ticks = nice_ticks(0, largest, about=4)
    axis, first = Axis(0, ticks[-1], _NAMES, WIDTH - MARGIN), _HEAD if compared else 4.0
    bottom = first + _ROW * len(parts)
    return drawing(
        title,
        "; ".join(_said(part) for part in parts),
        bottom + 24,
        _legend() if compared else "",
        bottom_axis(axis, ticks, first, bottom, percent=True),
        *(_row(part, axis, first + _ROW * place) for place, part in enumerate(parts)),
    )


def moves_chart(title: str, moves: Sequence[Move]) -> str:
    """A bar for each thing that was checked, as long as it has moved; at the line it is an alarm."""
    longest = min(max([1.5, *(move.share_of_alarm for move in moves)]), _MOST_EFFECT)
    axis, bottom = Axis(0, longest, 0, WIDTH - MARGIN), _HEAD + _MOVE * len(moves)
    return drawing(
        title,
        "; ".join(f"{move.name}: {decimal(move.share_of_alarm)} of the alarm" for move in moves),
        bottom + 6,
        label("alarm", axis.at(1), 14, class_="axis", anchor="middle"),
        *(_move(move, axis, _HEAD + _MOVE * place) for place, move in enumerate(moves)),
        line(axis.at(1), _HEAD - 6, axis.at(1), bottom, "limit"),
    )


def parts_of_numbers(
    edges: Sequence[float], then: Sequence[int], now: Sequence[int] | None = None
) -> list[Part]:
    """Stretches of even width, with the share of texts in each.

    Args:
        edges: where the stretches that were counted end.
        then: texts in each, and above the last.
        now: the same of the new texts.
    """
    if len(edges) <= FEW_VALUES:
        whole = all(edge == int(edge) for edge in edges)
        names = [*(f"{edge:g}" if whole else f"up to {edge:.3g}" for edge in edges), "more"]
        return _parts(names, [_shares(each) for each in (then, now) if each is not None])
    known = [_running(each) for each in (then, now) if each is not None]
    low = next(edge for edge, share in zip(edges, known[0], strict=False) if share >= 0.05)  # noqa: PLR2004
    high = next(edge for edge, share in zip(edges, known[0], strict=False) if share >= 0.95)  # noqa: PLR2004
    ticks = nice_ticks(low, high, about=6)
    said = [tick_text(tick, ticks) for tick in ticks]
    names = [
        f"up to {said[0]}",
        *(f"{a} to {b}" for a, b in pairwise(said)),
        f"above {said[-1]}",
    ]
    return _parts(names, [_between(edges, running, ticks) for running in known])


def parts_of_labels(
    names: Sequence[str], then: Sequence[int], now: Sequence[int] | None = None
) -> list[Part]:
    """The labels that most texts have or whose share has changed most, and the others together."""
    shares = [_shares(each) for each in (then, now) if each is not None]
    rank = sorted(
        range(len(names)),
        key=lambda place: (-abs(shares[-1][place] - shares[0][place]) if now else 0.0, -shares[0][place]),
    )
    shown = sorted(
        (place for place in rank[:MOST_PARTS] if names[place] != OTHER), key=lambda at: -shares[0][at]
    )
    rest = [sum(each) - sum(each[place] for place in shown) for each in shares]
    parts = _parts([names[place] for place in shown], [[each[at] for at in shown] for each in shares])
    if max(rest) > 1e-9:  # noqa: PLR2004 - rounding
        parts.append(Part("all others", rest[0], rest[1] if now else None))
    return parts


def _parts(names: Sequence[str], shares: Sequence[Sequence[float]]) -> list[Part]:
    """The parts; one at either end that no text is in is left out."""
    rows = [Part(name, *(each[place] for each in shares)) for place, name in enumerate(names)]
    return [row for row in rows if row.then or row.now or row not in {rows[0], rows[-1]}]


def _shares(counts: Sequence[int]) -> list[float]:
    total = max(sum(counts), 1)
    return [count / total for count in counts]


def _running(counts: Sequence[int]) -> list[float]:
    shares = _shares(counts)
    return [sum(shares[: place + 1]) for place in range(len(shares) - 1)]


def _between(edges: Sequence[float], running: Sequence[float], ticks: Sequence[float]) -> list[float]:
    up_to = [0.0, *(_at(tick, edges, running) for tick in ticks), 1.0]
    return [max(0.0, b - a) for a, b in pairwise(up_to)]


def _at(value: float, edges: Sequence[float], running: Sequence[float]) -> float:
    """The share up to a value, straight between the edges."""
    before = [place for place, edge in enumerate(edges) if edge <= value]
    if not before:
        return 0.0
    at = before[-1]
    if at + 1 == len(edges):
        return running[at]
    part = (value - edges[at]) / (edges[at + 1] - edges[at])
    return running[at] + part * (running[at + 1] - running[at])


def _said(part: Part) -> str:
    then = f"{part.name}: {percentage(part.then)}"
    return then if part.now is None else f"{then} then, {percentage(part.now)} now"


def _legend() -> str:
    return (
        bar(_NAMES, 4, 14, 14, "teacher")
        + label(THEN, _NAMES + 21, 16)
        + bar(_NAMES + 90, 4, 14, 14, "model")
        + label(NOW, _NAMES + 111, 16)
    )


def _row(part: Part, axis: Axis, top: float) -> str:
    said = hint(_said(part))
    name = label(part.name, 0, top + 21, most=room_beside(part.name, "", room=axis.start))
    if part.now is None:
        return name + bar(axis.start, top + 7, axis.at(part.then) - axis.start, 2 * _THICK - 4, "model", said)
    return (
        name
        + bar(axis.start, top + 5, axis.at(part.then) - axis.start, _THICK, "teacher", said)
        + bar(axis.start, top + 5 + _THICK, axis.at(part.now) - axis.start, _THICK, "model", said)
    )


def _move(move: Move, axis: Axis, top: float) -> str:
    said = hint(f"{move.name}: {decimal(move.share_of_alarm)} of the alarm")
    long = axis.at(move.share_of_alarm) - axis.start
    return label(move.name, 0, top + 14, class_="label halo") + bar(
        axis.start, top + 20, long, _THICK, "broken" if move.drifted else "model", said
    )
