"""What a search looks through and what it has found: dimensions, settings, trials."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import floor, log, prod
from typing import Any, Literal

import numpy as np

Value = bool | int | float | str | None
"""What a setting may be."""

Settings = Mapping[str, Value]
"""Values by dotted key of the plan."""

DIGITS = 6
"""Significant digits of a number that is drawn from a continuous span: more would be told apart by nobody."""

_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Choices:
    """A few values, none twice."""

    key: str
    """Dotted key of the plan."""
    values: tuple[Value, ...]
    """In the order in which they were written, at least one."""

    @property
    def size(self) -> int:
        """How many values there are."""
        return len(self.values)

    def at(self, index: int) -> Value:
        """The value at a position."""
        return self.values[index]

    def draw(self, generator: np.random.Generator) -> Value:
        """One of them, all alike."""
        return self.values[int(generator.integers(len(self.values)))]

    def settled(self, value: Value) -> Value:
        """The value itself."""
        return value

    def holds(self, value: Value) -> bool:
        """Whether it is one of them; true is not 1."""
        return any(
            value == each and isinstance(value, bool) == isinstance(each, bool) for each in self.values
        )


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers between two bounds, both included."""

    key: str
    """Dotted key of the plan."""
    low: float
    """Smallest value."""
    high: float
    """Largest value, at least `low`."""
    log: bool = False
    """Whether factors count rather than differences; then `low` is above 0 and there is no step."""
    step: float | None = None
    """Distance between values, from `low` on; any value when ``None``."""
    whole: bool = False
    """Whether values are whole numbers."""

    @property
    def spacing(self) -> float | None:
        """Distance between neighbouring values; ``None`` when they are continuous."""
        return 1.0 if self.whole and self.step is None else self.step

    @property
    def size(self) -> int | None:
        """How many values there are; ``None`` when they are continuous."""
        if self.low == self.high:
            return 1
        spacing = self.spacing
        return None if spacing is None else floor((self.high - self.low) / spacing + _SLACK) + 1

    def at(self, index: int) -> Value:
        """The value at a position of a span that has positions."""
        value = self.low + index * (self.spacing or 0.0)
        return round(value) if self.whole else float(f"{value:.10g}")

    def draw(self, generator: np.random.Generator) -> Value:
        """A value, all alike; with `log` all factors alike."""
        size = self.size
        if self.log:
            edge = 0.5 if self.whole else 0.0
            drawn = generator.uniform(log(self.low - edge), log(self.high + edge))
            return self.settled(float(np.exp(drawn)))
        if size is not None:
            return self.at(int(generator.integers(size)))
        return self.settled(float(generator.uniform(self.low, self.high)))

    def settled(self, value: Value) -> Value:
        """The nearest value that the span has, with as many digits as count."""
        number = min(max(float(value or 0), self.low), self.high)
        spacing = self.spacing
        if spacing is not None or self.low == self.high:
            most = (self.size or 1) - 1
            return self.at(min(round((number - self.low) / (spacing or 1.0)), most))
        return min(max(float(f"{number:.{DIGITS}g}"), self.low), self.high)

    def holds(self, value: Value) -> bool:
        """Whether it is a number of the span, to within rounding."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        near = float(self.settled(value) or 0)
        return bool(np.isclose(near, value, rtol=10.0**-DIGITS, atol=_SLACK))


Dimension = Choices | Span


@dataclass(frozen=True, slots=True)
class SearchSpace:
    """Where a search looks: every combination of the dimensions' values."""

    dimensions: tuple[Dimension, ...]
    """At least one, keys unique."""

    @property
    def size(self) -> int | None:
        """How many combinations there are; ``None`` when a dimension is continuous."""
        sizes = [dimension.size for dimension in self.dimensions]
        return None if None in sizes else prod(size or 1 for size in sizes)

    def at(self, index: int) -> Settings:
        """The combination at a position of a space that has positions; the last dimension turns fastest."""
        settings: dict[str, Value] = {}
        for dimension in reversed(self.dimensions):
            index, place = divmod(index, dimension.size or 1)
            settings[dimension.key] = dimension.at(place)
        return dict(reversed(settings.items()))

    def draw(self, generator: np.random.Generator) -> Settings:
        """A combination, each dimension by itself."""
        return {dimension.key: dimension.draw(generator) for dimension in self.dimensions}

    def settled(self, settings: Settings) -> Settings:
        """The nearest combination that the space has."""
        return {each.key: each.settled(settings[each.key]) for each in self.dimensions}

    def holds(self, settings: Settings) -> bool:
        """Whether every dimension has the value that is given for it."""
        return all(each.key in settings and each.holds(settings[each.key]) for each in self.dimensions)


TrialState = Literal["waiting", "running", "complete", "pruned"]
"""``waiting`` for somebody to take it, ``running`` in somebody's hands, judged, or given up halfway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One configuration and what became of it."""

    number: int
    """From 0, in the order in which configurations were proposed."""
    settings: Settings
    """The configuration."""
    state: TrialState
    """How far it is."""
    steps: tuple[float, ...] = ()
    """Loss on each fold that is done, in order."""
    loss: float | None = None
    """What the search makes small, once `state` is ``complete``."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What else is known of it: JSON values."""

    @property
    def finished(self) -> bool:
        """Whether nothing more will be learnt of it."""
        return self.state in ("complete", "pruned")


def best_trial(trials: Sequence[Trial]) -> Trial:
    """The complete trial with the smallest loss, among equals the first."""
    judged = [trial for trial in trials if trial.state == "complete" and trial.loss is not None]
    return min(judged, key=lambda trial: (trial.loss, trial.number))
