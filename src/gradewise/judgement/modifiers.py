"""What some scales say besides their grades: minus and plus within a grade, and a grade below the lowest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.judgement.comparisons import Floats
from gradewise.judgement.projection import Projection

_OUTER_QUARTER = 0.25

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Modifiers:
    """Which grades may be given with a sign."""

    minus: frozenset[str]
    """Those whose lowest quarter is said with a minus."""
    plus: frozenset[str]
    """Those whose highest quarter is said with a plus."""


MODIFIERS: Mapping[str, Modifiers] = {
    "swedish8": Modifiers(frozenset(("E", "D", "C", "B", "A")), frozenset(("E", "B"))),
}
"""By scale; ``D+`` and ``C+`` are grades of their own there."""
BELOW_LOWEST: Mapping[str, str] = {"eng5": "F", "eng5_national": "0"}
"""By scale, the grade of an essay that does not reach the lowest."""
POPULATIONS: Mapping[str, Mapping[str, float]] = {
    "swedish8": {
        "F": 0.02, "E": 0.08, "D": 0.15, "D+": 0.20, "C": 0.25, "C+": 0.15, "B": 0.10, "A": 0.05,
    },
}  # fmt: skip
"""By scale, the shares of grades that are usual where it is used."""


def modifiers_of(scale: Scale) -> Modifiers:
    """Which grades of a scale may be given with a sign.

    Raises:
        InputError: none may.
    """
    return _known(MODIFIERS, scale, "has no minus and plus")


def usual_population(scale: Scale) -> Mapping[str, float]:
    """The usual shares of a scale's grades.

    Raises:
        InputError: they are not known.
    """
    return _known(POPULATIONS, scale, "has no usual shares of grades; give a file of them")


def with_lower_grade(scale: Scale) -> Scale:
    """The scale with the grade below its lowest.

    No anchor has that grade, so where it ends is assumed from how wide the others are.

    Raises:
        InputError: the scale has no such grade.
    """
    grade = _known(BELOW_LOWEST, scale, "has no grade below its lowest")
    return Scale(scale.name, (grade, *scale.grades))


def _known(by_scale: Mapping[str, _T], scale: Scale, lacking: str) -> _T:
    if scale.name not in by_scale:
        raise InputError(f"scale {scale.name} {lacking}; {', '.join(by_scale)} has")
    return by_scale[scale.name]


def signed_grades(projection: Projection, values: Floats, modifiers: Modifiers) -> tuple[str, ...]:
    """The grades given, with a minus in the lowest quarter of a grade and a plus in the highest.

    The lowest and the highest grade have one end only: they are taken to be as wide as the grade beside them,
    so that the lowest quarter of the highest grade can be told as well. A sign says where a score lies, and
    promises no more than the grade does.

    Args:
        projection: Of the same items.
        values: Their scores: shape ``(n,)``, in logits.
        modifiers: Which grades have signs.
    """
    ends = projection.boundaries.positions
    gaps = np.diff(ends) if ends.size > 1 else np.ones(1)
    low = np.concatenate([[ends[0] - gaps[0]], ends])
    high = np.concatenate([ends, [ends[-1] + gaps[-1]]])
    within = (values - low[projection.codes]) / (high - low)[projection.codes]
    return tuple(
        grade + _sign(grade, float(place), modifiers)
        for grade, place in zip(projection.grades, within, strict=True)
    )


def _sign(grade: str, place: float, modifiers: Modifiers) -> str:
    if place < _OUTER_QUARTER and grade in modifiers.minus:
        return "-"
    return "+" if place > 1 - _OUTER_QUARTER and grade in modifiers.plus else ""
