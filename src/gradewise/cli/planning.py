"""From what was asked on the command line to a plan."""

from collections.abc import Iterator
from pathlib import Path

import typer

from gradewise.cli.asking import plan_from
from gradewise.cli.plan_command import Asked
from gradewise.errors import PlanError
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import rebased

PLAN_FILE = "plan.yaml"
"""Where a run keeps its plan."""
DEPTH = 2
"""How far below the directory of its run a file may lie that is named on the command line."""


def make_asked_plan(asked: Asked) -> Plan:
    """The plan that a command line asks for.

    Raises:
        PlanError: the plan cannot be read or an option's value is refused.
    """
    if asked.source is not None:
        return plan_from(asked.source, asked.values, recipe=asked.recipe)
    followed = next(_plans_of_runs(asked), None)
    if followed is None and asked.join is not None:
        raise PlanError(f"{asked.join} holds no {PLAN_FILE}; name the directory of a run that goes on")
    if followed is None:
        raise typer.BadParameter(
            "name a plan or a file of essays, or a run to follow: --splits-path or --reuse-feature-store-dir"
        )
    plan = rebased(plan_from(followed, asked.values, recipe=asked.recipe), Path.cwd())
    return plan.model_copy(update={"run_name": asked.options.get("run_name")})


def _plans_of_runs(asked: Asked) -> Iterator[Path]:
    """Plans of the runs to which named files belong: splits before features before a run to join."""
    named = (asked.options.get("splits_path"), asked.options.get("reuse_feature_store_dir"), asked.join)
    for path in named:
        if path is not None:
            for directory in (path.resolve(), *path.resolve().parents[:DEPTH]):
                if (directory / PLAN_FILE).is_file():
                    yield directory / PLAN_FILE
