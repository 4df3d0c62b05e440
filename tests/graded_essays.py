"""Made-up graded essays for the tests of evaluation."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from scipy.stats import norm

from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.evaluation.results import Graded

BANDS = Scale("bands", ("1.0", "1.5", "2.0", "2.5", "3.0", "3.5", "4.0", "4.5", "5.0"))


def noisy_grades(
    n: int, *, n_grades: int = 9, n_prompts: int = 3, seed: int = 0, noise: float = 0.8
) -> Graded:
    """Essays whose probabilities are honest: truth is the score plus normal noise."""
    generator = np.random.default_rng(seed)
    scores = generator.normal((n_grades - 1) / 2, n_grades / 7, n)
    truth = np.clip(np.rint(scores + generator.normal(0, noise, n)), 0, n_grades - 1)
    cuts = (np.arange(n_grades - 1) + 0.5 - scores[:, np.newaxis]) / noise
    cumulative = np.column_stack([np.zeros(n), norm.cdf(cuts), np.ones(n)])
    return Graded(
        essay_ids=tuple(f"essay-{row}" for row in range(n)),
        true_codes=truth.astype(np.int64),
        predicted_codes=np.clip(np.rint(scores), 0, n_grades - 1).astype(np.int64),
        scores=scores,
        probabilities=np.diff(cumulative, axis=1),
        prompts=tuple(f"prompt-{drawn}" for drawn in generator.integers(n_prompts, size=n)),
        word_counts=generator.integers(100, 500, n),
    )


def certain_grades(truth: Codes, predicted: Codes, *, n_grades: int) -> Graded:
    """Essays whose grades come with probability 1 and no prompt."""
    return Graded(
        essay_ids=tuple(f"essay-{row}" for row in range(truth.size)),
        true_codes=truth,
        predicted_codes=predicted,
        scores=predicted.astype(np.float64),
        probabilities=np.eye(n_grades)[predicted],
    )


def missed_grades(
    noise: float, *, n: int, n_grades: int, seed: int = 1, prompts: tuple[str, ...] | None = None
) -> Graded:
    """The same essays for every seed, whose grade is missed by so many steps or so."""
    truth = np.random.default_rng(7).integers(n_grades, size=n)
    scores = truth + noise * np.random.default_rng(seed).normal(size=n)
    codes = np.clip(np.round(scores), 0, n_grades - 1).astype(np.int64)
    return replace(certain_grades(truth, codes, n_grades=n_grades), scores=scores, prompts=prompts)


def classified_texts(
    n: int, *, n_classes: int = 4, seed: int = 0, sharpness: float = 2.0, n_prompts: int = 0
) -> Graded:
    """Texts of classes without order, told apart by noisy probabilities; the first classes are common."""
    generator = np.random.default_rng(seed)
    common = 1 / (1 + np.arange(n_classes))
    truth = generator.choice(n_classes, size=n, p=common / common.sum()).astype(np.int64)
    logits = generator.normal(size=(n, n_classes))
    logits[np.arange(n), truth] += sharpness
    odds = np.exp(logits)
    probabilities = odds / odds.sum(axis=1, keepdims=True)
    return Graded(
        essay_ids=tuple(f"text-{row}" for row in range(n)),
        true_codes=truth,
        predicted_codes=probabilities.argmax(axis=1).astype(np.int64),
        scores=probabilities.max(axis=1),
        probabilities=probabilities,
        prompts=tuple(f"prompt-{drawn}" for drawn in generator.integers(n_prompts, size=n))
        if n_prompts
        else None,
        ordered=False,
    )


@st.composite
def rater_pairs(draw: st.DrawFn, *, min_size: int = 1) -> tuple[Codes, Codes, int]:
    """Two raters' codes of the same essays, and the number of grades."""
    n_grades = draw(st.integers(2, 7))
    n = draw(st.integers(min_size, 30))
    codes = st.lists(st.integers(0, n_grades - 1), min_size=n, max_size=n)
    return np.array(draw(codes)), np.array(draw(codes)), n_grades


@st.composite
def forecasts(draw: st.DrawFn) -> tuple[np.ndarray, Codes]:
    """Probabilities over grades, and the codes that came true."""
    n_grades = draw(st.integers(2, 6))
    n = draw(st.integers(1, 20))
    row = st.lists(st.integers(0, 20), min_size=n_grades, max_size=n_grades).filter(any)
    counts = np.array(draw(st.lists(row, min_size=n, max_size=n)), dtype=np.float64)
    codes = np.array(draw(st.lists(st.integers(0, n_grades - 1), min_size=n, max_size=n)))
    return counts / counts.sum(axis=1, keepdims=True), codes
