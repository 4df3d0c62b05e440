"""From a command line to a plan: a plan file, or a file of essays and a few options."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradewise.errors import PlanError
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import make_plan, read_plan
from gradewise.workflows.plans.recipes import find_recipe, with_options

PLAN_SUFFIXES = (".yaml", ".yml")


def plan_from(source: Path, options: Mapping[str, Any], *, recipe: str | None = None) -> Plan:
    """The plan in a file, or a plan for a file of essays, with command-line options on top.

    Args:
        source: a plan (``.yaml``, ``.yml``) or a file of essays.
        options: values by dotted key, such as ``{"data.columns.text": "essay"}``; ``None`` and ``[]`` are not
            given.
        recipe: changes known by name, beneath the options and above a plan's own values.

    Raises:
        PlanError: the plan cannot be read or an option's value is refused.
    """
    if source.suffix.lower() in PLAN_SUFFIXES:
        raw = read_plan(source).model_dump(mode="python")
    else:
        raw = {"name": plan_name(source), "data": {"train": source}}
    given = {key: value for key, value in options.items() if value is not None and value != []}
    chosen = {} if recipe is None else find_recipe(recipe)
    return make_plan(with_options(raw, {**chosen, **given}), location=f"options for {source}")


def plan_name(source: Path) -> str:
    """A name for the model of a file, made of the file's.

    >>> plan_name(Path("data/my texts.csv.gz"))
    'my-texts'
    """
    stem = source.name.split(".")[0]
    kept = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "-" for letter in stem
    )
    return kept.strip("-_")[:64] or "essays"


def parse_scale(text: str | None) -> str | tuple[str, ...] | None:
    """A scale as typed: a name, a range, or grades from lowest to highest with commas between."""
    if text is None or "," not in text:
        return text
    grades = tuple(part.strip() for part in text.split(","))
    if not all(grades):
        raise PlanError(f"--scale {text!r} holds an empty grade; write --scale 'low,middle,high'")
    return grades
