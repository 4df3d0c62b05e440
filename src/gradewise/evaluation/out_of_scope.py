"""Telling texts that belong to no known class from those that do, by how sure the model is.

A text passes when the probability of the class that it is given is the threshold or more; what does not pass
is taken for out of scope. Two thresholds follow from the texts themselves:

- the highest that lets 90 % of the in-scope texts pass;
- the highest that keeps an *in-scope accuracy* of 90 %, where an in-scope text counts as right only when it
  passes **and** is given its right class. A model that is right about fewer texts than that has no such
  threshold, and nothing can be said of it there.

Both are found anew on every resample, so that intervals hold what finding them costs.

Source: Larson et al. (2019), doi:10.18653/v1/D19-1131 (in-scope accuracy and out-of-scope recall with a
threshold of confidence); Hendrycks & Gimpel (2017), arXiv:1610.02136 (the largest probability as the score,
and its ROC area).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.evaluation.bootstrap import percentile_interval, resample_weights
from gradewise.evaluation.interval_json import interval_to_json, number_to_json
from gradewise.evaluation.ranking import rank
from gradewise.evaluation.results import USUAL, Interval, Resampling
from gradewise.evaluation.weights import Floats, Weights, ratio, unit_weights

N_BARS = 20
"""Bars of confidence in which texts are counted, each a twentieth wide."""
SHIPPED, BY_SHARE, BY_ACCURACY = "shipped", "share", "accuracy"
"""How a threshold was come by: learnt on other texts; by the share that passes; by in-scope accuracy."""

_SLACK = 1e-9  # of a share that is asked for: 0.9 of ten texts is nine of them
_WEIGHTS_AT_ONCE = 2**21
_FEWEST = 2  # a spread needs two things that could have been drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """What one threshold of confidence does: a text passes when its confidence is the threshold or more."""

    name: str
    """How the threshold was come by: `SHIPPED`, `BY_SHARE` or `BY_ACCURACY`."""
    asked: float
    """The threshold that ships, or the share, or the accuracy, that was asked for."""
    threshold: float
    """Least confidence with which a text passes; ``nan`` where no threshold does what is asked."""
    passed: Interval
    """Share of in-scope texts that pass."""
    right: Interval
    """In-scope accuracy: share of all in-scope texts that pass **and** are given their right class."""
    recall: Interval
    """Out-of-scope recall: share of out-of-scope texts that are held back."""
    false_accept: Interval
    """Share of out-of-scope texts that pass: 1 less `recall`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OutOfScope:
    """How well low confidence tells texts apart that belong to no class."""

    n_in: int
    """Texts of the known classes."""
    n_out: int
    """Texts of none."""
    roc_auc: Interval
    """Chance that an in-scope text has the higher confidence of a pair; ties count half."""
    accuracy: Interval
    """Share of in-scope texts that are given their right class when every one passes."""
    points: tuple[OperatingPoint, ...]
    """The threshold that ships where there is one, then the two that these texts themselves give."""
    in_counts: NDArray[np.int64]
    """In-scope texts by confidence: shape ``(N_BARS,)``."""
    out_counts: NDArray[np.int64]
    """Out-of-scope texts by confidence: shape ``(N_BARS,)``."""
    resampling: Resampling
    """How intervals were made: in-scope and out-of-scope texts are drawn apart."""

    def point(self, name: str) -> OperatingPoint | None:
        """A point by how its threshold was come by; ``None`` where there is none."""
        return next((each for each in self.points if each.name == name), None)


def evaluate_out_of_scope(
    in_confidence: Floats,
    in_right: NDArray[np.bool_],
    out_confidence: Floats,
    *,
    threshold: float | None = None,
    in_scope_share: float = 0.9,
    required_accuracy: float = 0.9,
    resampling: Resampling = USUAL,
) -> OutOfScope:
    """Say how well texts of no class are told from others.

    Args:
        in_confidence: Probability of the class given to each in-scope text: shape ``(n_in,)``, in ``[0, 1]``.
        in_right: Whether that class was right: shape ``(n_in,)``.
        out_confidence: The same probability of out-of-scope texts: shape ``(n_out,)``.
        threshold: The threshold that ships, learnt on other texts; ``None`` where there is none.
        in_scope_share: Share of in-scope texts that a threshold is to let pass.
        required_accuracy: In-scope accuracy that a threshold is to keep.
        resampling: How intervals are made.

    Raises:
        InputError: there is no text of one kind, shapes differ, or a confidence is no probability.
    """
    _check(in_confidence, in_right, out_confidence)
    asked = {BY_SHARE: in_scope_share, BY_ACCURACY: required_accuracy}
    asked = asked if threshold is None else {SHIPPED: threshold, **asked}
    texts = _sorted_texts(in_confidence, in_right, out_confidence, asked)
    intervals = _intervals(texts, resampling)
    return OutOfScope(
        n_in=in_confidence.size,
        n_out=out_confidence.size,
        roc_auc=intervals["roc_auc"],
        accuracy=intervals["accuracy"],
        points=tuple(_point(name, wanted, intervals) for name, wanted in asked.items()),
        in_counts=_bars(in_confidence),
        out_counts=_bars(out_confidence),
        resampling=resampling,
    )


def _check(inside: Floats, right: NDArray[np.bool_], outside: Floats) -> None:
    if inside.size == 0 or outside.size == 0 or inside.shape != right.shape:
        raise InputError(
            f"{inside.size} in-scope texts with {right.size} marks and {outside.size} out-of-scope texts; "
            "give at least one of each kind, and one mark for each in-scope text"
        )
    for confidence in (inside, outside):
        sound = (confidence >= 0) & (confidence <= 1)
        if not sound.all():
            raise InputError(f"a confidence is {confidence[~sound][0]}; it must be a probability, 0 to 1")


def _bars(confidence: Floats) -> NDArray[np.int64]:
    places = np.minimum((confidence * N_BARS).astype(np.int64), N_BARS - 1)
    return np.bincount(places, minlength=N_BARS).astype(np.int64)


def _point(name: str, asked: float, intervals: Mapping[str, Interval]) -> OperatingPoint:
    recall = intervals[f"{name}:recall"]
    return OperatingPoint(
        name=name,
        asked=asked,
        threshold=intervals[f"{name}:threshold"].estimate,
        passed=intervals[f"{name}:passed"],
        right=intervals[f"{name}:right"],
        recall=recall,
        false_accept=Interval(1 - recall.estimate, 1 - recall.high, 1 - recall.low),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Texts:
    """Texts by confidence, the highest first, so that whatever passes comes before what does not."""

    inside: Floats
    """Confidence of in-scope texts: shape ``(n_in,)``."""
    right: NDArray[np.bool_]
    """Which of them are given their right class."""
    outside: Floats
    """Confidence of out-of-scope texts: shape ``(n_out,)``."""
    ends: NDArray[np.int64]
    """Rows of in-scope texts that are the last of their confidence: equal ones pass together."""
    asked: Mapping[str, float]
    """Of each point, by its name."""


def _sorted_texts(
    inside: Floats, right: NDArray[np.bool_], outside: Floats, asked: Mapping[str, float]
) -> _Texts:
    order = np.argsort(-inside, kind="stable")
    highest = inside[order]
    last = np.append(highest[1:] != highest[:-1], np.True_)
    return _Texts(highest, right[order], np.sort(outside)[::-1], np.flatnonzero(last), asked)


def _intervals(texts: _Texts, resampling: Resampling) -> dict[str, Interval]:
    sizes = texts.inside.size, texts.outside.size
    found = _figures(texts, *map(unit_weights, sizes))
    alone = {name: Interval(float(each[0]), np.nan, np.nan) for name, each in found.items()}
    if min(sizes) < _FEWEST:
        return alone
    blocks = [_figures(texts, *drawn) for drawn in _draws(*sizes, resampling)]
    shares = [name for name in found if not name.endswith(":threshold")]
    return alone | {
        name: percentile_interval(
            float(found[name][0]),
            np.concatenate([block[name] for block in blocks]),
            confidence=resampling.confidence,
        )
        for name in shares
    }


def _draws(n_in: int, n_out: int, resampling: Resampling) -> Iterator[tuple[Weights, Weights]]:
    """Resamples of both kinds of text, block by block."""
    inside, outside = (
        (row for block in resample_weights(n, n_resamples=n_resamples, seed=seed) for row in block)
        for n, n_resamples, seed in (
            (n_in, resampling.n_resamples, resampling.seed),
            (n_out, resampling.n_resamples, resampling.seed + 1),
        )
    )
    rows = max(1, _WEIGHTS_AT_ONCE // (n_in + n_out))
    while some := list(islice(inside, rows)):
        yield np.stack(some), np.stack(list(islice(outside, rows)))


def _figures(texts: _Texts, inside: Weights, outside: Weights) -> dict[str, Floats]:
    """Every figure on every resample, by name: shape ``(n_resamples,)``."""
    both = np.concatenate([texts.inside, texts.outside])
    known = np.arange(both.size) < texts.inside.size
    curves = _Curves(texts, inside, outside)
    return {
        "roc_auc": rank(both, known, np.hstack([inside, outside]).T).roc_auc,
        "accuracy": curves.right[:, -1],
        **{
            f"{name}:{part}": values
            for name, asked in texts.asked.items()
            for part, values in curves.at(name, asked).items()
        },
    }


class _Curves:
    """What passes, and what of it is right, as the threshold falls."""

    def __init__(self, texts: _Texts, inside: Weights, outside: Weights) -> None:
        n = inside.sum(axis=1, keepdims=True)
        self._texts = texts
        self._passed = np.cumsum(inside, axis=1)[:, texts.ends] / n
        self.right: Floats = np.cumsum(inside * texts.right, axis=1)[:, texts.ends] / n
        self._accepted = np.pad(np.cumsum(outside, axis=1), ((0, 0), (1, 0)))
        self._rows = np.arange(len(inside))

    def at(self, name: str, asked: float) -> dict[str, Floats]:
        """Threshold, shares and recall where a point lies; ``nan`` on resamples where it lies nowhere."""
        if name == SHIPPED:
            return self._shipped(asked)
        reached = (self._passed if name == BY_SHARE else self.right) >= asked - _SLACK
        at, exists = reached.argmax(axis=1), reached.any(axis=1)
        level = self._texts.inside[self._texts.ends][at]
        found = self._shares(level, self._passed[self._rows, at], self.right[self._rows, at])
        return {part: np.where(exists, values, np.nan) for part, values in found.items()}

    def _shipped(self, threshold: float) -> dict[str, Floats]:
        last = np.searchsorted(-self._texts.inside[self._texts.ends], -threshold, side="right") - 1
        none = np.zeros(len(self._rows))
        passed, right = (none if last < 0 else part[:, last] for part in (self._passed, self.right))
        return self._shares(np.full(len(self._rows), threshold), passed, right)

    def _shares(self, level: Floats, passed: Floats, right: Floats) -> dict[str, Floats]:
        through = np.searchsorted(-self._texts.outside, -level, side="right")
        accepted = ratio(self._accepted[self._rows, through], self._accepted[:, -1])
        return {"threshold": level, "passed": passed, "right": right, "recall": 1 - accepted}


def out_of_scope_to_json(found: OutOfScope) -> dict[str, Any]:
    """The same as plain values for JSON; what is not defined is ``null``."""
    return {
        "n_in": found.n_in,
        "n_out": found.n_out,
        "roc_auc": interval_to_json(found.roc_auc),
        "accuracy": interval_to_json(found.accuracy),
        "points": [
            {
                "name": point.name,
                "asked": number_to_json(point.asked),
                "threshold": number_to_json(point.threshold),
                **{
                    part: interval_to_json(getattr(point, part))
                    for part in ("passed", "right", "recall", "false_accept")
                },
            }
            for point in found.points
        ],
        "in_counts": found.in_counts.tolist(),
        "out_counts": found.out_counts.tolist(),
    }
