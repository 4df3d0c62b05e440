"""What is wrong with a plan, in words: where, what stands there, and what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from gradewise.redaction import redacted
from gradewise.workflows.plans.plan import PATTERNS, SCALE_FORMS

LONGEST_SHOWN = 300
"""Characters of a refused value that a message shows."""
_SCALES = ("scale", "trait_scale")
_EXPECTED = {
    "tuple_type": "a list is expected, such as [a, b]",
    "dict_type": "keys with values are expected, such as {a: b}",
    "model_type": "a section of keys is expected",
}
"""Messages that would otherwise speak of Python's types."""


def explained(error: ValidationError, root: type[BaseModel]) -> str:
    """The most telling problem in one line, and how many more there are.

    Args:
        error: what pydantic found.
        root: the section that was read.
    """
    found = _once(error.errors(include_url=False))
    first = min(
        found, key=lambda each: each["type"] != "extra_forbidden"
    )  # a misspelt key explains a missing
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{_explain(first, root)}{more}"


def _once(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Without what another branch of a choice would have wanted, where one branch was plainly meant."""
    places = [each["loc"] for each in errors]

    def is_other_branch(loc: tuple[int | str, ...]) -> bool:
        return any(other != loc and other[: len(loc) - 1] == loc[:-1] for other in places)

    kept = [each for each in errors if each["type"] != "tuple_type" or not is_other_branch(each["loc"])]
    return kept or list(errors)


def _explain(problem: ErrorDetails, root: type[BaseModel]) -> str:
    place = _place(root, problem["loc"])
    path = ".".join(place.parts)
    if not place.parts:
        return problem["msg"]
    if problem["type"] == "extra_forbidden":
        return _unknown(place.parts[-1], path, place.section)
    if problem["type"] == "missing":
        return f"`{path}` is missing"
    if place.parts[0] in _SCALES and problem["type"] != "scale":
        return f"`{place.parts[0]}` holds {_shown(problem['input'])}; {SCALE_FORMS}"
    if problem["type"] == "string_pattern_mismatch" and place.parts[-1] in PATTERNS:
        return f"`{path}` is {_shown(problem['input'])}; {PATTERNS[place.parts[-1]]}"
    said = _EXPECTED.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    return f"`{path}` is {_shown(problem['input'])}: {said}"


def _unknown(key: str, path: str, section: type[BaseModel]) -> str:
    others: Mapping[str, str] = getattr(section, "OTHER_KEYS", {})
    known = [field.alias or name for name, field in section.model_fields.items()]
    near = difflib.get_close_matches(key, [*known, *others], n=1, cutoff=0.5)
    hint = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}"
    return f"unknown key `{path}`; {hint}"


def _shown(value: Any) -> str:
    """A value that is refused, without the secrets that it may hold; of a long one its beginning."""
    said = redacted(repr(value))
    return said if len(said) <= LONGEST_SHOWN else f"{said[:LONGEST_SHOWN]}…"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a file a problem lies."""

    parts: tuple[str, ...]
    """Keys and positions as somebody would write them."""
    section: type[BaseModel]
    """The innermost section whose keys they are."""


def _place(root: type[BaseModel], loc: Sequence[int | str]) -> _Place:
    """The way that pydantic names, without its own names for the branches of a choice."""
    parts: list[str] = []
    section, branches = root, [root]
    for part in loc:
        if len(branches) > 1 and not isinstance(part, int):
            branches = [each for each in branches if _is_called(each, part)]
            continue
        branch = _bare(branches[0]) if branches else None
        parts.append(str(part))
        if isinstance(branch, type) and issubclass(branch, BaseModel):
            section = branch
            field = _field(branch, str(part))
            branches = [] if field is None else _branches(field.annotation)
        else:  # a key of a mapping, or the position in a list
            branches = _branches(get_args(branch)[1 if get_origin(branch) is dict else 0]) if branch else []
    return _Place(tuple(parts), section)


def _field(section: type[BaseModel], key: str) -> FieldInfo | None:
    return next((f for name, f in section.model_fields.items() if key in (name, f.alias)), None)


def _branches(annotation: Any) -> list[Any]:
    """What may stand somewhere, besides nothing."""
    bare = _bare(annotation)
    if get_origin(bare) in (Union, UnionType):
        return [each for each in get_args(bare) if each is not type(None)]
    return [annotation]


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _is_called(branch: Any, name: str) -> bool:
    """Whether pydantic calls a branch of a choice so."""
    tags = [each.tag for each in get_args(branch)[1:] if isinstance(each, Tag)]
    bare = _bare(branch)
    return name in (*tags, getattr(bare, "__name__", "")) or name.startswith(
        f"{bare}".partition("[")[0] + "["
    )
