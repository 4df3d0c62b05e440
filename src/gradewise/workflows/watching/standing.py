"""How far a dataset has come, folded from the lines of the ledger, and what is to be done next; pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

Step = Literal[
    "taken", "began", "trained", "registered", "pushed", "promoted", "done", "held back", "failed", "repeated"
]
"""What a line of the ledger says: the content was found, its training began, it ended well, the model is
registered, is in object storage, was brought to its stage; all is done, gates stood against it, it failed;
another file holds the same content."""
STEPS: tuple[Step, ...] = get_args(Step)
ENDS: frozenset[Step] = frozenset({"done", "held back", "failed"})
"""After these nothing is done any more."""
MOST_BEGINNINGS = 3
"""How often a training is begun or gone on with: what ends the process each time must not do so for ever."""

Task = Literal["train", "register", "push", "promote", "finish"]
"""What may be done next."""
Target = Literal["staging", "production"]
"""Where a model may be brought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """Something that happened to a dataset."""

    at: str
    """When: ISO 8601, UTC."""
    sha256: str
    """Digest of its content: 64 hex digits."""
    name: str
    """Its file, in the directory."""
    step: Step
    """What happened."""
    run: str = ""
    """Directory of the run, from ``began`` on."""
    model: str = ""
    """``name:version``, from ``registered`` on."""
    reason: str = ""
    """Why it failed or was held back, or what else is to be known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a dataset has come."""

    sha256: str
    """Digest of its content."""
    name: str
    """The file that it was first found in."""
    since: str
    """When that was."""
    steps: tuple[Step, ...]
    """What happened, in order; ``repeated`` is not among them."""
    run: str = ""
    """Directory of its run, once it has begun."""
    model: str = ""
    """The registered model."""
    reason: str = ""
    """Why it failed or was held back."""
    names: frozenset[str] = frozenset()
    """Every file that its content was found in."""

    @property
    def ended(self) -> bool:
        """Whether nothing is to be done any more."""
        return self.steps[-1] in ENDS

    @property
    def beginnings(self) -> int:
        """How often its training was begun or gone on with."""
        return self.steps.count("began")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is to become of a model."""

    register: bool = False
    """Whether it is registered."""
    push: bool = False
    """Whether it is sent to object storage."""
    promote: Target | None = None
    """Where it is brought, if it passes its gates; it is registered for that."""


def standings(lines: Iterable[LedgerLine]) -> dict[str, Standing]:
    """How far each dataset has come, by digest, in the order in which they were found."""
    found: dict[str, Standing] = {}
    for line in lines:
        found[line.sha256] = after(found.get(line.sha256), line)
    return found


def after(before: Standing | None, line: LedgerLine) -> Standing:
    """How far a dataset has come after another line."""
    if before is None:
        known = Standing(sha256=line.sha256, name=line.name, since=line.at, steps=())
    else:
        known = before
    if line.step == "repeated" and known.steps:
        return replace(known, names=known.names | {line.name})
    afresh = line.step == "taken"  # a dataset that failed, and is to be tried again
    return replace(
        known,
        name=line.name if afresh else known.name,
        steps=("taken",) if afresh else (*known.steps, line.step),
        run="" if afresh else line.run or known.run,
        model="" if afresh else line.model or known.model,
        reason=line.reason,
        names=known.names | {line.name},
    )


def next_task(standing: Standing, wishes: Wishes) -> Task | None:
    """What is to be done about a dataset; ``None`` where nothing is.

    >>> found = LedgerLine(at="", sha256="0", name="a.csv", step="taken")
    >>> next_task(after(None, found), Wishes())
    'train'
    """
    if standing.ended:
        return None
    wanted: tuple[tuple[Task, Step, bool], ...] = (
        ("train", "trained", True),
        ("register", "registered", wishes.register or wishes.promote is not None),
        ("push", "pushed", wishes.push),
        ("promote", "promoted", wishes.promote is not None),
    )
    return next((task for task, step, asked in wanted if asked and step not in standing.steps), "finish")
