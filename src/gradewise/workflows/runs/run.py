"""A run: opened by a use case, watched while it goes on, concluded with what it found."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradewise.telemetry import Listener
from gradewise.workflows.plan import Plan
from gradewise.workflows.plan_reading import plan_yaml, rebased
from gradewise.workflows.runs.checkpoints import Checkpoints
from gradewise.workflows.runs.directory import RunDirectory, make_run_directory
from gradewise.workflows.runs.recorder import recorded
from gradewise.workflows.services import Services

CIRCUMSTANCES = ("output", "run_name", "tracking")
"""Keys of a plan that do not shape what a run finds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a use case."""

    directory: RunDirectory
    """Where everything goes."""
    listener: Listener
    """Hears what happens, writes it down, and passes it on."""
    checkpoints: Checkpoints
    """Pieces of work that are finished."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What the experiment log will say of the run, besides plan, command and place: JSON values."""

    def tell(self, **facts: Any) -> None:
        """Add to what the experiment log will say, such as ``metrics={"qwk": 0.7}`` or ``split="9a0c"``."""
        self.facts.update(facts)


@contextmanager
def open_run(
    plan: Plan,
    command: str,
    services: Services,
    listener: Listener,
    *,
    content: str = "",
    resume: Path | None = None,
) -> Iterator[Run]:
    """Make a run directory, or go on in one, and keep its records true until the block ends.

    Args:
        plan: with every guess filled in.
        command: which use case it is, as the command line calls it.
        services: clock and versions.
        listener: hears what the run hears.
        content: identifies the data that the run works on, which the plan only names.
        resume: the directory of a run that was killed; its checkpoints are used.
    """
    if resume is None:
        run_name = plan.run_name or command
        directory = make_run_directory(plan.output, plan.name, run_name, now=services.clock())
    else:
        directory = RunDirectory(resume)
    with recorded(directory, listener, clock=services.clock) as heard:
        directory.write_text("plan.yaml", plan_yaml(rebased(plan, directory.path)))
        yield Run(
            directory=directory,
            listener=heard,
            checkpoints=Checkpoints(
                directory.path / "checkpoints", fingerprint(plan, services.versions, content=content)
            ),
        )


def fingerprint(plan: Plan, versions: Mapping[str, str], *, content: str) -> str:
    """Digest of everything that shapes what a run finds, wherever its files lie: 64 hex digits."""
    shaping = _without_paths(plan.model_dump(mode="python", exclude=set(CIRCUMSTANCES)))
    shaped = json.dumps([shaping, dict(versions), content], sort_keys=True)
    return hashlib.sha256(shaped.encode()).hexdigest()


def _without_paths(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_paths(each) for key, each in value.items() if not isinstance(each, Path)}
    if isinstance(value, (list, tuple)):
        return [_without_paths(each) for each in value]
    return value
