"""The correction: what a teacher decided about a grade that a model gave."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a teacher decided; only ever added to, the newest of an answer counts."""

    id: str
    """Names it: 32 hex digits, chosen by who tells; told again, it stays once."""
    score_id: str
    """Of the answer that was looked at."""
    essay_id: str
    """Which essay."""
    text_sha256: str
    """Digest of the text that was graded: 64 hex digits."""
    model_digest: str
    """Content id of the model that had graded it."""
    model_grade: str
    """What it had said."""
    grade: str
    """What the teacher says, as the model's scale spells it; the same grade confirms."""
    corrected_by: str
    """Who."""
    corrected_at: datetime
    """When."""
    reason: str = ""
    """Why, in the teacher's words."""

    @property
    def confirms(self) -> bool:
        """Whether the teacher agrees with the model."""
        return self.grade == self.model_grade
