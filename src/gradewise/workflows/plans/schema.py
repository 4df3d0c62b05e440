"""JSON Schemas of plans and of `config.yaml`, by which editors complete, explain and check them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gradewise.workflows.plans.pipeline import Pipeline
from gradewise.workflows.plans.plan import Plan

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""Of JSON Schema."""


def plan_schema(section: type[Plan | Pipeline]) -> dict[str, Any]:
    """The JSON Schema of a kind of file, from its own types: what each key means and may hold.

    A section in which every key has a default may also stand empty, as in a template.
    """
    made = section.model_json_schema(by_alias=True, mode="validation")
    sections = made.get("$defs", {})
    for each in (made, *sections.values()):
        each["properties"] = {
            key: _with_empty(held, sections) for key, held in each.get("properties", {}).items()
        }
    return {"$schema": DIALECT, **made}


def schema_json(section: type[Plan | Pipeline]) -> str:
    """The same as a file holds it."""
    return json.dumps(plan_schema(section), indent=2, ensure_ascii=False) + "\n"


def _with_empty(held: dict[str, Any], sections: Mapping[str, Any]) -> dict[str, Any]:
    """A property that is a section of defaults alone, which may stand empty."""
    name = str(held.get("$ref", "")).removeprefix("#/$defs/")
    if name not in sections or sections[name].get("required"):
        return held
    return {"anyOf": [{"$ref": held["$ref"]}, {"type": "null"}], "description": sections[name]["description"]}
