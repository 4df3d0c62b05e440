"""Does confidence mean what it says? Claimed against observed."""

from gradewise.evaluation.results import Evaluation, ReliabilityBin
from gradewise.reporting.class_wording import terms_of
from gradewise.reporting.svg import (
    WIDTH,
    Axis,
    bar,
    bottom_axis,
    dot,
    drawing,
    hint,
    label,
    left_axis,
    line,
    nice_ticks,
)
from gradewise.reporting.wording import counted, percentage, with_bounds

LEFT, TOP, BOTTOM = 58.0, 26.0, 300.0
COUNTS_TOP, COUNTS_BOTTOM = 362.0, 414.0


def reliability_chart(evaluation: Evaluation) -> str:
    """Confidence bins against the line on which claim and truth agree, with counts beneath."""
    bins = [bin_ for bin_ in evaluation.reliability if bin_.n > 0]
    x, y = Axis(0, 1, LEFT, WIDTH - 18), Axis(0, 1, BOTTOM, TOP)
    ticks = nice_ticks(0, 1)
    most, item = max([1, *(bin_.n for bin_ in bins)]), terms_of(evaluation.scale).item
    return drawing(
        "How sure the model is against how often it is right",
        f"{counted(evaluation.n, item)} in {counted(len(bins), 'group')} of like confidence.",
        COUNTS_BOTTOM + 6,
        label("How often it was right", 0, 14, class_="axis"),
        left_axis(y, ticks, LEFT, WIDTH - 18, percent=True),
        bottom_axis(x, ticks, TOP, BOTTOM, percent=True),
        line(x.at(0), y.at(0), x.at(1), y.at(1), "ideal"),
        *(_bin_mark(bin_, x, y, item) for bin_ in bins),
        label("How sure it said it was", WIDTH - 18, BOTTOM + 36, class_="axis", anchor="end"),
        label(f"{item.capitalize()}s at that confidence", 0, COUNTS_TOP - 8, class_="axis"),
        *(_bin_count(bin_, x, most) for bin_ in bins),
        line(LEFT, COUNTS_BOTTOM, WIDTH - 18, COUNTS_BOTTOM, "grid"),
    )


def _bin_mark(bin_: ReliabilityBin, x: Axis, y: Axis, item: str) -> str:
    place = x.at(bin_.mean_confidence)
    said = hint(
        f"said {percentage(bin_.mean_confidence)}, right {with_bounds(bin_.accuracy, percent=True)}, "
        f"{counted(bin_.n, item)}"
    )
    return line(place, y.at(bin_.accuracy.low), place, y.at(bin_.accuracy.high), "whisker") + dot(
        place, y.at(bin_.accuracy.estimate), 6, "model", said
    )


def _bin_count(bin_: ReliabilityBin, x: Axis, most: int) -> str:
    left, right = x.at(bin_.low), x.at(bin_.high)
    tall = (COUNTS_BOTTOM - COUNTS_TOP - 14) * bin_.n / most
    return bar(left + 1, COUNTS_BOTTOM - tall, right - left - 2, tall, "quiet") + label(
        f"{bin_.n:,}", (left + right) / 2, COUNTS_BOTTOM - tall - 4, class_="share", anchor="middle"
    )
