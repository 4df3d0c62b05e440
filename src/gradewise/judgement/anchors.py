"""Anchors: essays with known grades that are judged among the others, and give the scores their meaning."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.judgement.bradley_terry import Scores
from gradewise.judgement.comparisons import Floats

FEWEST_GRADES = 2
"""Distinct grades that anchors must have: one alone says nothing of where a boundary lies."""
ConcernKind = Literal["few anchors", "no anchor", "inverted anchors", "out of range"]
"""What may be wrong with a projection."""
ADVISED = 12
"""Anchors below which boundaries are mostly assumed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anchors:
    """Anchors with their scores, and the scale of their grades."""

    scale: Scale
    """What they are graded on."""
    items: tuple[str, ...]
    """Which items they are, sorted."""
    codes: Codes
    """Their grades: shape ``(n,)``, codes of `scale`."""
    values: Floats
    """Their scores: shape ``(n,)``, in logits."""
    errors: Floats
    """Standard errors of the scores: shape ``(n,)``, in logits."""

    def __post_init__(self) -> None:
        if np.unique(self.codes).size < FEWEST_GRADES:
            found = ", ".join(sorted({self.scale.grades[code] for code in self.codes.tolist()})) or "none"
            raise InputError(
                f"grades of judged anchors: {found}; anchors of at least {FEWEST_GRADES} different grades "
                "are needed to say where one grade ends and the next begins"
            )
        known = np.isfinite(self.values) & np.isfinite(self.errors) & (self.errors >= 0)
        if not known.all():
            raise InputError("an anchor's score or standard error is no number; score the comparisons first")

    @property
    def counts(self) -> Codes:
        """Anchors of each grade: shape ``(n_grades,)``."""
        return np.bincount(self.codes, minlength=self.scale.n_grades)

    def without(self, place: int) -> "Anchors":
        """The same but for the anchor at a place, 0 to ``n - 1``.

        Raises:
            InputError: the others have fewer than two different grades.
        """
        others = np.arange(len(self.items)) != place
        return Anchors(
            scale=self.scale,
            items=self.items[:place] + self.items[place + 1 :],
            codes=self.codes[others],
            values=self.values[others],
            errors=self.errors[others],
        )


@dataclass(frozen=True, slots=True)
class Inversion:
    """Two anchors that judges put the other way round than their grades."""

    lower: str
    """The anchor of the lower grade, which was found better."""
    higher: str
    """The anchor of the higher grade."""
    by: float
    """How far apart they are, in standard errors of the difference; above 0."""


@dataclass(frozen=True, slots=True)
class FoundAnchors:
    """Anchors among the scored items, and those that are not."""

    anchors: Anchors
    """Those that were scored."""
    unscored: tuple[str, ...]
    """Those with a grade and no score, sorted: they take no part."""


def find_anchors(grades: Mapping[str, str], scores: Scores, scale: Scale) -> FoundAnchors:
    """Anchors by their known grades.

    Args:
        grades: The known grade of each anchor, by item.
        scores: Of all items, anchors among them.
        scale: What the grades are on.

    Raises:
        InputError: a grade is not on the scale, or scored anchors have fewer than two different grades.
    """
    place = {item: position for position, item in enumerate(scores.items)}
    found = tuple(item for item in sorted(grades) if item in place)
    positions = np.array([place[item] for item in found], dtype=np.int64)
    anchors = Anchors(
        scale=scale,
        items=found,
        codes=scale.codes([grades[item] for item in found]),
        values=scores.values[positions],
        errors=scores.errors[positions],
    )
    return FoundAnchors(anchors, tuple(sorted(set(grades).difference(found))))


def inversions(anchors: Anchors, *, beyond: float = 1.0) -> tuple[Inversion, ...]:
    """Anchors that lie the wrong way round, the clearest first.

    Args:
        anchors: Scored, with their grades.
        beyond: How many standard errors of the difference do not count; errors are taken as independent.
    """
    found = []
    apart = anchors.values[:, None] - anchors.values[None, :]
    errors = np.hypot(anchors.errors[:, None], anchors.errors[None, :]) + np.finfo(np.float64).tiny
    wrong = (anchors.codes[:, None] < anchors.codes[None, :]) & (apart > beyond * errors)
    for lower, higher in np.argwhere(wrong).tolist():
        by = float(apart[lower, higher] / errors[lower, higher])
        found.append(Inversion(anchors.items[lower], anchors.items[higher], by))
    return tuple(sorted(found, key=lambda one: (-one.by, one.lower, one.higher)))


@dataclass(frozen=True, slots=True)
class Concern:
    """Something about a projection that its reader must know."""

    kind: ConcernKind
    """Which of the kinds."""
    about: tuple[str, ...]
    """Grades, or items, that it is about."""
    message: str
    """What it is, and what to do."""


def anchor_concerns(anchors: Anchors) -> tuple[Concern, ...]:
    """What is to be said of anchors before anything is projected from them."""
    found = []
    if len(anchors.items) < ADVISED:
        message = f"{len(anchors.items)} anchors; {ADVISED} or more say where boundaries lie, fewer assume it"
        found.append(Concern("few anchors", anchors.items, message))
    missing = [anchors.scale.grades[code] for code in np.flatnonzero(anchors.counts == 0).tolist()]
    if missing:
        message = f"no anchor of {', '.join(missing)}: where they lie is assumed from the others; add anchors"
        found.append(Concern("no anchor", tuple(missing), message))
    wrong = inversions(anchors)
    if wrong:
        items = tuple(sorted({item for one in wrong for item in (one.lower, one.higher)}))
        pairs = "1 pair of anchors is" if len(wrong) == 1 else f"{len(wrong)} pairs of anchors are"
        message = (
            f"{pairs} judged against their grades beyond one standard error, "
            f"{wrong[0].lower} above {wrong[0].higher} by {wrong[0].by:.1f}; check their grades"
        )
        found.append(Concern("inverted anchors", items, message))
    return tuple(found)
