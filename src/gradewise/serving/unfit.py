"""What is said of a body that is not as described: where, and which field somebody probably meant."""

import re

import msgspec
from msgspec import inspect

from gradewise.essays.bad_rows import shown
from gradewise.essays.suggestions import suggest

LONGEST = 160
"""Characters of a decoder's message."""
_UNKNOWN = re.compile(
    r"Object contains unknown field `(?P<name>.*?)`(?: - at `\$(?P<place>[^`]*)`)?", re.DOTALL
)
_STEP = re.compile(r"\.(?P<field>\w+)|\[[^\]]*\]")


def told_unfit(error: msgspec.ValidationError, kind: type) -> str:
    """A decoder's message about a body that should have been of a kind, with the field that is meant.

    The name of a field that is none may be anything, such as an essay that was sent in the wrong place: a
    longer one is not quoted.
    """
    unknown = _UNKNOWN.fullmatch(str(error))
    if unknown is None:
        return brief(str(error))
    name, place = unknown["name"], unknown["place"] or ""
    fields = _fields_at(kind, place)
    where = f" - at `${place}`" if place and fields else ""
    known = _meant(name, fields) or (f"; there is: {', '.join(fields)}" if fields else "")
    return f"Object contains unknown field {shown(name)}{where}{known}"


def brief(message: str) -> str:
    """The beginning of a decoder's message: about two lines."""
    return message if len(message) <= LONGEST else f"{message[:LONGEST]}…"


def _meant(name: str, fields: tuple[str, ...]) -> str:
    """The field that is spelled nearly so, or whose last word it is: ``id`` for ``essay_id``."""
    named = [field for field in fields if field.endswith(f"_{name.casefold()}")]
    return suggest(name, fields) or (f"; did you mean {named[0]!r}?" if len(named) == 1 else "")


def _fields_at(kind: type, place: str) -> tuple[str, ...]:
    """Fields of the object at a place in a body, such as ``.essays[3]``; none where it is no such object."""
    found: inspect.Type | None = inspect.type_info(kind)
    for step in _STEP.finditer(place):
        found = _within(found, step["field"])
    known = _bare(found)
    return tuple(each.encode_name for each in known.fields) if isinstance(known, inspect.StructType) else ()


def _within(found: inspect.Type | None, field: str | None) -> inspect.Type | None:
    known = _bare(found)
    if isinstance(known, inspect.StructType):
        return next((each.type for each in known.fields if each.encode_name == field), None)
    return known.item_type if isinstance(known, inspect.ListType) and field is None else None


def _bare(found: inspect.Type | None) -> inspect.Type | None:
    return found.type if isinstance(found, inspect.Metadata) else found
