"""From what was asked on the command line to a plan."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from gradewise.cli.asking import plan_from
from gradewise.cli.options import plan_values
from gradewise.errors import PlanError
from gradewise.workflows.plan import Plan

PLAN_FILE = "plan.yaml"
JOIN = "join"
"""Option of a command that helps a run."""
OF_ANOTHER_RUN = ("run_name", "split.reuse", "features.store")
"""Keys that a run's plan does not hand on to runs that follow it."""


def make_asked_plan(given: Mapping[str, Any]) -> Plan:
    """The plan that a command line asks for.

    Args:
        given: the parameters of `plan_command` by name.

    Raises:
        PlanError: the plan cannot be read or an option's value is refused.
    """
    named = given.get("source") or given.get("train_path")
    source = named or _plan_of_run(given)
    if source is None and given.get(JOIN) is not None:
        raise PlanError(f"{given[JOIN]} holds no {PLAN_FILE}; name the directory of a run that goes on")
    if source is None:
        raise typer.BadParameter(
            "name a plan or a file of essays, or a run to follow: --splits-path or --reuse-feature-store-dir"
        )
    plan = plan_from(source, plan_values(given), recipe=given.get("recipe"))
    return plan if named else _on_its_own(plan, plan_values(given))


def _plan_of_run(given: Mapping[str, Any]) -> Path | None:
    """The plan of the run to which a named file belongs: splits before features before a run to join."""
    for name in ("splits_path", "reuse_feature_store_dir", JOIN):
        path: Path | None = given.get(name)
        if path is not None:
            for directory in (path, *path.resolve().parents[:2]):
                if (directory / PLAN_FILE).is_file():
                    return directory / PLAN_FILE
    return None


def _on_its_own(plan: Plan, options: Mapping[str, Any]) -> Plan:
    """The plan of another run without what concerned that run alone."""
    if "run_name" in options:
        return plan
    return plan.model_copy(update={"run_name": None})
