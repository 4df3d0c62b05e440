"""What a scoring service is asked, and what it answers."""

from dataclasses import dataclass
from typing import Literal

from gradewise.essays.records import Essay
from gradewise.scores.records import Arm, Route
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.models import ModelIdentity

Lack = Literal["feature_cache", "score_log", "challenger", "review_capacity"]
"""What could not be done while an answer was given: it is no less right, but something is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRequest:
    """An essay to be graded."""

    essay: Essay
    """The essay; its grade, if any, is not looked at."""
    unit: str = ""
    """Who shares one model while two are compared: a student or a class; the essay itself when empty."""
    n_reasons: int = 0
    """How many reasons to give."""
    score_id: str = ""
    """Names the answer, 32 hex digits, where who asks may ask again for the same; a new one when empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """An answer."""

    score_id: str
    """Names it in the score log: 32 hex digits."""
    prediction: Prediction
    """The grade, and what goes with it."""
    model: ModelIdentity
    """The model that gave it: exactly one."""
    arm: Arm
    """In which role."""
    route: Route
    """What happens to the grade."""
    cached: bool
    """Whether the text had been read before."""
    reads_judgement: bool = False
    """Whether the model has read what comparative judgement found of the essay."""
    lacks: tuple[Lack, ...] = ()
    """What could not be done; mostly nothing."""
