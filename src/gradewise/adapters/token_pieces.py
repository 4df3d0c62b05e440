"""Long texts as pieces of tokens that overlap, and their vectors as one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text that is read at once."""

    ids: tuple[int, ...]
    """Its tokens, special ones included."""
    weight: int
    """Tokens of the text that the piece before it does not have; 1 for a text without tokens."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The special tokens of every piece."""

    before: tuple[int, ...]
    """Those that begin it."""
    after: tuple[int, ...]
    """Those that end it."""

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.before) + len(self.after)

    @classmethod
    def around(cls, ids: Sequence[int], special: Sequence[int]) -> "Frame":
        """The frame of a text whose tokens, and which of them are special (1), are known."""
        first = next((place for place, flag in enumerate(special) if not flag), len(ids))
        last = len(ids) - next((place for place, flag in enumerate(reversed(special)) if not flag), 0)
        return cls(tuple(ids[:first]), tuple(ids[last:]))


def cut(ids: Sequence[int], frame: Frame, *, room: int, overlap: int) -> tuple[Piece, ...]:
    """Pieces of at most `room` tokens beside the frame, each of which begins with the end of the one before.

    >>> [(piece.ids, piece.weight) for piece in cut([1, 2, 3, 4, 5], Frame((0,), (9,)), room=3, overlap=1)]
    [((0, 1, 2, 3, 9), 3), ((0, 3, 4, 5, 9), 2)]
    """
    starts = range(0, max(len(ids) - overlap, 1), room - overlap)
    return tuple(
        Piece(
            (*frame.before, *ids[start : start + room], *frame.after),
            max(len(ids[start : start + room]) - (overlap if start else 0), 1),
        )
        for start in starts
    )


def pooled(means: Sequence[NDArray[np.float64]], weights: Sequence[int]) -> NDArray[np.float32]:
    """The weighted mean of the vectors of pieces, at length 1; zeros stay zeros.

    >>> pooled([np.array([3.0, 0.0]), np.array([0.0, 4.0])], [1, 1]).tolist()
    [0.60000..., 0.80000...]
    """
    together = np.zeros_like(means[0])
    for mean, weight in zip(means, weights, strict=True):
        together += weight * mean
    length = float(np.linalg.norm(together))
    return (together / (length or 1.0)).astype(np.float32)
