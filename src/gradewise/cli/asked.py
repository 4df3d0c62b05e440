"""What a command line asks for, and the plan that follows from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from gradewise.cli.options import plan_values
from gradewise.errors import PlanError

if TYPE_CHECKING:
    from gradewise.workflows.plans.plan import Plan

PLAN_FILE = "plan.yaml"
"""Where a run keeps its plan."""
DEPTH = 2
"""How far below the directory of its run a file may lie that is named on the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What stands on a command line, as far as it makes a plan."""

    source: Path | None
    """A plan or a file of essays."""
    options: Mapping[str, Any]
    """What was given, by the names of `PlanOption`."""
    recipe: str | None = None
    """Changes known by name."""
    join: Path | None = None
    """A run that goes on, to help with."""

    @property
    def values(self) -> dict[str, Any]:
        """What the options set of a plan, by dotted key."""
        return plan_values(self.options)

    def plan(self) -> "Plan":
        """The plan that the command line asks for.

        Raises:
            PlanError: the plan cannot be read or an option's value is refused.
        """
        from gradewise.cli.asking import plan_from

        if self.source is not None:
            return plan_from(self.source, self.values, recipe=self.recipe)
        return self._plan_of_a_run()

    def _plan_of_a_run(self) -> "Plan":
        from gradewise.cli.asking import plan_from
        from gradewise.workflows.plans.reading import rebased

        followed = next(self._plans_of_runs(), None)
        if followed is None and self.join is not None:
            raise PlanError(f"{self.join} holds no {PLAN_FILE}; name the directory of a run that goes on")
        if followed is None:
            raise typer.BadParameter(
                "name a plan or a file of essays, or a run to follow: --splits-path or "
                "--reuse-feature-store-dir"
            )
        plan = rebased(plan_from(followed, self.values, recipe=self.recipe), Path.cwd())
        return plan.model_copy(update={"run_name": self.options.get("run_name")})

    def _plans_of_runs(self) -> Iterator[Path]:
        """Plans of the runs to which named files belong: splits before features before a run to join."""
        named = (self.options.get("splits_path"), self.options.get("reuse_feature_store_dir"), self.join)
        for path in filter(None, named):
            for directory in (path.resolve(), *path.resolve().parents[:DEPTH]):
                if (directory / PLAN_FILE).is_file():
                    yield directory / PLAN_FILE
