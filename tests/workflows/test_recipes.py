"""Recipes: plans known by name."""

import pytest

from gradewise.errors import PlanError
from gradewise.workflows.plans.reading import make_plan
from gradewise.workflows.plans.recipes import RECIPES, find_recipe, with_options


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_makes_a_plan(name: str) -> None:
    """What a recipe sets is something that a plan can mean."""
    raw = with_options({"data": {"train": "essays.csv"}}, find_recipe(name))
    plan = make_plan(raw, location="test").model_dump()
    for key, value in find_recipe(name).items():
        found = plan
        for part in key.split("."):
            found = found[part]
        assert value == found


def test_the_default_recipe_changes_nothing() -> None:
    """The default plan is the default recipe."""
    assert {} == find_recipe("default")


def test_an_unknown_recipe_is_refused_with_the_nearest() -> None:
    """A slip of the finger is put right; nonsense gets the list."""
    with pytest.raises(PlanError, match="did you mean 'accurate'"):
        find_recipe("acurate")
    with pytest.raises(PlanError, match="choose one of: default, accurate"):
        find_recipe("zzz")


def test_options_leave_what_they_were_put_upon_alone() -> None:
    """The given values are not changed in place."""
    raw = {"data": {"train": "a.csv"}}
    assert {"data": {"train": "a.csv", "test": "b.csv"}} == with_options(raw, {"data.test": "b.csv"})
    assert {"data": {"train": "a.csv"}} == raw
