"""ROC and precision-recall curves: the mean over classes as a line, eight in ten classes as a band."""

from gradewise.evaluation.class_curves import ClassCurves, Curve
from gradewise.reporting.svg import (
    WIDTH,
    Axis,
    bottom_axis,
    drawing,
    element,
    label,
    left_axis,
    length,
    line,
    nice_ticks,
    polyline,
)
from gradewise.reporting.wording import percentage

_LEFT, _TOP, _BOTTOM = 58.0, 26.0, 300.0


def roc_chart(curves: ClassCurves) -> str:
    """Texts of a class that pass, by texts of others that pass too."""
    return _chart(
        "ROC curve",
        curves.roc,
        up="Texts of the class that are found",
        across="Other texts that come with them",
        chance=True,
        many=curves.n_classes > 1,
    )


def precision_chart(curves: ClassCurves) -> str:
    """How many of those that pass are of the class, by how many of the class pass."""
    return _chart(
        "Precision by recall",
        curves.precision_recall,
        up="Of these, right (precision)",
        across="Texts of the class that are found (recall)",
        chance=False,
        many=curves.n_classes > 1,
    )


def _chart(title: str, curve: Curve, *, up: str, across: str, chance: bool, many: bool) -> str:
    x, y, ticks = Axis(0, 1, _LEFT, WIDTH - 18), Axis(0, 1, _BOTTOM, _TOP), nice_ticks(0, 1)
    told = "; ".join(
        f"at {percentage(float(curve.at[place]))}: {percentage(float(curve.mean[place]))}"
        for place in (0, 10, 25, 50, 75, 90, 100)
    )
    return drawing(
        title,
        told,
        _BOTTOM + 44,
        label(up, 0, 14, class_="axis"),
        left_axis(y, ticks, _LEFT, WIDTH - 18, percent=True),
        bottom_axis(x, ticks, _TOP, _BOTTOM, percent=True),
        line(x.at(0), y.at(0), x.at(1), y.at(1), "ideal") if chance else "",
        _band(curve, x, y) if many else "",
        polyline([(x.at(at), y.at(mean)) for at, mean in zip(curve.at, curve.mean, strict=True)], "curve"),
        label(across, WIDTH - 18, _BOTTOM + 37, class_="axis", anchor="end"),
    )


def _band(curve: Curve, x: Axis, y: Axis) -> str:
    ring = [
        *zip(curve.at, curve.high, strict=True),
        *zip(curve.at[::-1], curve.low[::-1], strict=True),
    ]
    points = " ".join(f"{length(x.at(at))},{length(y.at(value))}" for at, value in ring)
    return element("polygon", points=points, class_="band")
