"""Routing: which grades go out, which a teacher looks at first, and which are looked at by chance.

A grade is held back for a reason that the model gives: it is unsure about a cut that decides something, or
the essay is one that a person must read. What goes out is known to be good only where somebody looks at
some of it whatever the model says: the audit sample, drawn by a hash of the answer's name alone.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gradewise.errors import InputError
from gradewise.features.advisories.advisory import Advisory, must_be_read
from gradewise.scores.records import Route

ALERT, MUST_BE_READ, UNSURE = 2.0, 1.0, 0.0
"""Where the urgency of a reason begins: a life may be at risk, a person must read it, the model is unsure."""

AUDITED = 1.0
"""Urgency of the audit sample: after what must be read, before what is unsure. The same for all of it, so
that a queue longer than its readers leaves audits unread by age alone, never by what the model said."""

_BELOW_ONE = 1 - 2**-20
_HASHES = 2**64


class Answer(Protocol):
    """What routing asks of a prediction."""

    @property
    def released(self) -> bool:
        """Whether the review policy lets the grade out, and no advisory forbids it."""
        ...

    @property
    def agreement(self) -> float:
        """Probability that the teacher agrees about every declared cut."""
        ...

    @property
    def cuts(self) -> Mapping[str, float]:
        """The same for each cut, named by the lowest grade above it."""
        ...

    @property
    def advisories(self) -> tuple[Advisory, ...]:
        """What speaks against believing the grade."""
        ...


@dataclass(frozen=True, slots=True)
class Routed:
    """What happens to a grade."""

    route: Route
    """Whether it goes out, waits for a teacher, or goes out and is looked at."""
    urgency: float
    """In the review queue the higher comes first: at least 0, below 3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRouting:
    """How grades are routed.

    Raises:
        InputError: the rate is no share, or the capacity is below 1.
    """

    audit_rate: float = 0.05
    """Share of the released grades that somebody looks at all the same, in ``[0, 1]``."""
    salt: str = field(default="", repr=False)
    """Whoever lacks it cannot tell which answers are drawn; keep it secret and the same in every process."""
    capacity: int | None = None
    """Essays that teachers look at in a day; ``None`` where nobody counts."""

    def __post_init__(self) -> None:
        if not 0 <= self.audit_rate <= 1:
            raise InputError(f"audit rate {self.audit_rate} is no share; give one from 0 to 1, such as 0.05")
        if self.capacity is not None and self.capacity < 1:
            raise InputError(
                f"review capacity {self.capacity} is below 1; give the essays that teachers look at in a "
                "day, or leave it out"
            )

    def route(self, prediction: Answer, score_id: str) -> Routed:
        """Say what happens to a grade; the same for the same answer, wherever it is asked.

        Args:
            prediction: what the model says.
            score_id: names the answer; nobody may choose it who wants a certain route.
        """
        if not prediction.released:
            return Routed("review", review_urgency(prediction))
        if self.audits(score_id):
            return Routed("audit", AUDITED)
        return Routed("release", 0.0)

    def audits(self, score_id: str) -> bool:
        """Whether chance draws an answer for the audit sample, if its grade is released."""
        drawn = hmac.digest(self.salt.encode(), score_id.encode(), hashlib.sha256)
        return int.from_bytes(drawn[:8], "big") < self.audit_rate * _HASHES


def urgency_words(route: Route, urgency: float) -> str:
    """Where an answer that waits comes in the review queue, and what decides among those beside it.

    >>> urgency_words("review", 2.25)
    'comes first: an alert; the less sure the sooner, and the model is 75% sure'
    >>> urgency_words("audit", 1.0)
    'comes after alerts and what a person must read; the oldest first'
    """
    if route == "audit":
        return "comes after alerts and what a person must read; the oldest first"
    sure = f"the less sure the sooner, and the model is {1 - urgency % 1:.0%} sure"
    if urgency >= ALERT:
        return f"comes first: an alert; {sure}"
    if urgency >= MUST_BE_READ:
        return f"comes after alerts: a person must read it; {sure}"
    return f"comes last, after alerts, what a person must read and what chance drew; {sure}"


def review_urgency(prediction: Answer) -> float:
    """How urgent it is to look at a grade that is held back: in ``[0, 3)``.

    Alerts first, then essays that a person must read, then what is unsure; within each the least sure first.
    """
    unsure = min(max(1 - prediction.agreement, 0.0), _BELOW_ONE)
    if any(advisory.code == "alert" for advisory in prediction.advisories):
        return ALERT + unsure
    return (MUST_BE_READ if must_be_read(prediction.advisories) else UNSURE) + unsure
