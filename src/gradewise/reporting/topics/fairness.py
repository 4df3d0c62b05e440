"""Whether groups of writers are graded alike, in pictures."""

import math
from collections.abc import Sequence
from typing import Any

from gradewise.evaluation.fairness import GroupEffect
from gradewise.evaluation.interval_json import interval_to_json, number_to_json
from gradewise.evaluation.writer_groups import AttributeFairness, WriterGroup, is_shown
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.charts.zones import zone_chart
from gradewise.reporting.parts import Figure, Section, table
from gradewise.reporting.wording import (
    ABSENT,
    THIN,
    counted,
    decimal,
    enumerated,
    shortened,
    signed,
    with_bounds,
)

ACCEPTED_DSM = 0.10
"""Accepted difference, either way: Williamson, Xi & Breyer (2012), doi:10.1111/j.1745-3992.2011.00223.x."""
MOST_GROUPS = 15
"""Groups that a picture shows, largest first; the table has them all."""
NOT_STATED = "(not stated)"
NAME = 40
SMALLEST_P = 0.001
_EFFECTS = {
    "osa": "size of errors (OSA)",
    "osd": "direction of errors (OSD)",
    "csd": "direction among writers with the same grade from the teacher (CSD)",
}


def fairness_section(fairness: Sequence[AttributeFairness]) -> Section:
    """How groups of writers fare under each attribute; at least one attribute."""
    n_groups = sum(_is_judged(group) for one in fairness for group in one.groups)
    sure = fairness[0].resampling.confidence
    return Section(
        name="fairness",
        heading="Are writers graded alike?",
        intro="Groups of writers may differ in how well they write, and then their grades differ with "
        "reason. What must not differ is how the model’s grades lie beside the teacher’s; whether the "
        "teacher is fair cannot be seen here. "
        f"Compared are {counted(n_groups, 'group')} of at least {fairness[0].min_n} essays. "
        "Among many comparisons some look odd by chance, so a difference counts as shown only when it "
        f"would hold for all of them together (Holm’s method, {100 * sure:g}{THIN}%).",
        figures=(*(_group_figure(one) for one in fairness), _effects_figure(fairness)),
        record={
            "min_group": fairness[0].min_n,
            "adjustment": "holm over all groups, and over all effects",
            "attributes": {one.attribute: _attribute_record(one) for one in fairness},
        },
    )


def _is_judged(group: WriterGroup) -> bool:
    return math.isfinite(group.row.dsm.estimate)


def _name(group: WriterGroup) -> str:
    return shortened(group.row.group or NOT_STATED, most=NAME)


def _group_figure(one: AttributeFairness) -> Figure:
    spoken = one.attribute.replace("_", " ")
    return Figure(
        f"Writers by “{spoken}”",
        zone_chart(
            f"Difference between model and teacher by {spoken}, in standard deviations",
            tuple(_difference(one, group) for group in one.groups[:MOST_GROUPS]),
            zone=ACCEPTED_DSM,
            ends=("the model ranks them lower", "ranks them higher"),
        ),
        f"{_finding(one)} A dot to the right: the model places the group higher among all writers than the "
        "teacher does, in standard deviations (DSM). The line is the interval; the shaded zone, "
        f"{ACCEPTED_DSM:.2f} either way, is accepted in practice.",
        table(
            ("Group", "Essays", "QWK", "SMD", "DSM", "Adjusted p"),
            (_group_cells(group) for group in one.groups),
        ),
    )


def _difference(one: AttributeFairness, group: WriterGroup) -> IntervalRow:
    row = group.row
    said = with_bounds(row.dsm, percent=False) if _is_judged(group) else "too few to judge"
    shown = is_shown(row, confidence=one.resampling.confidence)
    return IntervalRow(f"{_name(group)}, n {row.n:,}", row.dsm, "human" if shown else "model", said)


def _group_cells(group: WriterGroup) -> tuple[str, ...]:
    row = group.row
    figures = (with_bounds(figure, percent=False) for figure in (group.qwk, group.smd, row.dsm))
    return (row.group or NOT_STATED, f"{row.n:,}", *figures, p_text(row.adjusted_p_value))


def p_text(p_value: float) -> str:
    """A p-value as it is written: small ones by a bound.

    >>> p_text(0.0002), p_text(0.25), p_text(float("nan"))
    ('< 0.001', '0.250', '–')
    """
    return f"< {SMALLEST_P}" if p_value < SMALLEST_P else decimal(p_value, digits=3)


def _finding(one: AttributeFairness) -> str:
    """What the groups of one attribute amount to, in a sentence."""
    judged = [group for group in one.groups if _is_judged(group)]
    if not judged:
        return f"No group has {one.min_n} essays, so none is judged."
    shown = [
        f"“{_name(group)}” by {signed(group.row.dsm.estimate)}"
        for group in judged
        if is_shown(group.row, confidence=one.resampling.confidence)
    ]
    if shown:
        return f"Shown to be placed otherwise than by the teacher: {enumerated(shown)}."
    wide = [f"“{_name(group)}”" for group in judged if _reach(group) > ACCEPTED_DSM]
    if wide:
        return (
            "No group is shown to be placed otherwise than by the teacher; but the essays are too few to "
            f"rule out a difference beyond the zone for {enumerated(wide)}."
        )
    return "Every group that could be judged is placed as the teacher places it, or within the zone of it."


def _reach(group: WriterGroup) -> float:
    return max(abs(group.row.dsm.low), abs(group.row.dsm.high))


def _effects_figure(fairness: Sequence[AttributeFairness]) -> Figure:
    return Figure.in_numbers(
        "Does the group explain the model’s errors?",
        f"{_effects_finding(fairness)} Each row: the share of the differences between model and teacher that "
        "can be foretold from a writer’s group (adjusted R²): 0 is none, a little below 0 is chance. Groups "
        "with too few essays take no part. The third row of an attribute shows a little by necessity where "
        "one group writes better than another: a teacher’s grade is partly chance, which no model foretells.",
        table(
            ("Attribute", "What of errors", "Share explained", "Adjusted p"),
            (
                (one.attribute, _EFFECTS[effect.name], _share(effect), p_text(effect.adjusted_p_value))
                for one in fairness
                for effect in one.effects
            ),
            prose=True,
        ),
    )


def _effects_finding(fairness: Sequence[AttributeFairness]) -> str:
    shown = [
        f"{_EFFECTS[effect.name]} by “{one.attribute.replace('_', ' ')}”"
        for one in fairness
        for effect in one.effects
        if effect.adjusted_p_value < 1 - one.resampling.confidence
    ]
    return f"Shown: {enumerated(shown)}." if shown else "None is shown."


def _share(effect: GroupEffect) -> str:
    found = effect.adjusted_r2
    if not math.isfinite(found.estimate):
        return ABSENT
    low, high = (decimal(bound, digits=3) for bound in (found.low, found.high))
    return f"{decimal(found.estimate, digits=3)} ({low} to {high})"


def _attribute_record(one: AttributeFairness) -> dict[str, Any]:
    return {
        "groups": [_group_record(group) for group in one.groups],
        "effects": {
            effect.name: {
                "adjusted_r2": interval_to_json(effect.adjusted_r2),
                "p_value": number_to_json(effect.p_value),
                "adjusted_p_value": number_to_json(effect.adjusted_p_value),
            }
            for effect in one.effects
        },
    }


def _group_record(group: WriterGroup) -> dict[str, Any]:
    return {
        "group": group.row.group,
        "n": group.row.n,
        "judged": _is_judged(group),
        "qwk": interval_to_json(group.qwk),
        "smd": interval_to_json(group.smd),
        "smd_method": "johnson",
        "dsm": interval_to_json(group.row.dsm),
        "p_value": number_to_json(group.row.p_value),
        "adjusted_p_value": number_to_json(group.row.adjusted_p_value),
    }
