"""Variants: ways to learn from one experiment's essays, each judged on the same folds."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradewise.evaluation.results import Graded
from gradewise.features.schema import FeatureMatrix, FeatureSpec
from gradewise.models.cross_fit import FoldReading, join_readings, read_fold
from gradewise.models.decisions import choose_decision
from gradewise.models.grader_fitting import OutOfFold, decode_out_of_fold
from gradewise.workflows.plans.model import ModelPlan
from gradewise.workflows.training.experiment import Experiment
from gradewise.workflows.training.judging import graded_essays
from gradewise.workflows.training.learning import growing_of

NOISE = "noise"
"""Group of columns of random numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way to learn the overall grade: settings, and which columns are seen."""

    name: str
    """For people, and unique among the variants that are compared."""
    model: ModelPlan
    """Settings."""
    without: tuple[str, ...] = ()
    """Columns left out."""
    noise_seed: int | None = None
    """Of one column of random numbers that is added; ``None`` adds none."""

    @property
    def id(self) -> str:
        """Short digest of what it learns from and how, whatever it is called: 12 hex digits."""
        settings = self.model.model_dump(mode="json") | {"linear_share": self.model.blend}
        shaping = [settings, sorted(self.without), self.noise_seed]
        return hashlib.sha256(json.dumps(shaping, sort_keys=True).encode()).hexdigest()[:12]


def variant_view(variant: Variant, view: FeatureMatrix) -> FeatureMatrix:
    """The matrix of a fold with the columns that a variant sees.

    Raises:
        InputError: a column that is left out is not there, or none remains.
    """
    seen = view.without(variant.without) if variant.without else view
    return seen if variant.noise_seed is None else _with_noise(seen, variant.noise_seed)


def read_variant_fold(
    experiment: Experiment,
    variant: Variant,
    fold: int,
    *,
    rounds: Sequence[int] | None = None,
    texts: Sequence[str] | None = None,
) -> FoldReading:
    """Learn one fold as a variant says and read its held-out essays, in this thread; see `read_fold`.

    Args:
        experiment: essays, features and grades.
        variant: how.
        fold: which.
        rounds: trees of each member; each finds its own number when ``None``.
        texts: which text each training essay is, see `growing_of`.

    Raises:
        TrainingError: as `read_fold`.
    """
    view = variant_view(variant, experiment.views[fold])
    growing = growing_of(experiment, experiment.overall, plan=variant.model, schema=view.schema, texts=texts)
    return read_fold(
        view, experiment.train_codes, experiment.folds[fold], growing=growing, rounds=rounds, train_too=False
    )


def honest_predictions(
    experiment: Experiment, variant: Variant, readings: Sequence[FoldReading]
) -> OutOfFold:
    """What a variant's folds say together of the essays that they held out."""
    n = len(experiment.train)
    held_out = sum(len(fold.validate_rows) for fold in experiment.folds)
    return decode_out_of_fold(
        join_readings(readings, experiment.folds, n=n),
        experiment.train_codes,
        experiment.folds,
        n_grades=experiment.dataset.scale.n_grades,
        calibration=variant.model.calibration,
        decision=choose_decision(variant.model.decision, held_out),
    )


def decode_variant(
    experiment: Experiment, variant: Variant, readings: Sequence[FoldReading]
) -> tuple[OutOfFold, Graded]:
    """What a variant's folds say together: predictions, and the same beside the teacher's grades."""
    honest = honest_predictions(experiment, variant, readings)
    essays = [experiment.train[row] for row in honest.rows]
    return honest, graded_essays(essays, experiment.train_codes[honest.rows], honest.predictions)


def beside_teacher(experiment: Experiment, honest: Sequence[OutOfFold]) -> tuple[Graded, ...]:
    """Predictions of several variants beside the teacher's grades; essays are looked at once."""
    rows = honest[0].rows
    essays = [experiment.train[row] for row in rows]
    first = graded_essays(essays, experiment.train_codes[rows], honest[0].predictions)
    return tuple(
        replace(
            first,
            predicted_codes=each.predictions.codes,
            scores=each.predictions.scores.astype(np.float64),
            probabilities=each.predictions.probabilities,
        )
        for each in honest
    )


def _with_noise(view: FeatureMatrix, seed: int) -> FeatureMatrix:
    """A matrix with one more column, of standard normal numbers that depend on the seed alone."""
    drawn = np.random.default_rng(seed).standard_normal((len(view.essay_ids), 1)).astype(np.float32)
    spec = FeatureSpec(
        name=f"noise_{seed}",
        unit="none",
        group=NOISE,
        low=-np.inf,
        high=np.inf,
        definition="Random numbers that have nothing to do with any essay.",
    )
    return view.with_columns(drawn, (spec,))
