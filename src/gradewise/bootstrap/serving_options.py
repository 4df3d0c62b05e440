"""How somebody wants essays to be graded by a service, and judged batches to be made final."""

from dataclasses import dataclass

from gradewise.errors import PlanError
from gradewise.judgement.batch_tables import BatchTables
from gradewise.workflows.judge.finalize import FinalizeRules
from gradewise.workflows.scoring.scoring import DEADLINE_S, MOST_WAITING

SLOWEST_POLL_S = 86_400.0
"""Seconds between two looks for another model, at the most: a day."""
STAGES = ("production", "staging")


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedOptions:
    """How somebody wants judged batches to be made final."""

    tables: BatchTables | None = None
    """What their tables are called; as those of the judging service when ``None``."""
    rules: FinalizeRules | None = None
    """How judgement and model become one grade; as usual when ``None``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingOptions:
    """How somebody wants essays to be graded.

    Raises:
        PlanError: two models are named where one is meant, or a number is out of range.
    """

    model: str | None = None
    """A bundle, an archive, a deployed link, or a model of the registry: ``NAME``, ``NAME@staging``."""
    name: str | None = None
    """Of a deployed model, which may also be deployed later."""
    challenger: str | None = None
    """What is on trial, named as `model` is."""
    share: float = 0.0
    """Of the units that the challenger answers."""
    salt: str = ""
    """Of the trial: another one draws other units."""
    shadow: bool = False
    """Whether the challenger also answers unseen."""
    poll_s: float = 1.0
    """How often another model is looked for; 0 is never."""
    readers: int | None = None
    """Texts that are read at once; one a core when ``None``."""
    most_waiting: int = MOST_WAITING
    """Essays that may wait beside those."""
    deadline_s: float = DEADLINE_S
    """Seconds for an answer, where a client says nothing."""
    keep_log: bool = True
    """Whether answers are written down."""
    audit_rate: float = 0.05
    """Share of released grades that is drawn for a look."""
    review_capacity: int | None = None
    """Essays that teachers look at in a day."""
    judged: JudgedOptions = JudgedOptions()
    """Of judged batches."""

    def __post_init__(self) -> None:
        if self.model is not None and self.name is not None:
            raise PlanError(f"both model {self.model!r} and name {self.name!r} are given; give one of them")
        if not 0 <= self.poll_s <= SLOWEST_POLL_S:
            raise PlanError(f"poll {self.poll_s:g} is no number of seconds from 0 to {SLOWEST_POLL_S:g}")
        if self.challenger is None and (self.share or self.shadow):
            raise PlanError("a share or a shadow needs a challenger; name it with --challenger")
        if self.challenger is not None and not (self.share or self.shadow):
            raise PlanError(f"challenger {self.challenger!r} would do nothing; give --share 0.1, or --shadow")
