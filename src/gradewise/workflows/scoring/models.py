"""What grades essays while it is served: one bundle, or several as one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.features.advisories.advisory import Advisory
from gradewise.workflows.score import Prediction


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelIdentity:
    """Which model answers."""

    name: str
    """Of the model; versions of one name replace each other."""
    version: str
    """When its bundle was made: ``YYYYMMDD_HHMMSS``."""
    digest: str
    """Content id of its bundle: 64 hex digits."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Everything that a model reads of an essay: what its answer is made of."""

    values: NDArray[np.float32]
    """Numbers, in the model's order: shape ``(width,)``, finite."""
    advisories: tuple[Advisory, ...]
    """What speaks against believing a grade."""
    cached: bool = False
    """Whether all of it was in the cache."""


class GradingModel(Protocol):
    """Grades essays in two steps, of which the first is slow and the second is not.

    Both block, and may be called by several threads at once. What was read grades the same, bit for bit,
    whenever and wherever.
    """

    @property
    def identity(self) -> ModelIdentity:
        """Which model it is."""
        ...

    @property
    def scale(self) -> Scale:
        """Of the overall grade."""
        ...

    @property
    def width(self) -> int:
        """Numbers in a reading."""
        ...

    @property
    def reading_fingerprint(self) -> str:
        """What the numbers of a reading are: 64 hex digits of everything that shapes them."""
        ...

    @property
    def reads_judgement(self) -> bool:
        """Whether it reads what comparative judgement found, so that both err together."""
        ...

    def read(self, essays: Sequence[Essay]) -> tuple[Reading, ...]:
        """Read essays, taking from the cache what is there.

        Raises:
            InputError: an essay holds no word, or its task is needed and missing; the message names it.
        """
        ...

    def grade(
        self, essay_ids: Sequence[str], readings: Sequence[Reading], *, n_reasons: int = 0
    ) -> tuple[Prediction, ...]:
        """Grade what was read; milliseconds for fifty.

        Raises:
            BundleError: the readings are another model's.
        """
        ...

    def close(self) -> None:
        """Release what is held; may be called twice."""
        ...


Build = Callable[[Mapping[str, bytes]], GradingModel]
"""Makes a model of the verified files of its bundle; blocks."""


@runtime_checkable
class Remembers(Protocol):
    """A `GradingModel` that can say at once what it has read before."""

    def recall(self, essays: Sequence[Essay]) -> tuple[Reading | None, ...]:
        """Readings that are in the cache, ``None`` for each that is not; reads nothing, refuses nothing."""
        ...


def recalled(model: GradingModel, essays: Sequence[Essay]) -> tuple[Reading | None, ...]:
    """What a model has read before; nothing where it does not remember."""
    # A slot hands out models within an object that counts who uses them.
    for each in (model, getattr(model, "model", None)):
        if isinstance(each, Remembers):
            return each.recall(essays)
    return (None,) * len(essays)


def recalled_near(model: GradingModel, essays: Sequence[Essay]) -> tuple[Reading | None, ...]:
    """What a model has in memory of what it has read before: microseconds, so that no thread is needed."""
    for each in (model, getattr(model, "model", None)):
        if recall := getattr(each, "recall_near", None):
            readings: tuple[Reading | None, ...] = recall(essays)
            return readings
    return (None,) * len(essays)
