"""The advisory: one reason why a grade needs a second look, with its evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from gradewise.errors import InputError

Severity = Literal["review", "note"]
"""``review``: a person reads the essay before its grade counts. ``note``: the grade stands, with a remark."""


@dataclass(frozen=True, slots=True)
class AdvisoryKind:
    """What all advisories of one code have in common."""

    code: str
    """Names it in code, JSON and plans."""
    label: str
    """What a teacher calls it."""
    severity: Severity
    """What is to be done about it."""


_ROWS = (
    AdvisoryKind("alert", "a person must read this", "review"),
    AdvisoryKind("not_an_essay", "not an essay", "review"),
    AdvisoryKind("other_language", "another language", "review"),
    AdvisoryKind("strange_words", "words like no others", "review"),
    AdvisoryKind("too_short", "too short", "review"),
    AdvisoryKind("too_long", "very long", "note"),
    AdvisoryKind("off_topic", "off topic", "review"),
    AdvisoryKind("copied_prompt", "copied from the task", "review"),
    AdvisoryKind("near_duplicate", "like a training essay", "review"),
    AdvisoryKind("repetition", "repeats itself", "review"),
    AdvisoryKind("unusual_features", "unusual writing", "note"),
)

ADVISORIES: Mapping[str, AdvisoryKind] = MappingProxyType({kind.code: kind for kind in _ROWS})
"""Every kind of advisory by code, most urgent first: the order in which those of one essay stand."""

REVIEW_CODES = frozenset(kind.code for kind in _ROWS if kind.severity == "review")
"""Codes of advisories for which a person must read the essay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """One reason why the grade of an essay needs a second look.

    Raises:
        InputError: the code is unknown.
    """

    code: str
    """One of `ADVISORIES`."""
    message: str
    """The evidence, for a teacher; never quotes the essay."""
    value: float
    """What was measured of this essay."""
    limit: float
    """What it was held against."""

    def __post_init__(self) -> None:
        if self.code not in ADVISORIES:
            raise InputError(f"advisory {self.code!r} is unknown; use one of {' '.join(ADVISORIES)}")

    @property
    def severity(self) -> Severity:
        """What is to be done about it."""
        return ADVISORIES[self.code].severity

    def to_json(self) -> dict[str, str | float]:
        """Plain values for JSON; hold no essay text."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "value": self.value,
            "limit": self.limit,
        }


def must_be_read(advisories: tuple[Advisory, ...]) -> bool:
    """Whether a person must read the essay before its grade counts.

    >>> must_be_read((Advisory(code="too_long", message="1,200 words", value=1200, limit=1000),))
    False
    """
    return any(advisory.severity == "review" for advisory in advisories)
