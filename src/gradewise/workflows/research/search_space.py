"""The space of a search, read from a plan, and the plan that each point of it stands for."""

import hashlib
import itertools
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from gradewise.errors import PlanError
from gradewise.models.search import Choices, Dimension, SearchSpace, Settings, Span, Value
from gradewise.workflows.plans.model import ModelPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import make_plan
from gradewise.workflows.plans.recipes import with_options
from gradewise.workflows.plans.research import Choice, RangePlan

_DIGITS = 6
_HASH = 16


def search_space(plan: Plan) -> SearchSpace:
    """Where the plan's search looks, once everything in it makes a plan.

    Every value of a list, every bound of a range, and every pair of such from two keys is put on the plan.

    Raises:
        PlanError: there is nothing to search, a range is empty, or a value or a pair makes no plan.
    """
    if not plan.tune.space:
        raise PlanError("`tune.space` is empty; give a key of the plan with values to try")
    for key, given in plan.tune.space.items():
        _require_key(plan, key)
        _require_values(key, given)
    corners = {key: _corners(given) for key, given in plan.tune.space.items()}
    for key, values in corners.items():
        for value in values:
            settings_plan(plan, {key: value})
    for (first, of_first), (second, of_second) in itertools.combinations(corners.items(), 2):
        for one, other in itertools.product(of_first, of_second):
            settings_plan(plan, {first: one, second: other})
    return SearchSpace(tuple(_dimension(key, given) for key, given in plan.tune.space.items()))


def settings_plan(plan: Plan, settings: Settings) -> Plan:
    """The plan with settings on top, checked like any other.

    Raises:
        PlanError: they make no plan; the message names them.
    """
    if not settings:
        return plan
    said = ", ".join(f"{key}: {value}" for key, value in settings.items())
    raw = with_options(plan.model_dump(mode="python"), settings)
    for key, value in settings.items():
        if value is None:  # which `with_options` takes as not given
            _empty(raw, key)
    return make_plan(raw, location=f"tune.space with {said}")


def own_settings(plan: Plan, space: SearchSpace) -> Settings:
    """What the plan itself says for the keys of a space."""
    return {dimension.key: _value(plan, dimension.key) for dimension in space.dimensions}


def settings_key(model: ModelPlan) -> str:
    """What tells one way to learn from another, however it was asked for: 16 hex digits.

    Numbers that agree in six digits are one, and a share that is left to the default is what it comes to.
    """
    shaping = _rounded(model.model_dump(mode="json") | {"linear_share": model.blend})
    return hashlib.sha256(json.dumps(shaping, sort_keys=True).encode()).hexdigest()[:_HASH]


def _empty(raw: dict[str, Any], key: str) -> None:
    *sections, last = key.split(".")
    place = raw
    for section in sections:
        place = place[section]
    place[last] = None


def _value(plan: Plan, key: str) -> Value:
    found: Any = plan
    for part in key.split("."):
        found = getattr(found, part)
    return plan.model.blend if key == "model.linear_share" else found


def _require_key(plan: Plan, key: str) -> None:
    found: Any = plan
    for part in key.split("."):
        if not isinstance(found, BaseModel) or part not in type(found).model_fields:
            known = ", ".join(type(found).model_fields) if isinstance(found, BaseModel) else "nothing"
            raise PlanError(f"`tune.space` names {key!r}, which is no key of a plan; there are: {known}")
        found = getattr(found, part)
    if isinstance(found, BaseModel):
        known = ", ".join(f"{key}.{name}" for name in type(found).model_fields)
        raise PlanError(f"`tune.space` names the section {key!r}; name a key in it: {known}")


def _require_values(key: str, given: tuple[Choice, ...] | RangePlan) -> None:
    if isinstance(given, RangePlan):
        _require_range(key, given)
        return
    if not given:
        raise PlanError(f"`tune.space` lists no value for {key!r}; give one at least")
    for place, value in enumerate(given):
        if isinstance(value, tuple):
            raise PlanError(f"`tune.space` lists {value!r} for {key!r}; a value is one word or number")
        if value in given[:place]:
            raise PlanError(f"`tune.space` lists {value!r} twice for {key!r}; list each value once")


def _require_range(key: str, given: RangePlan) -> None:
    said = f"`tune.space` has {key!r} from {given.low:g} to {given.high:g}"
    if given.high < given.low:
        raise PlanError(f"{said}; `low` is the smaller one")
    if given.log and given.low <= 0:
        raise PlanError(f"{said} by factors; with `log` the lower bound must be above 0")
    if given.log and given.step is not None:
        raise PlanError(f"{said} by factors and in steps; leave `log` or `step` out")
    if _is_whole(key) and given.step is not None and not given.step.is_integer():
        raise PlanError(f"{said} in steps of {given.step:g}; it counts in whole numbers")


def _corners(given: tuple[Choice, ...] | RangePlan) -> tuple[Value, ...]:
    if isinstance(given, RangePlan):
        return tuple(dict.fromkeys((given.low, given.high)))
    return tuple(value for value in given if not isinstance(value, tuple))


def _dimension(key: str, given: tuple[Choice, ...] | RangePlan) -> Dimension:
    if isinstance(given, RangePlan):
        return Span(key, given.low, given.high, log=given.log, step=given.step, whole=_is_whole(key))
    return Choices(key, _corners(given))


def _is_whole(key: str) -> bool:
    section: Any = Plan
    for part in key.split("."):
        section = section.model_fields[part].annotation
    return section is int


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(each) for each in value]
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    return value
