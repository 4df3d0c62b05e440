"""The essay: one text with what is known about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Essay:
    """One text to be graded, or already graded by a teacher."""

    id: str
    """Unique within its dataset; kept as text, never parsed."""
    text: str
    """The essay as written, newlines as ``\\n``, encoding repaired; never empty."""
    label: str | None = None
    """The teacher's grade, spelled as the scale spells it; ``None`` when not graded."""
    traits: Mapping[str, str] = field(default_factory=dict)
    """Grades of single traits, such as ``{"Grammar": "3.5"}``; empty when none were given."""
    second_label: str | None = None
    """The grade that a second teacher gave, knowing nothing of the first; ``None`` where there is none."""
    prompt: str | None = None
    """What prompts are told apart by: a title or a number."""
    prompt_text: str | None = None
    """The task as the writer saw it, when known."""
    written_at: datetime | None = None
    """When it was written, for temporal splits."""
    writer: str | None = None
    """Who wrote it, by any name or number; ``None`` when not known."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """Writer groups by attribute, such as ``{"gender": "Female"}``."""
    given: Mapping[str, float] = field(default_factory=dict)
    """Numbers that came with it, finite, by column; features of models that ask for them."""
