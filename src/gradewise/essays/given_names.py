"""Names of numbers that come with essays: a column, a component of its vector, or a part of its time.

A feature is called ``column``, ``column__017`` (component 17, counted from 0) or ``column__hour`` (also
``weekday``, ``day``, ``month``, ``year``); ``column__*`` means every component. A column that is called just
so is itself. Times are taken as they are written, on their own clock; Monday is weekday 0.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

EVERY_COMPONENT = "__*"
"""How a name ends that means every component of a vector."""

TIME_PARTS: Mapping[str, Callable[[datetime], int]] = {
    "hour": lambda time: time.hour,
    "weekday": datetime.weekday,
    "day": lambda time: time.day,
    "month": lambda time: time.month,
    "year": lambda time: time.year,
}
"""What is read of a time, by the end of the name."""

_NAME = re.compile(
    rf"(?P<column>.+)__(?:(?P<component>[0-9]{{3,5}})|(?P<part>{'|'.join(TIME_PARTS)}))", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class GivenName:
    """What a name means."""

    column: str
    """The column of the data."""
    component: int | None = None
    """Which number of its vectors, counted from 0."""
    part: str | None = None
    """Which part of its times, one of `TIME_PARTS`."""


def parse_given(name: str, present: Iterable[str] = ()) -> GivenName:
    """What a name means in a table with these columns.

    >>> parse_given("embeddings__017")
    GivenName(column='embeddings', component=17, part=None)
    """
    found = None if name in present else _NAME.fullmatch(name)
    if found is None:
        return GivenName(name)
    component = found["component"]
    return GivenName(found["column"], None if component is None else int(component), found["part"])


def component_name(column: str, component: int) -> str:
    """What a component of a vector is called."""
    return f"{column}__{component:03d}"


def component_names(column: str, width: int) -> tuple[str, ...]:
    """What the components of a vector are called, in order."""
    return tuple(component_name(column, component) for component in range(width))


def vectors_meant(names: Sequence[str]) -> tuple[str, ...]:
    """The columns of which every component is meant."""
    return tuple(name.removesuffix(EVERY_COMPONENT) for name in names if name.endswith(EVERY_COMPONENT))


def with_every_component(names: Sequence[str], widths: Mapping[str, int]) -> tuple[str, ...]:
    """The names with each ``column__*`` replaced by its components, given how many there are of each."""
    return tuple(each for name in names for each in _components_meant(name, widths))


def _components_meant(name: str, widths: Mapping[str, int]) -> tuple[str, ...]:
    column = name.removesuffix(EVERY_COMPONENT)
    return component_names(column, widths[column]) if column != name and column in widths else (name,)
