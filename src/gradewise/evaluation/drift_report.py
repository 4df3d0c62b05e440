"""What has changed in texts since a model was trained: every question that was asked, and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, log, sqrt
from typing import Literal

from gradewise.evaluation.two_samples import effective_size

Topic = Literal["texts", "column", "label", "vector", "predicted", "answered"]
"""What a check is about."""

Verdict = Literal["alike", "slight", "drift", "too few"]
"""``slight`` is more than luck and too small to matter; ``too few`` says nothing."""

Measure = Literal["curves", "shares", "means"]
"""How a check is answered: `curves_apart`, `shares_apart` or `means_apart`."""
MATTERS: Mapping[Measure, float] = {"curves": 0.1, "shares": 0.1, "means": 0.2}
"""The least effect that raises an alarm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretches:
    """A distribution then and now, in the same parts."""

    names: tuple[str, ...]
    """Of labels; empty where the parts are stretches of numbers."""
    edges: tuple[float, ...]
    """Where stretches of numbers end; empty where the parts are labels."""
    then: tuple[int, ...]
    """Texts in each part."""
    now: tuple[int, ...]
    """The same of the new texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question, answered."""

    name: str
    """Of the column, or of what is asked of texts."""
    topic: Topic
    """What it is about."""
    measure: Measure
    """How it was answered, see `MATTERS`."""
    n_then: int
    """Texts that say how it was."""
    n_now: int
    """Texts that say how it is."""
    then: float
    """Mean then, or the share that was there; ``nan`` of labels and vectors."""
    now: float
    """The same now."""
    effect: float
    """How far it has moved."""
    stability: float
    """Population stability index; ``nan`` of vectors."""
    p_value: float
    """How often texts of the same kind move as far."""
    corrected: float
    """The same when all questions of the run are asked at once."""
    verdict: Verdict
    """What follows."""
    parts: Stretches | None = None
    """Then and now, to be drawn."""

    @property
    def share_of_alarm(self) -> float:
        """The effect beside the least that raises the alarm, which is 1; it does so if it is not luck."""
        return self.effect / MATTERS[self.measure]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReport:
    """What has changed."""

    n_then: int
    """Texts of the profile."""
    n_now: int
    """Texts that were held against it."""
    checks: tuple[Check, ...]
    """Every question, topic by topic."""
    absent: tuple[str, ...]
    """Columns of the profile that the new texts do not have."""
    repeated_then: float
    """Share of texts that stood there before."""
    repeated_now: float
    """The same now."""
    alarm: float
    """How often texts of the same kind may raise any alarm, 0 to 1."""

    @property
    def drifted(self) -> tuple[Check, ...]:
        """Every check that raises the alarm, the most certain first, of these the most moved."""
        found = (check for check in self.checks if check.verdict == "drift")
        return tuple(sorted(found, key=lambda check: (check.corrected, -check.share_of_alarm)))

    @property
    def found_from(self) -> float:
        """How far the distributions of a number must lie apart to be found out in three runs of four.

        The largest difference between shares up to a value, above 0: where luck ends by the limit of Smirnov
        (1948), doi:10.1214/aoms/1177730256, for the smallest p-value of as many checks. That three in four
        find it was simulated with 60 to 400 texts.
        """
        asked = sum(check.verdict != "too few" for check in self.checks)
        size = effective_size(self.n_then, self.n_now)
        return sqrt(log(2 * asked / self.alarm) / 2 / size) if asked and size else inf

    @property
    def verdict(self) -> Verdict:
        """What follows of all checks together."""
        found = {check.verdict for check in self.checks}
        ranked: tuple[Verdict, ...] = ("drift", "slight", "alike")
        return next((each for each in ranked if each in found), "too few")
