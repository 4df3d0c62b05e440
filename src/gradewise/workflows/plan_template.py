"""A plan with every option explained, written from the plan's own types so that it cannot rot."""

import json
from typing import Any, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from gradewise.workflows.plan import Plan

HEADER = """\
# A gradewise plan. Lines that begin with `#` show what would be used anyway; remove the `#` to change it.
# Check it with `gradewise plan check PLAN`, train with `gradewise train PLAN`.
"""


def commented_plan(plan: Plan) -> str:
    """The plan as YAML: what differs from the defaults is set, everything else stands as a comment."""
    return HEADER + "\n" + "\n".join(_lines(plan, indent=0)) + "\n"


def _lines(section: BaseModel, *, indent: int) -> list[str]:
    lines: list[str] = []
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        nested = _section_type(field)
        if isinstance(value, BaseModel):
            lines += ["", *_heading(name, value, indent=indent), *_lines(value, indent=indent + 2)]
        elif nested is not None:
            example = nested.model_construct(
                **{key: f.default for key, f in nested.model_fields.items() if not f.is_required()}
            )
            lines += ["", f"{' ' * indent}# {name}:  # {nested.__doc__}"]
            lines += _commented(_lines_of_absent(nested, example), indent=indent + 2)
        else:
            lines.append(_line(name, value, field, indent=indent))
    return lines


def _heading(name: str, value: BaseModel, *, indent: int) -> list[str]:
    return [f"{' ' * indent}{name}:  # {(type(value).__doc__ or '').strip()}"]


def _line(name: str, value: Any, field: FieldInfo, *, indent: int) -> str:
    changed = field.is_required() or value != field.default
    mark = "" if changed else "# "
    return f"{' ' * indent}{mark}{name}: {_scalar(value)}{_comment(field)}"


def _lines_of_absent(section: type[BaseModel], example: BaseModel) -> list[str]:
    lines: list[str] = []
    for name, field in section.model_fields.items():
        value = getattr(example, name, "…")
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
    choices = get_args(field.annotation) or (field.annotation,)
    sections = (choice for choice in choices if isinstance(choice, type) and issubclass(choice, BaseModel))
    return next(sections, None)
