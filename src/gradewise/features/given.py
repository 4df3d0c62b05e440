"""Numbers that come with essays instead of being measured of their text: columns behind the measured ones.

They come from elsewhere: another program's features, or scores from comparisons of essays. A model takes each
as it stands and cannot know how it came about. A number that depends on the company in which an essay was
looked at, such as a rank or a share of comparisons won, must therefore mean the same in every batch: that is
the business of whoever gives it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError, PlanError
from gradewise.essays.given_columns import GivenNumbers, chosen_places
from gradewise.essays.numbers import LARGEST
from gradewise.essays.records import Essay
from gradewise.essays.source_queries import JUDGED_COLUMNS
from gradewise.essays.suggestions import quotable
from gradewise.features.catalogue import AUXILIARY, CATALOGUE, WORDING
from gradewise.features.embeddings import EMBEDDING
from gradewise.features.schema import FeatureSchema, FeatureSpec

GIVEN = "given"
"""The group of columns that come with the essays."""
PREFIX = f"{GIVEN}_"
"""How the names of columns of files may begin that hold such numbers."""

_TAKEN = tuple(f"{group}_" for group in (WORDING, AUXILIARY, EMBEDDING))


def with_given(named: FeatureSchema, columns: Sequence[str]) -> FeatureSchema:
    """The schema with a column for each number that comes with the essays behind what it has.

    Args:
        named: handcrafted features; may be none.
        columns: under which names the numbers come, which are those of the features too.

    Raises:
        PlanError: a column is called like a feature that is measured or learnt.
    """
    for name in columns:
        if name in CATALOGUE or name.startswith(_TAKEN):
            raise PlanError(
                f"features.given names {quotable(name)!r}, which features that are measured or learnt are "
                f"called; rename the column, such as given_{quotable(name)}"
            )
    return replace(named, specs=(*named.specs, *map(_spec, columns))) if columns else named


def without_given(named: FeatureSchema) -> FeatureSchema:
    """The part of a schema that is measured of texts: undoes `with_given`."""
    measured = tuple(spec for spec in named.specs if spec.group != GIVEN)
    return named if len(measured) == len(named) else replace(named, specs=measured)


def given_columns(*schemas: FeatureSchema) -> tuple[str, ...]:
    """The columns that essays must come with to have the features of all these schemas, each once."""
    specs = (spec for schema in schemas for spec in schema.specs)
    return tuple(dict.fromkeys(spec.name for spec in specs if spec.group == GIVEN))


def reads_judgement(columns: Sequence[str]) -> bool:
    """Whether numbers that come with essays are what comparative judgement found of them."""
    return any(name.removeprefix(PREFIX) in JUDGED_COLUMNS for name in columns)


def given_values(essays: Sequence[Essay], columns: Sequence[str]) -> NDArray[np.float32]:
    """The numbers that essays come with: shape ``(n_essays, n_columns)``.

    Raises:
        InputError: an essay lacks one, or it is not finite; the message names essay and column.
    """
    values = np.empty((len(essays), len(columns)), dtype=np.float32)
    for row, essay in zip(values, essays, strict=True):
        row[:] = _row(essay, columns)
    return values


def _row(essay: Essay, columns: Sequence[str]) -> Sequence[float] | NDArray[np.float32]:
    given = essay.given
    if isinstance(given, GivenNumbers) and np.isfinite(given.values_by_place).all():
        if given.names == tuple(columns):
            return given.values_by_place
        places = chosen_places(given.names, columns)
        if places is not None:
            return given.values_by_place[places]
    return [_value(essay, name) for name in columns]


def _value(essay: Essay, name: str) -> float:
    if name not in essay.given:
        raise InputError(
            f"essay {quotable(essay.id)!r} comes without {quotable(name)!r}, a given feature that the model "
            f"reads; give it with --given {quotable(name)}=NUMBER, or for a file in a column of that name"
        )
    value = essay.given[name]
    if not abs(value) <= LARGEST:
        raise InputError(
            f"essay {quotable(essay.id)!r} comes with {quotable(name)} {value}; a given feature is a finite "
            "number"
        )
    return value


def _spec(name: str) -> FeatureSpec:
    return FeatureSpec(
        name=name,
        unit="number",
        group=GIVEN,
        low=-np.inf,
        high=np.inf,
        definition=f"The number {name!r} that is given with the essays.",
        source=f"column {name!r} of the data",
    )
