"""What is kept of a column of data, so that other data can be compared with it later without the data."""

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_EDGES = 24
"""Places at which the distribution of a column is kept."""
MOST_LABELS = 1000
"""Labels whose counts are kept, the commonest; the others are counted together."""
OTHER = "(other)"
"""What labels are counted as that are not among those kept."""
MOST_AXES = 24
"""Directions in which vectors are looked at."""
ROWS_AN_AXIS = 10
"""Fewest vectors for each direction that is learnt from them."""
SUMMARY_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Shares at which quantiles are kept for a reader."""
_DIGITS = 6
_MOST_ROWS = 5000  # of vectors that directions are learnt from


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberProfile:
    """How the numbers of a column are distributed."""

    n: int
    """Texts that have one."""
    missing: int
    """Texts that have none."""
    mean: float
    """Of those that there are; ``nan`` without any."""
    sd: float
    """Their standard deviation."""
    low: float
    """The smallest."""
    high: float
    """The largest."""
    quantiles: tuple[float, ...]
    """At `SUMMARY_LEVELS`."""
    edges: tuple[float, ...]
    """Numbers at which the distribution is kept, rising; at most `MOST_EDGES`."""
    counts: tuple[int, ...]
    """Numbers up to the first edge, from there up to the second …, above the last: one more than edges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareProfile:
    """How often each label of a column stands there."""

    missing: int
    """Texts that have none."""
    counts: Mapping[str, int]
    """Texts by label, the commonest first; those beyond `MOST_LABELS` count as `OTHER`."""

    @property
    def n(self) -> int:
        """Texts that have one."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSpan:
    """When texts were written."""

    n: int
    """Texts of which it is known."""
    first: str
    """The earliest, ISO 8601."""
    last: str
    """The latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorProfile:
    """Where the vectors of texts lie, along the main directions in which they differ.

    Directions are learnt from one half of the texts, and everything that is kept of the vectors comes from
    the other half: so new vectors of the same kind are neither nearer nor farther than those.
    Source of the directions: Jolliffe & Cadima (2016), doi:10.1098/rsta.2015.0202.
    """

    n: int
    """Vectors that are described: half of those there were."""
    width: int
    """Numbers in a vector."""
    origin: str
    """Where directions start: ``width`` numbers, float32, base64."""
    axes: str
    """The directions, of length 1: ``(n_axes, width)``, float16, base64."""
    mean: tuple[float, ...]
    """Of the places along each direction."""
    covariance: str
    """Of the places: ``(n_axes, n_axes)``, float32, base64."""
    distance: NumberProfile
    """How far vectors lie from the origin."""
    outside: NumberProfile
    """How much of that no direction explains."""

    @property
    def n_axes(self) -> int:
        """How many directions there are."""
        return len(self.mean)

    def spread(self) -> Floats:
        """The covariance of the places: shape ``(n_axes, n_axes)``."""
        return _decoded(self.covariance, np.float32).reshape(self.n_axes, self.n_axes)

    def places(self, vectors: NDArray[np.float32]) -> "Places":
        """Where vectors of shape ``(n, width)`` lie."""
        axes = _decoded(self.axes, np.float16).reshape(self.n_axes, self.width)
        return _places(vectors, _decoded(self.origin, np.float32), axes)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where vectors lie, seen from an origin."""

    along: Floats
    """Along each direction: shape ``(n, n_axes)``."""
    distance: Floats
    """From the origin: shape ``(n,)``."""
    outside: Floats
    """The part of the distance that no direction explains: shape ``(n,)``."""


def describe_numbers(values: NDArray[np.floating]) -> NumberProfile:
    """What is kept of a column of numbers: shape ``(n,)``; what is not finite is missing.

    >>> describe_numbers(np.array([1.0, 2.0, 2.0, np.nan])).counts
    (1, 2, 0)
    """
    exact = np.asarray(values, dtype=np.float64)
    known = exact[np.isfinite(exact)]
    if not len(known):
        nothing = float("nan")
        return NumberProfile(
            n=0, missing=len(exact), mean=nothing, sd=nothing, low=nothing, high=nothing,
            quantiles=(nothing,) * len(SUMMARY_LEVELS), edges=(), counts=(0,),
        )  # fmt: skip
    edges = _edges(known)
    return NumberProfile(
        n=len(known),
        missing=len(exact) - len(known),
        mean=_rounded(known.mean()),
        sd=_rounded(known.std()),
        low=_rounded(known.min()),
        high=_rounded(known.max()),
        quantiles=tuple(_rounded(each) for each in np.quantile(known, SUMMARY_LEVELS)),
        edges=edges,
        counts=count_between(known, edges),
    )


def count_between(values: Floats, edges: Sequence[float]) -> tuple[int, ...]:
    """How many finite numbers lie up to each edge and above the one before, and above the last.

    >>> count_between(np.array([0.0, 1.0, 1.5, 9.0]), (1.0, 2.0))
    (2, 1, 1)
    """
    places = np.searchsorted(np.array(edges), values, side="left")
    return tuple(np.bincount(places, minlength=len(edges) + 1).tolist())


def describe_shares(labels: Sequence[str | None]) -> ShareProfile:
    """What is kept of a column of labels, of which some may be missing.

    >>> dict(describe_shares(["a", "b", "a", None]).counts)
    {'a': 2, 'b': 1}
    """
    counts = Counter(label for label in labels if label is not None)
    kept = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_LABELS])
    if beyond := counts.total() - sum(kept.values()):
        kept[OTHER] = kept.get(OTHER, 0) + beyond
    return ShareProfile(missing=len(labels) - counts.total(), counts=kept)


def describe_times(times: Sequence[datetime | None]) -> TimeSpan | None:
    """What is kept of when texts were written; ``None`` where nothing is known of it."""
    known = sorted(each.isoformat() for each in times if each is not None)
    return TimeSpan(n=len(known), first=known[0], last=known[-1]) if known else None


def describe_vectors(vectors: NDArray[np.float32], *, seed: int = 0) -> VectorProfile | None:
    """What is kept of vectors, one a text: shape ``(n, width)``, finite.

    Args:
        vectors: of the texts.
        seed: of the draw of the half that directions are learnt from.

    Returns:
        ``None`` where there are fewer vectors than two directions need.
    """
    rows = np.random.default_rng(seed).permutation(len(vectors))
    learnt, kept = vectors[rows[: len(rows) // 2][:_MOST_ROWS]], vectors[rows[len(rows) // 2 :]]
    n_axes = min(MOST_AXES, vectors.shape[1], len(learnt) // ROWS_AN_AXIS)
    if not n_axes:
        return None
    origin = learnt.mean(axis=0, dtype=np.float64)
    _, directions = np.linalg.eigh(np.cov(learnt, rowvar=False, dtype=np.float64).reshape(len(origin), -1))
    axes = directions[:, ::-1][:, :n_axes].T.astype(np.float16)
    found = _places(kept, origin.astype(np.float32).astype(np.float64), axes.astype(np.float64))
    return VectorProfile(
        n=len(kept),
        width=vectors.shape[1],
        origin=_encoded(origin, np.float32),
        axes=_encoded(axes, np.float16),
        mean=tuple(_rounded(each) for each in found.along.mean(axis=0)),
        covariance=_encoded(np.cov(found.along, rowvar=False).reshape(n_axes, n_axes), np.float32),
        distance=describe_numbers(found.distance),
        outside=describe_numbers(found.outside),
    )


def _places(vectors: NDArray[np.float32], origin: Floats, axes: Floats) -> Places:
    moved = vectors.astype(np.float64) - origin
    along = moved @ axes.T
    outside = np.linalg.norm(moved - along @ axes, axis=1)
    return Places(along, np.linalg.norm(moved, axis=1), outside)


def _edges(known: Floats) -> tuple[float, ...]:
    """Values that part a column into stretches of about as many texts each, the largest among them."""
    distinct = np.unique(known)
    if len(distinct) > MOST_EDGES:
        distinct = np.quantile(known, np.arange(1, MOST_EDGES + 1) / MOST_EDGES, method="inverted_cdf")
    return tuple(sorted({_rounded(each) for each in distinct}))


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _encoded(values: NDArray[np.floating], kind: type[np.floating]) -> str:
    little = np.dtype(kind).newbyteorder("<")
    return base64.b64encode(np.ascontiguousarray(values, dtype=little).tobytes()).decode()


def _decoded(text: str, kind: type[np.floating]) -> Floats:
    little = np.dtype(kind).newbyteorder("<")
    return np.frombuffer(base64.b64decode(text, validate=True), dtype=little).astype(np.float64)
