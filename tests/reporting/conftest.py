"""Made-up reports: essays that never existed, graded with noise."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from gradewise.essays.scales import Scale
from gradewise.evaluation.results import Graded, Interval, Resampling
from gradewise.evaluation.summary import evaluate
from gradewise.reporting.report import (
    LENGTH_ONLY,
    LOCKED_TEST,
    OUT_OF_FOLD,
    BaselineRow,
    ConstructShare,
    DataSection,
    FeatureShare,
    NamedEvaluation,
    Report,
)

SWEDISH = Scale("swedish", ("F", "E", "D", "D+", "C", "C+", "B", "A"))


def graded_essays(n: int, scale: Scale, *, seed: int = 0, n_prompts: int = 6, noise: float = 0.75) -> Graded:
    """Essays whose model grades are the teacher's, shrunk to the middle, with noise."""
    random = np.random.default_rng(seed)
    top = scale.n_grades - 1
    truth = np.clip(np.round(random.normal(top / 2, top / 4.5, n)), 0, top).astype(np.int64)
    words = np.clip(180 + 330 * truth / max(top, 1) + random.normal(0, 90, n), 40, None).astype(np.int64)
    lean = 0.0012 * (words - words.mean())
    scores = top / 2 + 0.82 * (truth - top / 2) + lean + random.normal(0, noise, n)
    scores = np.clip(scores, 0, top)
    distance = np.arange(scale.n_grades)[None, :] - scores[:, None]
    weights = np.exp(-0.5 * (distance / noise) ** 2) + 1e-9
    prompts = (
        tuple(f"Prompt {1 + number}" for number in random.integers(0, n_prompts, n)) if n_prompts else None
    )
    return Graded(
        essay_ids=tuple(f"e{row}" for row in range(n)),
        true_codes=truth,
        predicted_codes=np.floor(scores + 0.5).astype(np.int64),
        scores=scores,
        probabilities=weights / weights.sum(axis=1, keepdims=True),
        prompts=prompts,
        word_counts=words,
    )


def named_evaluation(name: str, graded: Graded, scale: Scale, *, n_resamples: int = 40) -> NamedEvaluation:
    """An evaluation of such essays."""
    return NamedEvaluation(
        name=name,
        evaluation=evaluate(graded, scale, resampling=Resampling(n_resamples, seed=1)),
        graded=graded,
    )


def made_up_report(
    n: int = 120, scale: Scale = SWEDISH, *, n_prompts: int = 6, n_resamples: int = 40
) -> Report:
    """A whole report on made-up essays."""
    train = graded_essays(n, scale, n_prompts=n_prompts)
    test = graded_essays(max(n // 4, 2), scale, seed=1, n_prompts=n_prompts)
    return Report(
        title="Essay grading, national test in English 6",
        model_name="swedish-english6",
        model_version="20260301_101500",
        created_at=datetime(2026, 3, 1, 10, 15, tzinfo=UTC),
        scale=scale,
        data=DataSection(
            n_essays=n + max(n // 4, 2),
            n_train=n,
            n_test=max(n // 4, 2),
            source="made up",
            licence="CC BY 4.0",
            card="Written by nobody, marked by chance.",
            label_counts={
                grade: int((train.true_codes == code).sum()) for code, grade in enumerate(scale.grades)
            },
            prompt_counts={name: train.prompts.count(name) for name in sorted(set(train.prompts))}
            if train.prompts
            else {},
            duplicates=2,
            set_aside={"shorter than 50 words": 7, "no grade": 1},
            rare_labels=scale.grades[:1],
            split_scheme="stratified by grade, equal texts kept together",
            split_seed=42,
            split_plan_id="3f9a2c",
            encoding_repairs=3,
        ),
        evaluations=(
            named_evaluation(OUT_OF_FOLD, train, scale, n_resamples=n_resamples),
            named_evaluation(LOCKED_TEST, test, scale, n_resamples=n_resamples),
        ),
        metrics_allowed=True,
        baselines=(
            BaselineRow(
                name=LENGTH_ONLY,
                description="A straight line through the number of words.",
                metrics={"qwk": Interval(0.61, 0.52, 0.69), "mae": Interval(1.02, 0.93, 1.12)},
                difference=Interval(0.18, 0.11, 0.25),
            ),
            BaselineRow(
                name="the commonest grade, always",
                description="Says the same for every essay.",
                metrics={"qwk": Interval(0.0, 0.0, 0.0), "mae": Interval(1.31, 1.2, 1.43)},
                difference=Interval(0.79, 0.74, 0.83),
            ),
        ),
        importance=(
            ConstructShare(
                construct="vocabulary",
                share=0.41,
                features=(
                    FeatureShare(
                        name="rare_words_per_100_words",
                        definition="Words outside the 3,000 commonest, in every hundred.",
                        share=0.19,
                    ),
                ),
            ),
            ConstructShare(construct="language errors", share=0.33),
            ConstructShare(construct="cohesion", share=0.15),
            ConstructShare(construct="length", share=0.11),
        ),
        human={"qwk": Interval(0.78, 0.71, 0.84)},
        decision="The score is rescaled to the spread of the teacher's grades and rounded half up.",
        calibration="Probabilities come from the spread of out-of-fold residuals.",
        notices=("Grade F has few essays; it was kept in every training fold.",),
        environment={"gradewise": "0.1.0", "lightgbm": "4.7.0"},
        timings={"extract": 12.3, "train": 75.0},
        plan_yaml="scale: swedish\nfolds: 5\n",
    )


@pytest.fixture(scope="session")
def report() -> Report:
    """A report on a hundred and twenty made-up essays."""
    return made_up_report()


@pytest.fixture(scope="session")
def make_report() -> Callable[..., Report]:
    """Make a report of another size, on another scale."""
    return made_up_report


@pytest.fixture
def with_metrics(report: Report) -> Callable[..., Report]:
    """Make a report whose only evaluation has these figures in place of its own."""

    def make(*, name: str = LOCKED_TEST, metrics: dict[str, Interval] | None = None, **parts: Any) -> Report:
        named = report.evaluations[0]
        evaluation = replace(
            named.evaluation, metrics={**named.evaluation.metrics, **(metrics or {})}, **parts
        )
        return replace(report, evaluations=(replace(named, name=name, evaluation=evaluation),))

    return make
