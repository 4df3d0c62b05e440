"""Confidence in pictures: what grade sets hold, and what could be released without a look."""

import math
from collections.abc import Sequence

from gradewise.evaluation.coverage import FEWEST_JUDGED, CoverageRow
from gradewise.evaluation.release import Release
from gradewise.evaluation.results import Interval
from gradewise.evaluation.review import CurvePoint, ReviewCurve
from gradewise.reporting.charts.intervals import HEAD, MARGIN, interval_mark
from gradewise.reporting.svg import (
    ROW,
    WIDTH,
    Axis,
    bottom_axis,
    dot,
    drawing,
    element,
    hint,
    label,
    left_axis,
    length,
    line,
    nice_ticks,
    polyline,
)
from gradewise.reporting.wording import counted, decimal, percentage, with_bounds

LEFT, RIGHT, TOP, BOTTOM = 58.0, WIDTH - 18, 96.0, 376.0

_LEGEND = (
    ("agreement", "curve", "on the teacher’s side of the cut"),
    ("within_one", "curve-near", "within one grade"),
    ("exact", "curve-same", "same grade"),
)


def coverage_chart(
    rows: Sequence[CoverageRow],
    *,
    promised: float,
    title: str = "How often sets hold the teacher’s grade",
    labels: str = "grades",
    item: str = "essay",
) -> str:
    """A dot with its interval for each part of the essays, against the line of the promise.

    Args:
        rows: Parts, top to bottom.
        promised: Where the line stands.
        title: Of the picture.
        labels: What sets are made of.
        item: What has a set.
    """
    shown = [row for row in rows if row.n]
    ticks = nice_ticks(min([promised, *(row.coverage.low for row in shown)]), 1.0)
    axis = Axis(ticks[0], 1.0, MARGIN, WIDTH - MARGIN)
    bottom = HEAD + ROW * len(shown)
    return drawing(
        title,
        "; ".join(f"{row.name}: {with_bounds(row.coverage, percent=True)}" for row in shown),
        bottom + 26,
        label(
            f"promised: {percentage(promised)}",
            axis.at(promised),
            14,
            class_="axis",
            anchor="end" if axis.at(promised) > WIDTH / 3 else "start",
        ),
        bottom_axis(axis, tuple(tick for tick in ticks if tick <= 1), 22, bottom, percent=True),
        line(axis.at(promised), 22, axis.at(promised), bottom, "ideal"),
        *(_covered(row, axis, HEAD + ROW * place, labels, item) for place, row in enumerate(shown)),
    )


def _covered(row: CoverageRow, axis: Axis, top: float, labels: str, item: str) -> str:
    y, kind = top + 33, "model" if row.n >= FEWEST_JUDGED else "baseline"
    said = f"{percentage(row.coverage.estimate)}, {decimal(row.mean_size, digits=1)} {labels}"
    whole = f"{row.name}: {with_bounds(row.coverage, percent=True)} of {counted(row.n, item)}"
    return (
        interval_mark(row.coverage, axis, y, kind, whole)
        + label(f"{row.name}, n {row.n:,}", MARGIN, top + 18, most=32, class_="label halo")
        + label(said, WIDTH - MARGIN, top + 18, class_="value halo", anchor="end")
    )


def release_chart(curve: ReviewCurve, chosen: Release) -> str:
    """Agreement of the surest essays by how many of them are released, with the share that was chosen."""
    required = chosen.policy.required
    lows = [point.exact.low for point in curve.points if math.isfinite(point.exact.low)]
    ticks = nice_ticks(min([required, *lows]), 1.0)
    x, y = Axis(0, 1, LEFT, RIGHT), Axis(ticks[0], 1.0, BOTTOM, TOP)
    return drawing(
        "How released essays agree with the teacher",
        f"{counted(curve.n, 'essay')}, the surest first; "
        + "; ".join(
            f"{percentage(point.share)} released: {with_bounds(point.agreement, percent=True)} agree"
            for point in curve.points[3::4]
        ),
        BOTTOM + 44,
        _legend(),
        left_axis(y, tuple(tick for tick in ticks if tick <= 1), LEFT, RIGHT, percent=True),
        bottom_axis(x, nice_ticks(0, 1), TOP, BOTTOM, percent=True),
        line(LEFT, y.at(required), RIGHT, y.at(required), "ideal"),
        *(_curve(name, kind, curve.points, x, y) for name, kind, _ in reversed(_LEGEND)),
        _chosen(chosen, x, y),
        label("Released without a look", RIGHT, BOTTOM + 37, class_="axis", anchor="end"),
    )


def _legend() -> str:
    return "".join(
        line(LEFT, 10 + 22 * row, LEFT + 26, 10 + 22 * row, kind) + label(words, LEFT + 36, 14 + 22 * row)
        for row, (_, kind, words) in enumerate(_LEGEND)
    )


def _curve(name: str, kind: str, points: Sequence[CurvePoint], x: Axis, y: Axis) -> str:
    found: list[tuple[float, Interval]] = [(point.share, getattr(point, name)) for point in points]
    sure = [(share, each) for share, each in found if math.isfinite(each.low) and math.isfinite(each.high)]
    ring = " ".join(
        f"{length(x.at(share))},{length(y.at(bound))}"
        for share, bound in (
            *((share, each.high) for share, each in sure),
            *((share, each.low) for share, each in reversed(sure)),
        )
    )
    band = element("polygon", points=ring, class_="band") if sure and name == "agreement" else ""
    return band + polyline([(x.at(share), y.at(each.estimate)) for share, each in found], kind)


def _chosen(chosen: Release, x: Axis, y: Axis) -> str:
    if chosen.n_released == 0:
        return ""
    share, agreement = chosen.share.estimate, chosen.agreement
    said = f"{percentage(share)} released: {with_bounds(agreement, percent=True)} agree"
    place = x.at(share)
    return (
        line(place, y.at(agreement.estimate), place, BOTTOM, "ideal")
        + dot(place, y.at(agreement.estimate), 6.5, "human", hint(said))
        + label(
            f"chosen: {percentage(share)}",
            place - 8,
            BOTTOM - 10,
            class_="label halo",
            anchor="end",
        )
    )
