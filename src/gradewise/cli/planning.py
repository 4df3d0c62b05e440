"""From what was asked on the command line to a plan."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from gradewise.cli.asking import plan_from
from gradewise.cli.plan_command import Asked
from gradewise.workflows.plan import Plan

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
    followed = next(_plans_of_runs(asked.options), None)
    if followed is None:
        raise typer.BadParameter(
            "name a plan or a file of essays, or a run to follow: --splits-path or --reuse-feature-store-dir"
        )
    plan = plan_from(followed, asked.values, recipe=asked.recipe)
    return plan.model_copy(update={"run_name": asked.options.get("run_name")})


def _plans_of_runs(options: Mapping[str, Any]) -> Iterator[Path]:
    """Plans of the runs to which named files belong: splits before features."""
    for name in ("splits_path", "reuse_feature_store_dir"):
        path: Path | None = options.get(name)
        if path is not None:
            for directory in (path.resolve(), *path.resolve().parents[:DEPTH]):
                if (directory / PLAN_FILE).is_file():
                    yield directory / PLAN_FILE
