"""The matrix as folds may see it: whatever is learnt from essays is learnt within each fold."""

from collections.abc import Hashable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.codes import Codes
from gradewise.essays.records import Essay
from gradewise.essays.texts import copy_hash
from gradewise.features.schema import FeatureMatrix
from gradewise.models.auxiliary import AuxiliaryModel
from gradewise.models.cross_fit import no_progress
from gradewise.models.folds import FoldRows, Rows
from gradewise.models.leaks import check_blindness
from gradewise.models.learnt_columns import with_columns
from gradewise.models.projection import Projection, learn_projection, project
from gradewise.models.targets import OVERALL
from gradewise.models.text.fitting import LearntWording, learn_wording
from gradewise.models.text.learners import FittedTextLearner
from gradewise.telemetry import Listener, stage
from gradewise.workflows.plans.plan import Plan

BLIND_TRAIN, BLIND_HELD_OUT = 60, 20
"""Essays on which it is tried, in about a second, that folds learn from their training part alone."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingEssays:
    """Training essays before anything is learnt from them."""

    plan: Plan
    """What is learnt."""
    essays: tuple[Essay, ...]
    """The essays."""
    by_prompt: bool
    """Whether folds hold out whole prompts."""
    targets: tuple[str, ...]
    """Names of what they are graded by, the overall grade first."""
    codes: NDArray[np.int64]
    """Their grades: shape ``(n, n_targets)``."""
    n_grades: int
    """Of the overall grade's scale."""
    measured: FeatureMatrix
    """What is measured of them; what a text model sees has all its dimensions."""
    auxiliaries: tuple[AuxiliaryModel, ...]
    """Models of other essays."""
    taught: NDArray[np.float32]
    """What these say of them: a column for each model and target."""

    @property
    def texts(self) -> list[str]:
        """The texts."""
        return [essay.text for essay in self.essays]

    @property
    def ties(self) -> list[tuple[Hashable, ...]]:
        """What each must not be parted over: its text, and its prompt where folds hold out prompts."""
        return [
            (("text", copy_hash(essay.text)), *((("prompt", essay.prompt),) if self.by_prompt else ()))
            for essay in self.essays
        ]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Views:
    """What is learnt from training essays, and the matrices that come of it."""

    learners: tuple[FittedTextLearner, ...]
    """Text learners, learnt from all of them."""
    projection: Projection | None
    """Principal components of what a text model sees, learnt from all of them."""
    whole: FeatureMatrix
    """Everything that a model reads of them; columns of text learners come from other essays of theirs."""
    by_fold: tuple[FeatureMatrix, ...]
    """The same as each fold may see it: nothing in it was learnt from the essays that it holds out."""


def learn_views(
    material: TrainingEssays, folds: tuple[FoldRows, ...], listener: Listener, *, workers: int
) -> Views:
    """Learn text learners and principal components, from all essays and anew within each fold.

    Args:
        material: the essays.
        folds: rows of them; rows that are in neither part of a fold teach it nothing.
        listener: hears stage ``wording``.
        workers: threads; they do not change the result.

    Raises:
        LeakError: what a fold learns has looked at what it holds out.
    """
    wording = _learn_wording(material, folds, listener, workers=workers)
    projection, *by_fold = _learn_projections(material, folds)

    def joined(columns: NDArray[np.float32], projection: Projection | None) -> FeatureMatrix:
        return with_columns(
            project(material.measured, projection),
            np.concatenate([columns, material.taught], axis=1),
            wording.learners,
            material.auxiliaries,
        )

    return Views(
        learners=wording.learners,
        projection=projection,
        whole=joined(wording.columns, projection),
        by_fold=tuple(map(joined, wording.by_fold, by_fold)),
    )


def _learn_projections(material: TrainingEssays, folds: Sequence[FoldRows]) -> list[Projection | None]:
    """What all essays teach, then what those of each fold do; ``None`` without components."""
    features = material.plan.features
    components = features.embedder.components if features.embedder is not None else None
    if features.set == "handcrafted" or components is None:
        return [None] * (len(folds) + 1)
    every = np.arange(len(material.essays))
    parts = (every, *(fold.train_rows for fold in folds))
    return [learn_projection(material.measured, rows, components) for rows in parts]


def _learn_wording(
    material: TrainingEssays, folds: tuple[FoldRows, ...], listener: Listener, *, workers: int
) -> LearntWording:
    """Text learners and their columns; copies of a text, and what folds hold out whole, stay together."""
    kinds = material.plan.features.text_learners
    if kinds:
        _require_blind_wording(material, folds)
    steps = len(kinds) * (len(folds) + 1)
    with stage(listener, "wording", total=steps, unit="fits") if kinds else nullcontext(no_progress) as done:
        return learn_wording(
            kinds,
            material.texts,
            material.targets,
            material.codes,
            folds,
            ties=material.ties,
            seed=material.plan.model.seed,
            n_threads=workers,
            on_step=done,
        )


def _require_blind_wording(material: TrainingEssays, folds: Sequence[FoldRows]) -> None:
    """Try text learners on some essays of a fold: what it holds out must not shape them."""
    rows, fold = some_of(folds[0])

    def fit(texts: Sequence[str], codes: Codes) -> NDArray[np.float32]:
        learnt = learn_wording(
            material.plan.features.text_learners,
            texts,
            (OVERALL,),
            codes[:, None],
            (fold,),
            ties=[(row,) for row in rows],
            seed=material.plan.model.seed,
            on_step=no_progress,
        )
        return learnt.by_fold[0]

    check_blindness(
        fit,
        [material.essays[row].text for row in rows],
        material.codes[rows, 0],
        fold,
        n_grades=material.n_grades,
        what="a text learner",
    )


def some_of(fold: FoldRows) -> tuple[list[int], FoldRows]:
    """Some rows of a fold, those that it holds out last, and the fold among them: for a quick trial of it."""
    held = _some_rows(fold.validate_rows, BLIND_HELD_OUT)
    rows = [*_some_rows(fold.train_rows, BLIND_TRAIN), *held]
    every = np.arange(len(rows))
    return rows, FoldRows(every[: -len(held)], every[-len(held) :])


def _some_rows(rows: Rows, most: int) -> list[int]:
    """So many rows at the most, spread over all of them."""
    places = np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(np.int64)
    return [int(row) for row in rows[places]]
