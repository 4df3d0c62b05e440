"""A plan with every option explained, written from the plan's own types so that it cannot rot."""

import json
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from gradewise.workflows.plans.pipeline import Pipeline
from gradewise.workflows.plans.plan import Plan

HEADER = """\
# A gradewise plan. Lines that begin with `#` show what would be used anyway; remove the `#` to change it.
# Check it with `gradewise plan check PLAN`, train with `gradewise train PLAN`.
"""
PIPELINE_HEADER = """\
# Text classification with gradewise. Lines that begin with `#` show what would be used anyway; remove the `#`
# to change it. Check this file with `gradewise plan check FILE`, train with `gradewise train FILE`.
"""
_UNREAD = {
    "ordinal": {"classifier": "classes alone (task: nominal)", "tfidf": "classes alone (task: nominal)"},
    "nominal": {"model": "grades alone (task: ordinal)"},
}
"""By task the sections without a part in it, and what they are of."""
SCHEMA_LINE = "# yaml-language-server: $schema="
"""With the address of a JSON Schema behind it, by which editors complete and check a file."""


def commented_plan(plan: Plan, *, schema: str | None = None) -> str:
    """The plan as YAML: what differs from the defaults is set, everything else stands as a comment.

    Of a section without a part in the plan's task a line says what it is of.

    Args:
        plan: what is written.
        schema: where editors find the schema, as seen from the file; no line says so when ``None``.
    """
    return _commented_file(plan, HEADER, schema, unread=_UNREAD[plan.task])


def commented_pipeline(pipeline: Pipeline, *, schema: str | None = None) -> str:
    """A configuration of text classification in the same manner, as `config.yaml` holds it."""
    return _commented_file(pipeline, PIPELINE_HEADER, schema, unread={})


def _commented_file(section: BaseModel, header: str, schema: str | None, *, unread: Mapping[str, str]) -> str:
    first = "" if schema is None else f"{SCHEMA_LINE}{schema}\n"
    return first + header + "\n" + "\n".join(_lines(section, unread, indent=0)) + "\n"


def _lines(section: BaseModel, unread: Mapping[str, str], *, indent: int) -> list[str]:
    lines: list[str] = []
    for attribute, field in type(section).model_fields.items():
        value, name = getattr(section, attribute), field.alias or attribute
        nested, each = _section_type(field), _section_of_each(field)
        if name in unread and value == field.default:
            lines += ["", f"{' ' * indent}# {name}:  # of {unread[name]}"]
        elif isinstance(value, BaseModel):
            lines += ["", *_heading(name, value, indent=indent), *_lines(value, unread, indent=indent + 2)]
        elif each is not None and (not value or value != field.default):
            lines += ["", *_by_name(name, value, field, each, indent=indent)]
        elif nested is not None:
            lines += ["", f"{' ' * indent}# {name}:  # {nested.__doc__}"]
            lines += _commented(_lines_of_absent(nested, _example(nested)), indent=indent + 2)
        else:
            lines.append(_line(name, value, field, indent=indent))
    return lines


def _example(section: type[BaseModel]) -> BaseModel:
    """A section as its defaults have it, without what has none."""
    return section.model_construct(
        **{key: f.default for key, f in section.model_fields.items() if not f.is_required()}
    )


def _by_name(
    name: str, value: dict[str, Any], field: FieldInfo, section: type[BaseModel], *, indent: int
) -> list[str]:
    """Sections by names that nobody knows beforehand: a line for each, or what one could hold."""
    space = " " * indent
    if value:
        heading = f"{space}{name}:{_comment(field)}"
        return [heading, *(f"{space}  {_scalar(key)}: {_in_braces(held)}" for key, held in value.items())]
    example = ["NAME:", *(f"  {line}" for line in _lines_of_absent(section, _example(section)))]
    return [f"{space}# {name}:{_comment(field)}", *_commented(example, indent=indent + 2)]


def _in_braces(value: Any) -> str:
    held = value.model_dump(mode="json", exclude_defaults=True) if isinstance(value, BaseModel) else value
    return yaml.safe_dump(
        to_jsonable_python(held), default_flow_style=True, sort_keys=False, allow_unicode=True, width=10_000
    ).strip()


def _heading(name: str, value: BaseModel, *, indent: int) -> list[str]:
    return [f"{' ' * indent}{name}:  # {(type(value).__doc__ or '').strip()}"]


def _line(name: str, value: Any, field: FieldInfo, *, indent: int) -> str:
    changed = field.is_required() or value != field.default
    mark = "" if changed else "# "
    return f"{' ' * indent}{mark}{name}: {_scalar(value)}{_comment(field)}"


def _lines_of_absent(section: type[BaseModel], example: BaseModel) -> list[str]:
    lines: list[str] = []
    for attribute, field in section.model_fields.items():
        value, name = getattr(example, attribute, "…"), field.alias or attribute
        if isinstance(value, BaseModel):
            below = _lines_of_absent(type(value), value)
            lines += [*_heading(name, value, indent=0), *(f"  {line}" for line in below)]
        else:
            lines.append(f"{name}: {_scalar(value)}{_comment(field)}")
    return lines


def _commented(lines: list[str], *, indent: int) -> list[str]:
    return [f"{' ' * indent}# {line}" for line in lines]


def _scalar(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_scalar(item) for item in value) + "]"
    if isinstance(value, dict):
        return json.dumps(to_jsonable_python(value), ensure_ascii=False)
    if value is None or isinstance(value, (bool, int, float)):
        return json.dumps(value)
    return yaml.safe_dump(str(value), allow_unicode=True, width=1000).removesuffix("...\n").strip()


def _comment(field: FieldInfo) -> str:
    choices = (
        " | ".join(str(choice) for choice in get_args(field.annotation))
        if get_origin(field.annotation) is Literal
        else ""
    )
    words = "; ".join(part for part in (choices, field.description) if part)
    return f"  # {words}" if words else ""


def _section_type(field: FieldInfo) -> type[BaseModel] | None:
    if get_origin(field.annotation) is dict:  # of sections by names that nobody knows beforehand
        return None
    return next(_sections(get_args(field.annotation) or (field.annotation,)), None)


def _section_of_each(field: FieldInfo) -> type[BaseModel] | None:
    """What each value of a mapping from names is, or may be, if that is a section."""
    if get_origin(field.annotation) is not dict:
        return None
    choices = [get_args(field.annotation)[1]]
    while get_origin(choices[0]) in (Annotated, Union, UnionType):
        held = get_args(choices[0])
        choices = [*(held[:1] if get_origin(choices[0]) is Annotated else held), *choices[1:]]
    bare = [get_args(each)[0] if get_origin(each) is Annotated else each for each in choices]
    return next(_sections(bare), None)


def _sections(choices: Any) -> Iterator[type[BaseModel]]:
    return (choice for choice in choices if isinstance(choice, type) and issubclass(choice, BaseModel))
