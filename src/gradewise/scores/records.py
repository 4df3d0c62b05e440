"""The score record: an answer with all that is needed to make it again; holds no essay text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Arm = Literal["champion", "challenger", "shadow"]
"""Which model answered: the one in production, the one on trial for its share of units, or the one on trial
behind an answer of the other, which nobody sees."""

Route = Literal["release", "review", "audit"]
"""What happens to a grade: it may go out; a teacher looks first; it may go out and was drawn by chance for
a look, so that what goes out unseen is known to be good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDraft:
    """An answer that is to be written down."""

    id: str
    """Names the answer: 32 hex digits, chosen by who answers; told again, it stays once."""
    made_at: datetime
    """When, by the clock of who answered."""
    essay_id: str
    """Which essay, as whoever asked names it."""
    text_sha256: str
    """Digest of its text: 64 hex digits."""
    task_sha256: str
    """Digest of the task it answers; empty when no task was given."""
    model_name: str
    """Which model answered."""
    model_version: str
    """Which of its versions."""
    model_digest: str
    """Content id of its bundle: 64 hex digits."""
    arm: Arm
    """In which role."""
    reading_fingerprint: str
    """What the numbers are: schema and versions of everything that read the essay."""
    values: bytes
    """Everything that the model read of the essay: little-endian single-precision numbers, in order."""
    prediction: str
    """What was answered, as canonical JSON: the same numbers give the same letters."""
    grade: str
    """The grade in it, to be asked for."""
    route: Route
    """What happens to the grade."""
    urgency: float = 0.0
    """In the review queue the higher comes first; at least 0."""
    batch_id: str = ""
    """Of the batch that it is part of; empty for an essay of its own."""
    correlation_id: str = ""
    """What else was done for the same request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRecord:
    """An answer that was written down: a link of a chain, of which none can be changed unnoticed."""

    serial: int
    """Counts records from 1, without gaps."""
    draft: ScoreDraft
    """The answer."""
    previous: str
    """Digest of the record before it: 64 hex digits; zeros before the first."""
    digest: str
    """SHA-256 of the serial, the previous digest and the answer: 64 hex digits."""
