"""Which grade is known of which essay: what was said of it, and the table of anchors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from gradewise.errors import InputError

Way = Literal["known grade", "stored text", "anchor reference"]
"""How a grade was found, in the order in which it is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedAnchor:
    """What is said of an essay that may be an anchor; empty where nothing is."""

    essay_id: str
    """Which essay."""
    known_grade: str = ""
    """Its grade, said outright."""
    text_storage_id: str = ""
    """Where its text is stored."""
    anchor_ref_id: str = ""
    """Its row in the table of anchors."""
    is_anchor: bool = False
    """Whether it is said to be one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorReference:
    """A row of the table of anchors."""

    id: str
    """Which row."""
    grade: str
    """The grade of its text."""
    text_storage_id: str = ""
    """Where its text is stored."""


@dataclass(frozen=True, slots=True)
class ResolvedGrades:
    """Grades that are known, and anchors of which none is."""

    grades: Mapping[str, str]
    """By essay."""
    ways: Mapping[str, Way] = field(default_factory=dict)
    """How each was found."""
    unresolved: tuple[str, ...] = ()
    """Essays that are said to be anchors and have no grade, sorted: they take no part as anchors."""


def resolve_grades(claims: Iterable[ClaimedAnchor], table: Sequence[AnchorReference]) -> ResolvedGrades:
    """Look for the grade of each anchor: what is said of it, else by its text, else by its row.

    Raises:
        InputError: the table gives one text, or one row, two grades.
    """
    by_text = _single(((row.text_storage_id, row.grade) for row in table), "text")
    by_row = _single(((row.id, row.grade) for row in table), "row")
    grades: dict[str, str] = {}
    ways: dict[str, Way] = {}
    unresolved = []
    for claim in claims:
        looked: tuple[tuple[Way, str], ...] = (
            ("known grade", claim.known_grade),
            ("stored text", by_text.get(claim.text_storage_id, "")),
            ("anchor reference", by_row.get(claim.anchor_ref_id, "")),
        )
        found = next(((way, grade) for way, grade in looked if grade), None)
        if found is not None:
            ways[claim.essay_id], grades[claim.essay_id] = found
        elif claim.is_anchor or claim.anchor_ref_id:
            unresolved.append(claim.essay_id)
    return ResolvedGrades(grades, ways, tuple(sorted(unresolved)))


def _single(rows: Iterable[tuple[str, str]], kind: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for key, grade in rows:
        if key and found.setdefault(key, grade) != grade:
            raise InputError(
                f"the table of anchors gives {kind} {key!r} the grades {found[key]!r} and {grade!r}; keep one"
            )
    return found
