"""Several graders of one scale as one: the weighted mean of what they say.

Probabilities are pooled as cumulative ones, threshold by threshold (the linear opinion pool), so that they
stay a distribution; scores are averaged on the axis of grades, and cut into grades by cuts of their own.

Source: Stone (1961), doi:10.1214/aoms/1177704873 (the linear opinion pool); Wolpert (1992),
doi:10.1016/S0893-6080(05)80023-1, and Breiman (1996), doi:10.1007/BF00117832 (weights that are learnt on what
no member has seen, none below 0).
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import BundleError, InputError
from gradewise.essays.codes import Codes
from gradewise.models.decisions import Cuts, decide
from gradewise.models.onnx.session import OnnxGrader
from gradewise.models.piecewise import Floats
from gradewise.models.predictions import GradePredictions, differences
from gradewise.models.shapley import Explainer

Columns = NDArray[np.intp]
"""Where a member's features stand among those of all."""

MOST_MEMBERS = 8
"""Of an ensemble: each reads and grades every essay."""


def equal_weights(n: int) -> tuple[float, ...]:
    """The same share for each of so many members."""
    return (1 / n,) * n


def pool(members: Sequence[GradePredictions], weights: Sequence[float], cuts: Cuts) -> GradePredictions:
    """What members say of the same essays, as one.

    Args:
        members: one at least, row by row the same essays.
        weights: at least 0, summing to 1, one a member.
        cuts: where grades end on the pooled score.
    """
    shares = np.array(weights, dtype=np.float64)
    cumulative = np.tensordot(shares, np.stack([each.cumulative for each in members]), axes=1)
    scores = np.tensordot(shares, np.stack([each.scores for each in members]).astype(np.float64), axes=1)
    single = scores.astype(np.float32)
    return GradePredictions(single, cumulative, differences(cumulative), decide(single, cuts))


def pooled_cuts(graders: Sequence[OnnxGrader], weights: Sequence[float]) -> Cuts:
    """Where grades end on the pooled score, by the members' own ends: their weighted mean.

    Raises:
        BundleError: a member does not say where its grades end.
    """
    known = [each.cuts for each in graders if each.cuts is not None]
    if len(known) < len(graders):
        raise BundleError("a member does not say where its grades end; train it anew with this gradewise")
    mean = np.tensordot(np.array(weights), np.stack(known).astype(np.float64), axes=1)
    return np.asarray(mean, dtype=np.float32)


def stacked_weights(members: Sequence[GradePredictions], codes: Codes) -> tuple[float, ...]:
    """Weights, at least 0 and summing to 1, with the least ranked probability score of the pool.

    That score is a quadratic form of the weights; the best of every subset of members is found exactly, and
    the best subset without a weight below 0 is taken.

    Args:
        members: what each says of essays that taught none of them.
        codes: the teacher's grades: shape ``(n,)``.

    Raises:
        InputError: there is no member or no essay, or too many members.
    """
    if not 0 < len(members) <= MOST_MEMBERS or not len(codes):
        raise InputError(
            f"{len(members)} members on {len(codes)} essays cannot be stacked; name 2 to {MOST_MEMBERS} "
            "members, and graded essays"
        )
    said = np.stack([each.cumulative for each in members])
    reached = codes[:, None] <= np.arange(said.shape[2])
    missed = (said - reached).reshape(len(members), -1)
    products: Floats = missed @ missed.T / len(codes)
    best, least = equal_weights(len(members)), np.inf
    for size in range(1, len(members) + 1):
        for chosen in combinations(range(len(members)), size):
            weights = _best_of(products, chosen)
            loss = float(weights @ products @ weights)
            if weights.min() >= 0 and loss < least - 1e-12:
                best, least = tuple(weights.tolist()), loss
    return best


def _best_of(products: Floats, chosen: tuple[int, ...]) -> Floats:
    """Weights of some members that sum to 1, the others 0: ``A^-1 1 / (1' A^-1 1)``."""
    part = products[np.ix_(chosen, chosen)]
    solved = np.linalg.lstsq(part, np.ones(len(chosen)), rcond=None)[0]
    weights = np.zeros(len(products))
    total = float(solved.sum())
    weights[list(chosen)] = solved / total if total > 0 else 1 / len(chosen)
    return weights


class PooledGrader(OnnxGrader):
    """Graders as one, each with features of its own among those of all; may be shared between threads."""

    def __init__(
        self,
        members: Sequence[tuple[OnnxGrader, Columns]],
        weights: Sequence[float],
        cuts: Cuts,
        *,
        width: int,
    ) -> None:
        """Pool graders.

        Args:
            members: with where their features stand.
            weights: at least 0, summing to 1.
            cuts: where grades end on the pooled score.
            width: features of all.

        Raises:
            BundleError: the members give different grades.
        """
        self._members, self._weights, self._pooled_cuts = tuple(members), tuple(weights), cuts
        scales = {grader.grades for grader, _ in members}
        if len(scales) != 1:
            told = " and ".join(" ".join(grades) for grades in sorted(scales))
            raise BundleError(
                f"members give different grades ({told}); only those of one scale can be pooled"
            )
        self.grades = members[0][0].grades
        self.n_features = width
        self.is_even = False  # a product of matrices depends on how many there are
        self.cuts = None  # no graph holds them, beside which anything else could be laid

    def predict(self, values: NDArray[np.float32]) -> GradePredictions:
        """Grade essays with these features, shape ``(n, n_features)``, finite.

        Raises:
            BundleError: the rows have another width, or a feature is not finite.
        """
        rows = np.asarray(values, dtype=np.float32)
        if rows.ndim != 2 or rows.shape[1] != self.n_features:  # noqa: PLR2004 - rows and features
            raise BundleError(f"features have shape {rows.shape}, the model expects (n, {self.n_features})")
        said = [grader.predict(rows[:, columns]) for grader, columns in self._members]
        return pool(said, self._weights, self._pooled_cuts)


class PooledExplainer(Explainer):
    """Explanations as one: the weighted sum of the members', since the score is one; exact like theirs."""

    def __init__(
        self, members: Sequence[tuple[Explainer, Columns]], weights: Sequence[float], *, width: int
    ) -> None:
        """Pool explainers, see `PooledGrader`."""
        self._members, self._weights, self._width = tuple(members), tuple(weights), width

    @property
    def expected_value(self) -> float:
        """The score when no feature is known, in grade steps."""
        pairs = zip(self._members, self._weights, strict=True)
        return float(sum(weight * explainer.expected_value for (explainer, _), weight in pairs))

    def contributions_many(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """What each feature adds, row by row: shape ``(n, n_features)``; shared ones for every member."""
        added = np.zeros((len(values), self._width))
        for (explainer, columns), weight in zip(self._members, self._weights, strict=True):
            added[:, columns] += weight * explainer.contributions_many(values[:, columns])
        return added
