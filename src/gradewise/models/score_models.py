"""Every way from features to a score: forests, perhaps a linear part, perhaps a link to probabilities.

Forests sum in double precision and hand over single-precision margins, in every runtime alike; what follows
is done in double precision, and the score is single precision again.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import BundleError
from gradewise.models.linear_part import LinearPart
from gradewise.models.links import LINKS, Link
from gradewise.models.piecewise import Floats
from gradewise.models.predictions import Scores
from gradewise.models.trees import TreeEnsemble

RESIDUALS = "residuals"
"""The kind of a score whose probabilities come from how far grades lie from it."""

Margins = NDArray[np.float32]
"""What forests sum up to, one column for each: shape ``(n, n_forests)``."""


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What a score model reads out of features, before it is decoded."""

    scores: Scores
    """Continuous scores on the axis of codes: shape ``(n,)``."""
    cumulative: Floats | None = None
    """P(code <= k), never falling along a row: shape ``(n, n_grades - 1)``; ``None`` where scores alone are
    known and probabilities follow from how far grades lie from them."""

    def __len__(self) -> int:
        return len(self.scores)

    def rows(self, rows: NDArray[np.int64]) -> "Readings":
        """Those at some positions, in their order."""
        return Readings(self.scores[rows], None if self.cumulative is None else self.cumulative[rows])


@dataclass(frozen=True, eq=False)
class ScoreModel(ABC):
    """Features in, readings out.

    Raises:
        BundleError: its parts read rows of different widths, or do not belong together.
    """

    forests: tuple[TreeEnsemble, ...]
    """One for each margin."""

    def __post_init__(self) -> None:
        widths = {forest.n_features for forest in self.forests}
        if len(widths) != 1:
            raise BundleError(f"forests read rows of widths {sorted(widths)}; they must share one schema")

    @property
    @abstractmethod
    def kind(self) -> str:
        """How plans and files call it: ``residuals``, ``cumulative_link``, ``frank_hall``, ``multiclass``."""

    @property
    @abstractmethod
    def n_grades(self) -> int | None:
        """How many grades its probabilities speak of; ``None`` where it knows scores alone."""

    @property
    def n_features(self) -> int:
        """Width of the rows that it reads."""
        return self.forests[0].n_features

    def margins(self, values: NDArray[np.float32]) -> Margins:
        """What the forests sum up to for features of shape ``(n, n_features)``: ``(n, n_forests)``.

        Raises:
            InputError: the rows have another width.
        """
        return single(np.stack([forest.predict(values) for forest in self.forests], axis=1))

    def read(self, values: NDArray[np.float32]) -> Readings:
        """What features of shape ``(n, n_features)`` say.

        Raises:
            InputError: the rows have another width.
        """
        return self.read_margins(self.margins(values), values)

    @abstractmethod
    def read_margins(self, margins: Margins, values: NDArray[np.float32]) -> Readings:
        """What margins say, summed by whatever runtime, beside the features that they came from."""

    @abstractmethod
    def _parts(self) -> dict[str, NDArray[Any]]:
        """Everything but the forests, as named arrays."""

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Everything as named arrays, ready for a safetensors file."""
        arrays = {"kind": np.frombuffer(self.kind.encode(), dtype=np.uint8), **self._parts()}
        for number, forest in enumerate(self.forests):
            arrays |= {f"forest_{number:03d}.{name}": array for name, array in forest.to_arrays().items()}
        return arrays


@dataclass(frozen=True, eq=False)
class RegressionScore(ScoreModel):
    """A score by regression: one forest, alone or mixed with a linear part."""

    linear: LinearPart | None = None
    """What else has a say."""
    linear_share: float = 0.0
    """How much of the score is the linear part's, in ``[0, 1)``: 0 exactly where there is none."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.forests) != 1 or (self.linear is None) != (self.linear_share == 0):
            raise BundleError(
                f"{len(self.forests)} forests and a linear share of {self.linear_share} make no score"
            )
        if self.linear is not None and self.linear.n_features != self.n_features:
            raise BundleError(
                f"the forest reads {self.n_features} features, the linear part {self.linear.n_features}"
            )
        if not 0 <= self.linear_share < 1:
            raise BundleError(f"linear share {self.linear_share} is not within [0, 1)")

    @property
    def kind(self) -> str:
        """Probabilities come from residuals."""
        return RESIDUALS

    @property
    def n_grades(self) -> None:
        """It knows scores alone."""
        return None

    def read_margins(self, margins: Margins, values: NDArray[np.float32]) -> Readings:
        """Scores: what the forest sums up to, mixed with the linear part's."""
        if self.linear is None:
            return Readings(margins[:, 0])
        trees, line = margins[:, 0].astype(np.float64), self.linear.predict(values)
        return Readings(single((1 - self.linear_share) * trees + self.linear_share * line))

    def _parts(self) -> dict[str, NDArray[Any]]:
        if self.linear is None:
            return {}
        parts = {f"linear.{name}": array for name, array in self.linear.to_arrays().items()}
        return parts | {"linear_share": np.array([self.linear_share])}


@dataclass(frozen=True, eq=False)
class LinkedScore(ScoreModel):
    """A score by way of probabilities: the code that they lead to expect."""

    link: Link
    """From margins to probabilities."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.forests) != self.link.n_margins:
            raise BundleError(f"{len(self.forests)} forests for a link of {self.link.n_margins} margins")

    @property
    def kind(self) -> str:
        """As its link is called."""
        return next(name for name, link in LINKS.items() if isinstance(self.link, link))

    @property
    def n_grades(self) -> int:
        """How many grades its probabilities speak of."""
        return self.link.n_grades

    def read_margins(self, margins: Margins, values: NDArray[np.float32]) -> Readings:  # noqa: ARG002
        """Probabilities, and the code that they lead to expect."""
        sums = margins.astype(np.float64)
        return Readings(single(self.link.scores(sums)), self.link.cumulative(sums))

    def _parts(self) -> dict[str, NDArray[Any]]:
        return {f"link.{name}": array for name, array in self.link.to_arrays().items()}


def score_model_from_arrays(arrays: Mapping[str, NDArray[Any]]) -> ScoreModel:
    """The model that `ScoreModel.to_arrays` wrote.

    Raises:
        BundleError: an array is missing, unknown, of another type or shape, or they make no model.
    """
    by_part: dict[str, dict[str, NDArray[Any]]] = {}
    for name, array in arrays.items():
        part, _, rest = name.partition(".")
        by_part.setdefault(part, {})[rest] = array
    kind = _kind(by_part.pop("kind", {}))
    names = sorted(name for name in by_part if name.startswith("forest_"))
    forests = tuple(TreeEnsemble.from_arrays(by_part.pop(name)) for name in names)
    model = _regression(forests, by_part) if kind == RESIDUALS else _linked(kind, forests, by_part)
    if by_part:
        raise BundleError(f"array {min(by_part)!r} does not belong to a score by {kind}; write it again")
    return model


def _kind(part: Mapping[str, NDArray[Any]]) -> str:
    kind = bytes(part.get("", np.empty(0, dtype=np.uint8))).decode("ascii", "replace")
    if kind != RESIDUALS and kind not in LINKS:
        raise BundleError(f"a score by {kind!r} is unknown; use {', '.join([RESIDUALS, *LINKS])}")
    return kind


def _regression(forests: Sequence[TreeEnsemble], parts: dict[str, dict[str, NDArray[Any]]]) -> ScoreModel:
    if "linear" not in parts:
        return RegressionScore(tuple(forests))
    share = parts.pop("linear_share", {}).get("", np.zeros(0))
    if share.shape != (1,):
        raise BundleError(f"array 'linear_share' has shape {share.shape}, expected (1,); write it again")
    return RegressionScore(tuple(forests), LinearPart.from_arrays(parts.pop("linear")), float(share[0]))


def _linked(
    kind: str, forests: Sequence[TreeEnsemble], parts: dict[str, dict[str, NDArray[Any]]]
) -> ScoreModel:
    found = parts.pop("link", {})
    try:
        link = LINKS[kind](**found)
    except TypeError as error:
        names = ", ".join(sorted(found)) or "nothing"
        raise BundleError(f"a link of kind {kind} is not made of {names}; write it again") from error
    return LinkedScore(tuple(forests), link)


def single(values: Floats) -> NDArray[np.float32]:
    """In single precision, the precision of margins and scores: the shape of `values`."""
    return values.astype(np.float32)
