"""Recipes: plans that are known by name, as what they change of the default plan."""

import difflib
from collections.abc import Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any

from gradewise.errors import PlanError

_SEEDS = {
    "features.text_learners": (),
    "model.engine": "xgboost",
    "model.calibration": "none",
    "model.monotone": False,
    "model.linear_share": 0.0,
    "model.booster.max_depth": 6,
    "model.booster.max_leaves": 64,
    "model.booster.min_child": 5,
    "model.booster.early_stopping_rounds": 100,
}

RECIPES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "default": {},
        "accurate": {
            "features.text_learners": ("words", "characters", "runs"),
            "model.seeds": 3,
        },
        "measured": {**_SEEDS, "model.decision": "rounding"},
        "measured-tuned": {**_SEEDS, "model.decision": "cutpoints", "model.band_weights": True},
    }
)
"""What each recipe sets, by dotted key:

``default``: fast and good; ``accurate``: a little better, several times slower; ``measured``: XGBoost on
measured features alone, rounded, as earlier systems had it; ``measured-tuned``: the same with searched cut
points and rare grades weighted up."""


def with_options(raw: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """A plan's plain values with options on top, by dotted key; ``None`` is not given.

    >>> with_options({"data": {"train": "a.csv"}}, {"data.test": "b.csv", "model.seed": None})
    {'data': {'train': 'a.csv', 'test': 'b.csv'}}
    """
    changed = deepcopy(dict(raw))
    given = {key: value for key, value in options.items() if value is not None}
    for key, value in given.items():
        *sections, last = key.split(".")
        place = changed
        for section in sections:
            if place.get(section) is None:
                place[section] = {}
            place = place[section]
        place[last] = value
    return changed


def find_recipe(name: str) -> Mapping[str, Any]:
    """What a recipe sets of a plan, by dotted key.

    Raises:
        PlanError: there is none of this name; the message offers the nearest.

    >>> find_recipe("default")
    {}
    """
    if name not in RECIPES:
        near = difflib.get_close_matches(name, RECIPES, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"choose one of: {', '.join(RECIPES)}"
        raise PlanError(f"unknown recipe {name!r}; {hint}")
    return RECIPES[name]
