"""What the scoring service reports while it runs; a listener of `gradewise.telemetry` hears it."""

from dataclasses import dataclass
from typing import Literal

LogState = Literal["kept", "away", "unwritable"]
"""Where answers are written down: in the score log; on this machine's disk, until it is back; nowhere, so
that no essay is graded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EssaysScored:
    """A scoring service has answered."""

    arm: Literal["champion", "challenger", "shadow"]
    """In which role the model answered."""
    grades: tuple[tuple[str, float], ...]
    """Grade and confidence of each essay."""
    routes: tuple[str, ...]
    """What happens to each grade."""
    model_name: str
    """Which model."""
    model_version: str
    """Which version."""
    read_seconds: float
    """Wall-clock time it took to read the texts."""
    seconds: float
    """Wall-clock time of everything."""
    n_cached: int
    """Essays that had been read before."""
    lacks: tuple[str, ...] = ()
    """What could not be done meanwhile."""


@dataclass(frozen=True, slots=True)
class ShadowEnded:
    """Work that a challenger did unseen, or did not."""

    fate: Literal["done", "full", "held back", "late", "failed", "nonsense", "not kept"]
    """What became of it: answered and kept; no room in the queue; not tried after failures; not in time; the
    model raised, or its process died; its answers are no answers; they could not be written down."""


@dataclass(frozen=True, slots=True)
class ScoringFailed:
    """A scoring service has given no answer."""

    reason: Literal["input", "busy", "deadline", "no_model", "model", "unavailable", "internal"]
    """Why."""
    count: int = 1
    """Of how many essays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReloaded:
    """A scoring service has looked for another model."""

    slot: Literal["champion", "challenger"]
    """Where."""
    asked_by: Literal["start", "watch", "signal", "request"]
    """Why it looked."""
    outcome: Literal["same", "swapped", "refused"]
    """What came of it; where another was refused, the one before it still answers."""
    reason: str = ""
    """Why it was refused: one of a few codes, see `gradewise.workflows.scoring.slot`."""
    detail: str = ""
    """The same in words."""
    model_name: str = ""
    """The model that answers now; empty when there is none."""
    model_version: str = ""
    """Its version."""
    model_digest: str = ""
    """Content id of its bundle."""
    trained_at: str = ""
    """When it was trained: ISO 8601."""
    seconds: float = 0.0
    """Wall-clock time it took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFinalized:
    """A batch of judged essays has become final."""

    scoring_method: Literal["hybrid_bt_ml", "bt_only"]
    """What grades rest on."""
    reasons: tuple[str, ...]
    """Of the essays with judgement alone: why, a code each."""
    n_essays: int
    """Essays of the batch."""
    n_disagree: int
    """Essays on which judgement and model disagree."""
    seconds: float
    """Wall-clock time it took."""


@dataclass(frozen=True, slots=True)
class CorrectionTaken:
    """A teacher has decided about a grade."""

    confirms: bool
    """Whether they agree with the model."""
    steps: int
    """How far apart, in grades: above 0 where the teacher's is better."""


@dataclass(frozen=True, slots=True)
class ScoreLogChanged:
    """Answers are written down elsewhere than before, or for another cause."""

    state: LogState
    """Where."""
    reason: str = ""
    """Why they are not in the log, in words; empty where they are, or where it was told before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAnswered:
    """A service has answered a request."""

    route: str
    """Which, as it is described: ``POST /v1/score``; ``other`` for what there is not."""
    status: int
    """HTTP status."""
    seconds: float
    """Wall-clock time it took."""
    n_bytes: int = 0
    """Of the request's body, as far as it was read."""
    caller: str = ""
    """Name of the token; empty without one."""
    error_type: str | None = None
    """Kind of the error that was answered."""
    reason: str | None = None
    """In words, where the request is not to blame; ``None`` of errors whose words may quote."""
    stack: tuple[str, ...] = ()
    """Where it came from, when it is a fault of gradewise itself: ``file:line function``, innermost last."""


@dataclass(frozen=True, slots=True)
class AccessRefused:
    """A service has turned somebody away."""

    reason: Literal["no_token", "unknown_token", "role", "too_often", "host"]
    """Why."""
    role: str = ""
    """What would have been needed."""
