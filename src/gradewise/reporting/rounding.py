"""Numbers rounded so that what is shown adds up."""

from collections.abc import Sequence


def add_up(parts: Sequence[float], *, start: float, end: float, digits: int = 2) -> tuple[float, ...]:
    """Round parts so that the rounded start and the rounded parts make the rounded end, exactly.

    Each part is rounded to the nearest; where the sum then misses, the parts that rounding moved farthest
    the wrong way go to their other neighbour. A part of 0 is moved only when there is no other.

    Args:
        parts: what leads from start to end: ``start + sum(parts)`` is ``end``, but for rounding.
        start: where the sum begins.
        end: where it ends.
        digits: decimals.

    >>> add_up([0.004, 0.004, 0.004], start=0.0, end=0.012)
    (0.01, 0.0, 0.0)
    """
    unit: int = 10**digits

    def whole(value: float) -> int:
        # As the ends are shown: 0.015 is a little less than it looks, and is shown as 0.01.
        return round(round(value, digits) * unit)

    nearest = [whole(part) for part in parts]
    missing = whole(end) - whole(start) - sum(nearest)
    step = 1 if missing > 0 else -1
    wrong_way = [step * (part * unit - near) for part, near in zip(parts, nearest, strict=True)]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] == 0, -wrong_way[place]))
    for turn in range(abs(missing) if order else 0):
        nearest[order[turn % len(order)]] += step
    return tuple(near / unit for near in nearest)
