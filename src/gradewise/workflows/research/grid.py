"""Grids of settings: every combination a plan of its own, checked before anything is learnt."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from gradewise.errors import PlanError
from gradewise.workflows.plans.model import ModelPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import make_plan
from gradewise.workflows.plans.research import Choice
from gradewise.workflows.plans.strict_yaml import parse_yaml
from gradewise.workflows.research.variants import Variant

Settings = Mapping[str, Choice]
"""Values by dotted key of the plan."""


def read_grid(path: Path) -> dict[str, Any]:
    """Values to try by key of the plan, from YAML or JSON; a single value is a list of one.

    Raises:
        PlanError: the file cannot be read, or is no mapping.
    """
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PlanError(f"grid {path} cannot be read: {reason}") from error
    raw = parse_yaml(content, location=f"grid {path}", what="a grid")
    if not isinstance(raw, dict) or not raw:
        raise PlanError(
            f"grid {path} is no mapping; write values by key: `model.booster.max_leaves: [7, 15]`"
        )
    return {str(key): values if isinstance(values, list) else [values] for key, values in raw.items()}


def grid_variants(plan: Plan) -> dict[str, Variant]:
    """The combinations of a plan's grid that differ, by name, in the order in which they are tried.

    Raises:
        PlanError: the grid holds no value, or a combination is no plan.
    """
    grid = plan.sweep.grid
    empty = [key for key, values in grid.items() if not values]
    if empty or not grid:
        raise PlanError(f"sweep.grid has no value for {empty[0] if empty else 'any key'}; give one at least")
    combinations = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    if plan.sweep.shuffle:
        order = np.random.default_rng(plan.sweep.seed).permutation(len(combinations))
        combinations = [combinations[place] for place in order]
    different: dict[str, Variant] = {}
    for settings in combinations:
        variant = Variant(name=settings_name(settings), model=model_with(plan, settings))
        different.setdefault(variant.id, variant)
    kept = list(different.values())[: plan.sweep.max_runs]
    return {variant.name: variant for variant in kept}


def model_with(plan: Plan, settings: Settings) -> ModelPlan:
    """How a plan learns with other settings.

    Raises:
        PlanError: that is no plan; the message names the settings.
    """
    raw = plan.model_dump(mode="python")
    for key, value in settings.items():
        *sections, last = key.split(".")
        place = raw
        for section in sections:
            place = place.get(section, {})
            if not isinstance(place, dict):
                raise PlanError(f"key {key!r} goes through {section!r}, which is no section of a plan")
        if last not in place:
            raise PlanError(f"unknown key {key!r}; known there: {', '.join(place) or 'nothing'}")
        place[last] = value
    return make_plan(raw, location=f"settings {settings_name(settings)}").model


def settings_name(settings: Settings) -> str:
    """What differs, in a line.

    >>> settings_name({"model.booster.max_leaves": 7, "model.engine": "xgboost"})
    'max_leaves 7, engine xgboost'
    """
    return ", ".join(
        f"{key.rpartition('.')[2]} {'none' if value is None else value}" for key, value in settings.items()
    )
