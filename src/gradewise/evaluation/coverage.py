"""Whether grade sets keep their promise: how often they hold the teacher's grade, and how large they are."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.interval_json import interval_to_json, number_to_json
from gradewise.evaluation.probability import wilson_interval
from gradewise.evaluation.results import USUAL, Interval, Resampling
from gradewise.evaluation.slices import TAILS, tails_of_codes
from gradewise.evaluation.weights import Floats, ratio

FEWEST_JUDGED = 50
"""Essays from which the coverage of a part is judged: a share of .90 then has a standard error of .042."""


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """How the grade sets of a part of the essays fare."""

    name: str
    """The grade, the third of the scale, the prompt, or how many grades the sets have."""
    n: int
    """Essays in it."""
    coverage: Interval
    """Share whose set holds the teacher's grade, with a Wilson interval; ``nan`` without essays."""
    mean_size: float
    """Grades in a set, on average; ``nan`` without essays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageEvaluation:
    """What is said about grade sets."""

    promised: float
    """The coverage that was asked for, such as 0.9."""
    n_grades: int
    """Grades on the scale."""
    whole: CoverageRow
    """All essays."""
    mean_size: Interval
    """Grades in a set, on average, with its bootstrap interval."""
    grades: tuple[CoverageRow, ...]
    """By the teacher's grade, lowest first, grades without essays included."""
    tails: tuple[CoverageRow, ...]
    """Low, middle and high thirds of the scale by the teacher's grade; none of classes."""
    prompts: tuple[CoverageRow, ...]
    """By prompt, largest first; empty when prompts are not known."""
    sizes: tuple[CoverageRow, ...]
    """By the number of grades in the set, smallest first; only those that occur."""
    confidence: float
    """Of all intervals."""

    @property
    def worst_grade(self) -> CoverageRow | None:
        """The grade with the lowest coverage of those that `FEWEST_JUDGED` essays have; none without one."""
        judged = [row for row in self.grades if row.n >= FEWEST_JUDGED]
        return min(judged, key=lambda row: row.coverage.estimate, default=None)


def evaluate_coverage(
    codes: Codes,
    low: Codes,
    high: Codes,
    scale: Scale,
    *,
    promised: float,
    prompts: Sequence[str] | None = None,
    resampling: Resampling = USUAL,
) -> CoverageEvaluation:
    """Say how often grade sets hold the teacher's grade, in all and by part.

    Args:
        codes: The teacher's grades, shape ``(n,)``.
        low: The lowest grade of each set, shape ``(n,)``.
        high: The highest grade of each set, shape ``(n,)``.
        scale: The grades.
        promised: The coverage that was asked for.
        prompts: Each essay's prompt, when prompts are known.
        resampling: How the interval of the mean size is made; all have its confidence.

    Raises:
        InputError: there is no essay, the arrays are of different essays, or a set is not a run of grades.
    """
    _check_sets(codes, low, high, scale)
    return cover(
        (low <= codes) & (codes <= high),
        high - low + 1,
        codes,
        scale,
        promised=promised,
        prompts=prompts,
        resampling=resampling,
    )


def cover(
    hits: NDArray[np.bool_],
    sizes: NDArray[np.int64],
    codes: Codes,
    scale: Scale,
    *,
    promised: float,
    prompts: Sequence[str] | None = None,
    resampling: Resampling,
) -> CoverageEvaluation:
    """Say what sets of labels are worth, whatever they are made of.

    Args:
        hits: Whether each set holds the right label: shape ``(n,)``.
        sizes: Labels in each set: shape ``(n,)``.
        codes: The right labels: shape ``(n,)``.
        scale: The labels; classes have no tails.
        promised: The coverage that was asked for.
        prompts: Each essay's prompt, when prompts are known.
        resampling: How the interval of the mean size is made; its confidence is that of all intervals.
    """
    rows = _Rows(hits, sizes.astype(np.float64), resampling.confidence)
    tails = tails_of_codes(codes, n_grades=scale.n_grades)
    return CoverageEvaluation(
        promised=promised,
        n_grades=scale.n_grades,
        whole=rows.of("all essays" if scale.ordered else "all texts", np.ones(codes.size, dtype=np.bool_)),
        mean_size=bootstrap_intervals(
            lambda weights: {"size": ratio(weights @ rows.sizes, weights.sum(axis=1))},
            codes.size,
            resampling=resampling,
        )["size"][0],
        grades=tuple(rows.of(grade, codes == code) for code, grade in enumerate(scale.grades)),
        tails=tuple(rows.of(name, tails == position) for position, name in enumerate(TAILS) if scale.ordered),
        prompts=() if prompts is None else tuple(_prompt_rows(rows, prompts)),
        sizes=tuple(rows.of(f"{size:g}", rows.sizes == size) for size in np.unique(rows.sizes)),
        confidence=resampling.confidence,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Makes a row of any part of the essays."""

    hits: NDArray[np.bool_]
    """Whether the set holds the teacher's grade: shape ``(n,)``."""
    sizes: Floats
    """Grades in each set: shape ``(n,)``."""
    confidence: float
    """Of the intervals."""

    def of(self, name: str, part: NDArray[np.bool_]) -> CoverageRow:
        """The row of the essays for which `part`, shape ``(n,)``, holds."""
        n = int(part.sum())
        covered = wilson_interval(int(self.hits[part].sum()), n, level=self.confidence)
        return CoverageRow(name, n, covered, float(self.sizes[part].mean()) if n else np.nan)


def _prompt_rows(rows: _Rows, prompts: Sequence[str]) -> Iterable[CoverageRow]:
    names = np.array(prompts)
    by_size = sorted(Counter(prompts).items(), key=lambda item: (-item[1], item[0]))
    return (rows.of(name, names == name) for name, _ in by_size)


def _check_sets(codes: Codes, low: Codes, high: Codes, scale: Scale) -> None:
    if codes.size == 0 or not codes.shape == low.shape == high.shape:
        raise InputError(
            f"{codes.size} grades, {low.size} lowest and {high.size} highest grades of sets; "
            "give one of each for each essay, at least one"
        )
    if low.min() < 0 or high.max() >= scale.n_grades or (low > high).any():
        raise InputError(
            f"sets from {low.min()} to {high.max()} are not runs of the {scale.n_grades} grades of scale "
            f"{scale.name}; every set needs a lowest grade that is not above its highest"
        )


def coverage_to_json(evaluation: CoverageEvaluation) -> dict[str, Any]:
    """The evaluation as plain values for JSON; what is not defined is ``null``."""
    return {
        "promised": evaluation.promised,
        "n_grades": evaluation.n_grades,
        "confidence": evaluation.confidence,
        "whole": _row_to_json(evaluation.whole),
        "mean_size": interval_to_json(evaluation.mean_size),
        "grades": [_row_to_json(row) for row in evaluation.grades],
        "tails": [_row_to_json(row) for row in evaluation.tails],
        "prompts": [_row_to_json(row) for row in evaluation.prompts],
        "sizes": [_row_to_json(row) for row in evaluation.sizes],
    }


def _row_to_json(row: CoverageRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "n": row.n,
        "coverage": interval_to_json(row.coverage),
        "mean_size": number_to_json(row.mean_size),
    }
