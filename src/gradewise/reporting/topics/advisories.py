"""Advisories in a report: which essays a person must read, and what the figures are without them."""

import math
from typing import Any

from gradewise.evaluation.flagged import FlaggedEvaluation, FlagRow
from gradewise.evaluation.interval_json import intervals_to_json
from gradewise.evaluation.results import Interval
from gradewise.features.advisories.advisory import ADVISORIES
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.charts.rows import comparison_chart
from gradewise.reporting.parts import Figure, Section, Table, table
from gradewise.reporting.svg import ROW, WIDTH, Axis, bar, drawing, hint, label
from gradewise.reporting.wording import THIN, counted, decimal, metric_words, signed, with_bounds

SHOWN = ("qwk", "accuracy", "adjacent_accuracy", "mae", "mean_residual")
"""Figures that are shown with and without flagged essays."""

_DONE = {"review": "read by a person", "note": "remarked on"}


def advisories_section(found: FlaggedEvaluation, *, essays: str) -> Section:
    """Which advisories essays got, and the figures with and without those that a person must read.

    Args:
        found: the evaluation, flags being codes of advisories, essays for review set aside.
        essays: which essays these were, such as ``out of fold``.
    """
    return Section(
        name="advisories",
        heading="Essays that must not be graded blindly",
        intro=_intro(found, essays),
        figures=(_counts_figure(found), _without_figure(found)),
        record=_record(found, essays),
    )


def _intro(found: FlaggedEvaluation, essays: str) -> str:
    share = _share(found.n_set_aside, found.n)
    return (
        f"Before a grade is believed, each essay is compared with those that the model learnt from. Of "
        f"{counted(found.n, 'essay')}, {essays}, {found.n_set_aside:,} ({share}) would be read by a person "
        f"first, and {found.n_flagged:,} got some remark. Each learnt limit raises a false alarm on about "
        "one ordinary essay in a hundred; an essay without advisory is not thereby a sound one."
    )


def _counts_figure(found: FlaggedEvaluation) -> Figure:
    return Figure(
        "What is odd about them",
        _counts_chart(found) if found.flags else "",
        "A bar for each kind of advisory, as long as the number of essays that got it; an essay may have "
        "several. The average distance says whether such essays are graded worse than others.",
        _counts_table(found),
    )


def _counts_chart(found: FlaggedEvaluation) -> str:
    axis = Axis(0, max(row.n for row in found.flags), 0, WIDTH)
    return drawing(
        "Essays by advisory",
        "; ".join(f"{_label(row.flag)}: {counted(row.n, 'essay')}" for row in found.flags),
        ROW * len(found.flags),
        *(_bar(row, axis, ROW * place) for place, row in enumerate(found.flags)),
    )


def _bar(row: FlagRow, axis: Axis, top: float) -> str:
    said = counted(row.n, "essay")
    return (
        label(_label(row.flag), 0, top + 16, most=44)
        + label(said, WIDTH, top + 16, class_="value", anchor="end")
        + bar(0, top + 23, WIDTH, 13, "rail")
        + bar(0, top + 23, axis.at(row.n), 13, "model", hint(f"{_label(row.flag)}: {said}"))
    )


def _counts_table(found: FlaggedEvaluation) -> Table:
    counted_rows = (
        *((_label(row.flag), _done(row.flag), row.n, row.metrics) for row in found.flags),
        ("set aside", "", found.n_set_aside, found.set_aside),
        ("all others", "", found.n - found.n_set_aside, found.kept),
    )
    return table(
        ("Advisory", "What is done", "Essays", "Share", "Average distance", "Average lean"),
        (
            (
                name,
                done,
                f"{n:,}",
                _share(n, found.n),
                with_bounds(metrics["mae"], percent=False),
                with_bounds(metrics["mean_residual"], percent=False),
            )
            for name, done, n, metrics in counted_rows
        ),
    )


def _done(flag: str) -> str:
    """What is done about essays with an advisory; nothing is said of one that is not known."""
    return _DONE[ADVISORIES[flag].severity] if flag in ADVISORIES else ""


def _without_figure(found: FlaggedEvaluation) -> Figure:
    return Figure(
        "Is the model better on the rest?",
        comparison_chart(
            "Agreement with and without the essays that a person reads first",
            (
                IntervalRow("all essays", found.everything["qwk"], "model"),
                IntervalRow("without those set aside", found.kept["qwk"], "model"),
            ),
        ),
        "The dot is the agreement with the teacher, the line the interval in which it would plausibly fall. "
        "If the lower row is far to the right, the model owes its figures to what was set aside.",
        _without_table(found),
    )


def _without_table(found: FlaggedEvaluation) -> Table:
    parts = (found.everything, found.kept, found.set_aside)
    return table(
        ("Figure", "All essays", "Without those set aside", "Those set aside", "What setting aside does"),
        (
            (
                metric_words(name).label,
                *(with_bounds(part[name], percent=metric_words(name).percent) for part in parts),
                _difference(found.gain[name], percent=metric_words(name).percent),
            )
            for name in SHOWN
        ),
    )


def _difference(gain: Interval, *, percent: bool) -> str:
    """A difference with its bounds, shares in percentage points."""
    factor, digits, unit = (100.0, 1, " points") if percent else (1.0, 3, "")
    estimate, low, high = (
        signed(factor * bound, digits=digits) for bound in (gain.estimate, gain.low, gain.high)
    )
    return f"{estimate}{unit} ({low} to {high})" if math.isfinite(gain.low) else estimate


def _label(flag: str) -> str:
    return ADVISORIES[flag].label if flag in ADVISORIES else flag


def _share(n: int, total: int) -> str:
    return f"{decimal(100 * n / total, digits=1)}{THIN}%"


def _record(found: FlaggedEvaluation, essays: str) -> dict[str, Any]:
    return {
        "essays": essays,
        "n": found.n,
        "n_flagged": found.n_flagged,
        "n_set_aside": found.n_set_aside,
        "advisories": [
            {"code": row.flag, "n": row.n, "metrics": intervals_to_json(row.metrics)} for row in found.flags
        ],
        "everything": intervals_to_json(found.everything),
        "kept": intervals_to_json(found.kept),
        "set_aside": intervals_to_json(found.set_aside),
        "gain": intervals_to_json(found.gain),
    }
