"""JSON Schemas of plans and configurations, and templates that keep to them."""

from typing import Any

import jsonschema_rs
import pytest
import yaml
from pydantic import BaseModel

from gradewise.workflows.plans.pipeline import Pipeline
from gradewise.workflows.plans.pipeline_plans import make_pipeline
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import make_plan, plan_yaml
from gradewise.workflows.plans.schema import DIALECT, plan_schema
from gradewise.workflows.plans.template import SCHEMA_LINE, commented_pipeline, commented_plan

KINDS = pytest.mark.parametrize("section", [Plan, Pipeline], ids=["plan", "config"])


@pytest.fixture(scope="module")
def schemas() -> dict[type[BaseModel], dict[str, Any]]:
    """Both, once made."""
    return {section: plan_schema(section) for section in (Plan, Pipeline)}


def check(schema: dict[str, Any], raw: object) -> bool:
    """Whether an editor would find nothing to mark."""
    return jsonschema_rs.Draft202012Validator(schema).is_valid(raw)


@KINDS
def test_a_schema_is_one_of_draft_2020_12(section: type[BaseModel], schemas: dict[Any, Any]) -> None:
    """Valid by the meta-schema, and says so."""
    jsonschema_rs.meta.validate(schemas[section])
    assert DIALECT == schemas[section]["$schema"]


@KINDS
def test_every_section_explains_itself(section: type[BaseModel], schemas: dict[Any, Any]) -> None:
    """Editors show what a section is for, and refuse keys that there are not."""
    for name, held in schemas[section]["$defs"].items():
        assert (True, False, name) == (bool(held["description"]), held["additionalProperties"], name)


def test_choices_and_ranges_are_told(schemas: dict[Any, Any]) -> None:
    """What may stand somewhere is completed; what cannot is marked while it is typed."""
    config = {
        "data": {"path": "a.csv"},
        "model": {"type": "LogisticRegression", "n_iter": 20},
        "logging": None,
    }
    assert check(schemas[Pipeline], config)
    assert not check(schemas[Pipeline], {**config, "model": {"type": "forest"}})
    assert not check(schemas[Pipeline], {**config, "model": {"n_iter": 0}})
    assert not check(schemas[Pipeline], {**config, "model": {"n_itr": 3}})
    assert check(
        schemas[Pipeline], {**config, "data": {"path": "a", "target_column": "b", "schema": {"x": "float"}}}
    )
    properties = schemas[Pipeline]["$defs"]["PipelineData"]["properties"]
    assert (True, "the same as `label_column`") == (
        properties["target_column"]["deprecated"],
        properties["target_column"]["description"],
    )


def test_plans_of_both_tasks_keep_to_the_schema(schemas: dict[Any, Any]) -> None:
    """Templates, with sections that stand empty; and what runs save."""
    for raw in (
        {},
        {"task": "nominal", "classifier": {"search": {"space": {"c": [1], "rounds": {"low": 1, "high": 2}}}}},
    ):
        plan = make_plan({"data": {"train": "a.csv"}, **raw}, location="plan.yaml")
        assert check(schemas[Plan], yaml.safe_load(commented_plan(plan)))
        assert check(schemas[Plan], yaml.safe_load(plan_yaml(plan)))
        assert plan == make_plan(yaml.safe_load(commented_plan(plan)), location="template")
    assert not check(schemas[Plan], {"data": {"train": "a.csv"}, "model": {"seeds": 0}})


def test_a_template_of_a_configuration_keeps_to_the_schema(schemas: dict[Any, Any]) -> None:
    """Columns that are declared stand a line each."""
    raw = {"data": {"path": "a.csv", "schema": {"when": "date", "öre": {"kind": "vector", "width": 3}}}}
    pipeline = make_pipeline(raw, location="config.yaml")
    template = commented_pipeline(pipeline, schema="config.schema.json")
    assert f"{SCHEMA_LINE}config.schema.json" == template.splitlines()[0]
    assert "    öre: {kind: vector, width: 3}" in template.splitlines()
    assert check(schemas[Pipeline], yaml.safe_load(template))


def sections_of(section: type[BaseModel]) -> list[str]:
    """Every key of a section and of those within."""
    found = []
    for name, field in section.model_fields.items():
        found.append(field.alias or name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found += sections_of(field.annotation)
    return found


def test_the_template_of_a_configuration_shows_every_option() -> None:
    """Also what a declared column and a searched setting can hold."""
    template = commented_pipeline(make_pipeline({"data": {"path": "a.csv"}}, location="config.yaml"))
    for key in (*sections_of(Pipeline), "kind", "width", "one_of", "url", "prefix", "log"):
        assert f"{key}:" in template
