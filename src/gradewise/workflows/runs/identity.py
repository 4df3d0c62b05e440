"""What a run is and what shapes its results, so that it is gone on with by its like alone."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gradewise.errors import RunError
from gradewise.redaction import redacted
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.runs.state import IDENTITY

CIRCUMSTANCES = ("output", "run_name", "tracking", "promotion", "retention", "source")
"""Keys of a plan that do not shape what a run finds."""

LATER = ("run_id", "correlation_id")
"""Fields that runs of older versions do not have: such a run gets an id when it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunIdentity:
    """Which run it is, and digests of everything that shapes what it finds."""

    command: str
    """Which use case."""
    run_name: str
    """As the plan or the command names it."""
    experiment: str
    """The plan's name."""
    plan: str
    """Digest of the plan without circumstances and paths."""
    content: str
    """Digest of what tells the data, its division and its features from others."""
    versions: Mapping[str, str]
    """Of gradewise, Python, and libraries; the git revision when there is one."""
    command_line: str = ""
    """What was typed when it began, without secrets."""
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    """Names the run and no other, resumed or not; drawn when it begins."""
    correlation_id: str = ""
    """Of the command that began it: leads to what was logged."""

    @property
    def fingerprint(self) -> str:
        """Digest of everything that shapes the results: 64 hex digits."""
        return _digest([self.plan, self.content, dict(self.versions)])

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "schema_version": 1,
            "command": self.command,
            "run_name": self.run_name,
            "experiment": self.experiment,
            "fingerprint": self.fingerprint,
            "plan": self.plan,
            "content": self.content,
            "versions": dict(self.versions),
            "command_line": self.command_line,
            "run_id": self.run_id,
            "correlation_id": self.correlation_id,
        }

    def going_on(self, began: "RunIdentity") -> "RunIdentity":
        """The identity of a run that goes on: what began it says more than what went on with it."""
        return replace(
            self,
            command_line=began.command_line,
            run_id=began.run_id,
            correlation_id=began.correlation_id or self.correlation_id,
        )

    def differences(self, earlier: "RunIdentity") -> tuple[str, ...]:
        """What shapes the results otherwise than when a run began, in words."""
        names = sorted({*self.versions, *earlier.versions})
        changed = [
            f"{name} {self.versions.get(name, 'absent')} (was {earlier.versions.get(name, 'absent')})"
            for name in names
            if self.versions.get(name) != earlier.versions.get(name)
        ]
        plan = ["the plan"] if self.plan != earlier.plan else []
        content = ["the essays, their splits or their features"] if self.content != earlier.content else []
        return (*plan, *content, *changed)


def identify(
    plan: Plan,
    command: str,
    *,
    versions: Mapping[str, str],
    content: str,
    command_line: str = "",
    correlation_id: str = "",
) -> RunIdentity:
    """What a run of a plan is.

    Args:
        plan: with every guess filled in.
        command: which use case.
        versions: of everything that shapes results.
        content: tells the data that the run works on, which the plan only names.
        command_line: what was typed.
        correlation_id: of the command that begins it.
    """
    shaping = _without_paths(plan.model_dump(mode="python", exclude=set(CIRCUMSTANCES)))
    return RunIdentity(
        command=command,
        run_name=plan.run_name or command,
        experiment=plan.name,
        plan=_digest(shaping),
        content=_digest(content),
        versions=dict(versions),
        command_line=redacted(command_line),
        correlation_id=correlation_id,
    )


def read_identity(directory: Path) -> RunIdentity:
    """What run a directory holds.

    Raises:
        RunError: it holds none, or one of another version of gradewise.
    """
    try:
        record = json.loads((directory / IDENTITY).read_text(encoding="utf-8"))
        fields = RunIdentity.__dataclass_fields__
        record = {name: record[name] for name in fields if name in record or name not in LATER}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(
            f"{directory} holds no run that can be read ({IDENTITY}); name a run directory"
        ) from error
    return RunIdentity(**record)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _without_paths(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_paths(each) for key, each in value.items() if not isinstance(each, Path)}
    if isinstance(value, (list, tuple)):
        return [_without_paths(each) for each in value]
    return value
