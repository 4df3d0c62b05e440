"""Numbers that come with essays, read from rows and from what clients send; their names: `given_names`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.bad_rows import FaultError, Faults, shown
from gradewise.essays.cells import Vector, read_boolean, read_time, read_vector
from gradewise.essays.given_names import TIME_PARTS, GivenName, component_name, component_names, parse_given
from gradewise.essays.numbers import LARGEST, finite_number
from gradewise.essays.suggestions import quotable

COMPACT_FROM = 32
"""Numbers of an essay from which on they are kept as one array in single precision, as models read them."""


class GivenNumbers(Mapping[str, float]):
    """Many numbers by name: one array, beside names that all essays share. Equal to any mapping that is."""

    __slots__ = ("_names", "_values")

    def __init__(self, names: tuple[str, ...], values: Vector) -> None:
        """Keep names and their numbers, shape ``(len(names),)``."""
        self._names, self._values = names, values

    @property
    def names(self) -> tuple[str, ...]:
        """In the order of the numbers."""
        return self._names

    @property
    def values_by_place(self) -> Vector:
        """The numbers, shape ``(len(names),)``; not to be written to."""
        return self._values

    def __getitem__(self, name: str) -> float:
        """One number."""
        return float(self._values[_places(self._names)[name]])

    def __contains__(self, name: object) -> bool:
        """Whether there is one of this name."""
        return name in _places(self._names)

    def __iter__(self) -> Iterator[str]:
        """The names, in order."""
        return iter(self._names)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._names)

    def __repr__(self) -> str:
        """How many, not which."""
        return f"GivenNumbers(<{len(self)} numbers>)"


@lru_cache(maxsize=64)
def _places(names: tuple[str, ...]) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(names)}


def chosen_places(names: tuple[str, ...], wanted: Sequence[str]) -> NDArray[np.int64] | None:
    """Where the wanted names stand among the names; ``None`` when one is not there."""
    places = _places(names)
    if any(name not in places for name in wanted):
        return None
    return np.array([places[name] for name in wanted], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _VectorPart:
    """What is read of one column of vectors."""

    column: str
    places: NDArray[np.int64]
    components: NDArray[np.int64]
    width: int
    """Numbers that a vector holds, or at least holds."""
    exact: bool
    """Whether it must hold just so many: where all components are meant."""


@dataclass(frozen=True, slots=True)
class GivenReader:
    """Reads the numbers of rows."""

    names: tuple[str, ...]
    """What they are called."""
    columns: tuple[str, ...]
    """The columns of the table that hold them."""
    _single: tuple[tuple[int, GivenName], ...]
    _vectors: tuple[_VectorPart, ...]

    def read(
        self, row: Mapping[str, str], faults: Faults, vectors: Mapping[str, Vector | None]
    ) -> Mapping[str, float]:
        """The numbers of a row, zero where something is wrong.

        Args:
            row: its cells.
            faults: where what is wrong is kept.
            vectors: those that have been read already, by column; ``None`` where that failed.
        """
        values = np.zeros(len(self.names))
        for place, name in self._single:
            number = faults.attempt(_single_number, name, row[name.column])
            values[place] = number or 0.0
        for part in self._vectors:
            vector = (
                vectors[part.column]
                if part.column in vectors
                else faults.attempt(_vector, part, row[part.column])
            )
            if vector is not None and faults.attempt(_fitting, part, vector) is not None:
                values[part.places] = vector[part.components]
        if len(self.names) >= COMPACT_FROM:
            return GivenNumbers(self.names, values.astype(np.float32))
        return dict(zip(self.names, values.tolist(), strict=True))


def given_reader(names: Sequence[str], present: Sequence[str] = ()) -> GivenReader:
    """What reads these numbers of a table with these columns."""
    parsed = [parse_given(name, present) for name in names]
    by_column: dict[str, list[tuple[int, int]]] = {}
    for place, each in enumerate(parsed):
        if each.component is not None:
            by_column.setdefault(each.column, []).append((place, each.component))
    return GivenReader(
        tuple(names),
        tuple(dict.fromkeys(each.column for each in parsed)),
        tuple((place, each) for place, each in enumerate(parsed) if each.component is None),
        tuple(_vector_part(column, pairs) for column, pairs in by_column.items()),
    )


def _vector_part(column: str, pairs: Sequence[tuple[int, int]]) -> _VectorPart:
    places, components = (np.array(each, dtype=np.int64) for each in zip(*pairs, strict=True))
    width = int(components.max()) + 1
    return _VectorPart(column, places, components, width, exact=len(set(components.tolist())) == width > 1)


def _single_number(name: GivenName, cell: str) -> float:
    if not cell.strip():
        wanted = "a number" if name.part is None else "a time"
        raise FaultError("no given number", f"{quotable(name.column)} is empty; a given feature is {wanted}")
    try:
        if name.part is not None:
            return float(TIME_PARTS[name.part](read_time(cell)))
        return _number_or_truth(cell)
    except FaultError as error:
        raise error.of(name.column) from error


def _number_or_truth(cell: str) -> float:
    try:
        return finite_number(cell.strip())
    except InputError as error:
        try:
            return float(read_boolean(cell))
        except FaultError:
            raise FaultError("bad given number", str(error)) from error


def _vector(part: _VectorPart, cell: str) -> Vector:
    if not cell.strip():
        raise FaultError("no given number", f"{quotable(part.column)} is empty; a given feature is a vector")
    try:
        return read_vector(cell)
    except FaultError as error:
        raise error.of(part.column) from error


def _fitting(part: _VectorPart, vector: Vector) -> bool:
    if len(vector) < part.width or (part.exact and len(vector) != part.width):
        wanted = f"{part.width:,}" if part.exact else f"at least {part.width:,}"
        detail = f"{quotable(part.column)}: the list holds {len(vector):,} numbers, not {wanted}"
        raise FaultError("wrong width", detail)
    return True


def spread_given(values: Mapping[str, object]) -> Mapping[str, float]:
    """What somebody sent with one essay as numbers by name: lists and times spread to their parts.

    A text is a number, a truth, a time in ISO 8601 or a list, as it would be in a cell of a file.

    >>> dict(spread_given({"urgent": True, "vector": [0.5, 2]}))
    {'urgent': 1.0, 'vector__000': 0.5, 'vector__001': 2.0}

    Raises:
        InputError: a value is none of these; the message names it.
    """
    spread: dict[str, float] = {}
    for name, value in values.items():
        try:
            spread.update(_spread(name, value))
        except FaultError as error:
            raise InputError(f"{quotable(name)}: {error.detail}") from error
    if len(spread) < COMPACT_FROM:
        return spread
    return GivenNumbers(tuple(spread), np.array(list(spread.values()), dtype=np.float32))


def _spread(name: str, value: object) -> Mapping[str, float]:
    if isinstance(value, bool | int | float):
        return {name: _finite(value)}
    if isinstance(value, str):
        return _spread_text(name, value)
    if isinstance(value, list | tuple) and value:
        return {component_name(name, place): _component(number) for place, number in enumerate(value)}
    raise FaultError("not a number", "give a number, true or false, an ISO 8601 time, or a list of numbers")


def _component(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FaultError("not a vector", "the list holds something else than numbers")
    return _finite(value)


def _finite(value: float) -> float:
    if not abs(value) <= LARGEST:  # compared as it is: a huge whole number has no float
        raise FaultError("number not finite", f"{shown(str(value))}; give a finite number")
    return float(value)


def _spread_text(name: str, text: str) -> Mapping[str, float]:
    if text.strip()[:1] in {"[", "("}:
        return dict(zip_components(name, read_vector(text)))
    try:
        return {name: _number_or_truth(text)}
    except FaultError as error:
        try:
            time = read_time(text)
        except FaultError:
            raise error from None
        return {f"{name}__{part}": float(of(time)) for part, of in TIME_PARTS.items()}


def zip_components(name: str, vector: Vector) -> Iterator[tuple[str, float]]:
    """The components of a vector, each with its name."""
    return zip(component_names(name, len(vector)), (float(number) for number in vector), strict=True)
