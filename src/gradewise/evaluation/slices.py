"""How parts of the essays fare: the tails of the scale, and each prompt."""

from collections import Counter
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.codes import Codes
from gradewise.evaluation.bootstrap import bootstrap_intervals, prompt_clusters
from gradewise.evaluation.figures import slice_figures
from gradewise.evaluation.results import Graded, Resampling, SliceRow

TAILS = ("low", "middle", "high")
"""Thirds of the scale, by true grade."""


def tails_of_codes(codes: Codes, *, n_grades: int) -> NDArray[np.int64]:
    """The tail of each code, as a position in `TAILS`: shape of ``codes``.

    Low and high are the outer ``n_grades // 3`` grades each (one at least), and what is left is the middle:
    both tails are equally long. Nine bands from 1 to 5 give ≤ 2, 2.5–3.5 and ≥ 4; a scale of two grades
    has no middle, and one of a single grade nothing else.

    >>> tails_of_codes(np.arange(8), n_grades=8).tolist()
    [0, 0, 1, 1, 1, 1, 2, 2]
    """
    reach = min(max(1, n_grades // 3), n_grades // 2)
    return 1 - (codes < reach) + (codes >= n_grades - reach)


def select(graded: Graded, rows: NDArray[np.int64]) -> Graded:
    """Some of the essays, in this order; `rows` are their positions: shape ``(m,)``, ``0 … n - 1``."""
    return replace(
        graded,
        essay_ids=tuple(graded.essay_ids[row] for row in rows),
        true_codes=graded.true_codes[rows],
        predicted_codes=graded.predicted_codes[rows],
        scores=graded.scores[rows],
        probabilities=graded.probabilities[rows],
        prompts=None if graded.prompts is None else tuple(graded.prompts[row] for row in rows),
        word_counts=None if graded.word_counts is None else graded.word_counts[rows],
    )


def rows_by_tail(graded: Graded) -> dict[str, NDArray[np.int64]]:
    """Positions of the essays in each of `TAILS` by true grade, rising; together every essay once."""
    tails = tails_of_codes(graded.true_codes, n_grades=graded.probabilities.shape[1])
    return {name: np.flatnonzero(tails == position) for position, name in enumerate(TAILS)}


def tail_rows(graded: Graded, resampling: Resampling) -> tuple[SliceRow, ...]:
    """Low, middle and high by true grade; a tail without essays stays, with figures that are ``nan``.

    Classes have none.
    """
    if not graded.ordered:
        return ()
    parts = rows_by_tail(graded)
    return tuple(_row(name, select(graded, rows), resampling) for name, rows in parts.items())


def prompt_rows(graded: Graded, resampling: Resampling) -> tuple[SliceRow, ...]:
    """One row a prompt, largest first and then by name; none when prompts are not known.

    Essays are drawn within the prompt even where the whole is resampled by prompt: a prompt drawn twice
    has the same figures as once, and its interval would be a point.
    """
    if graded.prompts is None:
        return ()
    by_size = sorted(Counter(graded.prompts).items(), key=lambda item: (-item[1], item[0]))
    prompts = np.array(graded.prompts)
    by_essay = Resampling(resampling.n_resamples, resampling.confidence, resampling.seed, None)
    return tuple(_row(name, select(graded, np.flatnonzero(prompts == name)), by_essay) for name, _ in by_size)


def _row(name: str, part: Graded, resampling: Resampling) -> SliceRow:
    n = len(part.essay_ids)
    clusters = prompt_clusters(part, resampling)
    found = bootstrap_intervals(partial(slice_figures, part), n, resampling=resampling, clusters=clusters)
    return SliceRow(name, n, {figure: intervals[0] for figure, intervals in found.items()})
