"""Whether grades answer changes of a text as they must: how far they move, and what may be concluded."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.figures import Figures
from gradewise.evaluation.interval_json import (
    interval_to_json,
    number_to_json,
)
from gradewise.evaluation.perturbations import PERTURBATIONS, Perturbation
from gradewise.evaluation.probability import wilson_interval
from gradewise.evaluation.results import USUAL, Interval, Resampling
from gradewise.evaluation.weights import Floats, Weights, ratio

FORMAT = 1
"""Version of the record that `robustness_to_json` writes."""

Verdict = Literal["holds", "broken", "not shown", "not tried"]
"""Whether a model answers a change as it must; ``not shown`` where the essays do not tell, ``not tried``
where none of them could be changed so."""

FEWEST_ESSAYS = 20
"""With fewer essays nothing is concluded: the bootstrap is not to be relied on."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a model said of essays before and after one change, row by row."""

    before: Codes
    """Grades of the essays as they were: shape ``(n,)``."""
    after: Codes
    """Grades of the changed essays: shape ``(n,)``."""
    scores_before: NDArray[np.float64]
    """Continuous scores of the essays as they were: shape ``(n,)``."""
    scores_after: NDArray[np.float64]
    """Continuous scores of the changed essays: shape ``(n,)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """How grades answer one change."""

    name: str
    """The perturbation."""
    n: int
    """Essays that it changes and whose grade can move as asked: under padding none with the highest grade,
    under damage none too near the lowest."""
    change: Interval
    """Mean change of the grade, in steps."""
    changed: Interval
    """Share of essays whose grade changes, with a score interval."""
    raised: float
    """Share whose grade rises."""
    lowered: float
    """Share whose grade falls."""
    score_change: float
    """Mean change of the continuous score, which moves before the grade does."""
    limit: float
    """Largest value allowed on this scale."""
    verdict: Verdict
    """By the bounds of the interval."""

    @property
    def perturbation(self) -> Perturbation:
        """The change that was made."""
        return PERTURBATIONS[self.name]

    @property
    def judged(self) -> Interval:
        """The figure that the limit is about."""
        return self.changed if self.perturbation.kind == "invisible" else self.change


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustnessEvaluation:
    """How a model's grades answer every change that was tried."""

    scale: Scale
    """The grades."""
    n: int
    """Essays that were changed."""
    responses: tuple[Response, ...]
    """One for each perturbation tried, also where no essay could be changed."""
    resampling: Resampling
    """How intervals were made."""

    def having(self, verdict: Verdict) -> tuple[Response, ...]:
        """The responses with one verdict."""
        return tuple(response for response in self.responses if response.verdict == verdict)


def evaluate_robustness(
    answers: Mapping[str, Answers],
    scale: Scale,
    *,
    n: int,
    resampling: Resampling = USUAL,
) -> RobustnessEvaluation:
    """Say how grades answer changes, and whether that is as it must be.

    Args:
        answers: By name of the perturbation; arrays of no essay where it changed none.
        scale: The grades.
        n: Essays that were changed.
        resampling: How intervals are made.

    Raises:
        InputError: a perturbation is not known, or its arrays are of different essays.
    """
    for name, given in answers.items():
        _check(name, given)
    return RobustnessEvaluation(
        scale=scale,
        n=n,
        responses=tuple(
            _respond(PERTURBATIONS[name], given, scale, resampling) for name, given in answers.items()
        ),
        resampling=resampling,
    )


def judge(figure: Interval, *, limit: float, n: int) -> Verdict:
    """Whether a figure is surely within its limit, surely beyond it, or neither.

    >>> judge(Interval(0.1, -0.1, 0.2), limit=0.25, n=100), judge(Interval(0.1, -0.1, 0.3), limit=0.25, n=100)
    ('holds', 'not shown')
    """
    if n == 0:
        return "not tried"
    if n < FEWEST_ESSAYS:
        return "not shown"
    if figure.high <= limit:
        return "holds"
    return "broken" if figure.low > limit else "not shown"


def _check(name: str, given: Answers) -> None:
    if name not in PERTURBATIONS:
        raise InputError(f"perturbation {name!r} is not known; use one of {', '.join(PERTURBATIONS)}")
    shapes = {part.shape for part in (given.before, given.after, given.scores_before, given.scores_after)}
    if len(shapes) > 1:
        raise InputError(
            f"perturbation {name}: arrays of shapes {sorted(shapes)}; give every essay before and after"
        )


def _respond(perturbation: Perturbation, given: Answers, scale: Scale, resampling: Resampling) -> Response:
    limit = perturbation.limit(scale.n_grades)
    rows = np.flatnonzero(_can_move(perturbation, given.before, limit=limit, top=scale.n_grades - 1))
    shift = given.after[rows] - given.before[rows]
    n = int(rows.size)
    change = _mean_change(shift.astype(np.float64), resampling)
    changed = wilson_interval(int(np.count_nonzero(shift)), n, level=resampling.confidence)
    return Response(
        name=perturbation.name,
        n=n,
        change=change,
        changed=changed,
        raised=_share(shift > 0),
        lowered=_share(shift < 0),
        score_change=_share(given.scores_after[rows] - given.scores_before[rows]),
        limit=limit,
        verdict=judge(changed if perturbation.kind == "invisible" else change, limit=limit, n=n),
    )


def _can_move(perturbation: Perturbation, before: Codes, *, limit: float, top: int) -> NDArray[np.bool_]:
    """Which essays' grades have room for what is asked about: the others would make any model look good."""
    if perturbation.kind == "padding":
        return before < top
    if perturbation.kind == "damage":
        return before >= math.ceil(-limit)
    return np.ones(before.shape, dtype=np.bool_)


def _mean_change(shift: Floats, resampling: Resampling) -> Interval:
    if not shift.size:
        return Interval(math.nan, math.nan, math.nan)
    return bootstrap_intervals(partial(_means, shift), shift.size, resampling=resampling)["change"][0]


def _means(shift: Floats, weights: Weights) -> Figures:
    return {"change": ratio(weights @ shift, weights.sum(axis=1))}


def _share(values: NDArray[Any]) -> float:
    return float(values.mean()) if values.size else math.nan


def robustness_to_json(evaluation: RobustnessEvaluation) -> dict[str, Any]:
    """The evaluation as plain values for JSON; what is not defined is ``null``."""
    return {
        "format": FORMAT,
        "scale": {"name": evaluation.scale.name, "grades": list(evaluation.scale.grades)},
        "n": evaluation.n,
        "responses": [_response_to_json(response) for response in evaluation.responses],
        "resampling": asdict(evaluation.resampling),
    }


def _response_to_json(response: Response) -> dict[str, Any]:
    perturbation = response.perturbation
    return {
        "name": response.name,
        "kind": perturbation.kind,
        "does": perturbation.does,
        "why": perturbation.why,
        "n": response.n,
        "change": interval_to_json(response.change),
        "changed": interval_to_json(response.changed),
        "raised": number_to_json(response.raised),
        "lowered": number_to_json(response.lowered),
        "score_change": number_to_json(response.score_change),
        "limit": response.limit,
        "verdict": response.verdict,
    }
