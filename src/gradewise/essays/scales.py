"""Scales: the ordered grades that a teacher may give."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError

Codes = NDArray[np.int64]
"""Grades as integer positions on one scale: shape ``(n,)``, values ``0 … n_grades - 1``."""


@dataclass(frozen=True, slots=True)
class Scale:
    """An ordered list of grades, lowest first; a code is a position in it."""

    name: str
    """How a plan and a bundle refer to it."""
    grades: tuple[str, ...]
    """Every grade that may be given, lowest first."""

    @property
    def n_grades(self) -> int:
        """How many grades there are."""
        return len(self.grades)

    def code(self, label: str) -> int:
        """The position of a grade.

        Raises:
            InputError: the label is not a grade of this scale.
        """
        try:
            return self.grades.index(label)
        except ValueError:
            raise InputError(
                f"{label!r} is not a grade of scale {self.name} ({' '.join(self.grades)})"
            ) from None

    def codes(self, labels: Sequence[str]) -> Codes:
        """The positions of many grades: shape ``(len(labels),)``."""
        return np.array([self.code(label) for label in labels], dtype=np.int64)
