"""One experiment: measured essays laid out by the split plan, with what wording and other essays teach."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.records import Essay
from gradewise.essays.scales import Codes, Scale
from gradewise.essays.split_plan import Fold
from gradewise.essays.texts import text_hash
from gradewise.features.schema import FeatureMatrix
from gradewise.models.auxiliary import AuxiliaryModel
from gradewise.models.auxiliary_fitting import fit_auxiliary
from gradewise.models.cross_fit import no_progress
from gradewise.models.folds import FoldRows
from gradewise.models.learnt_columns import complete, suggestions, with_columns
from gradewise.models.targets import OVERALL
from gradewise.models.text_fitting import LearntWording, learn_wording
from gradewise.models.text_learners import FittedTextLearner
from gradewise.models.text_terms import TermKind
from gradewise.telemetry import Listener, stage
from gradewise.workflows.auxiliary import AuxiliarySet
from gradewise.workflows.extract import processors
from gradewise.workflows.measure import measure_auxiliary, measure_essays
from gradewise.workflows.plan import FeaturesPlan
from gradewise.workflows.prepare import Dataset
from gradewise.workflows.services import Services


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Target:
    """One kind of grade that essays have."""

    name: str
    """``overall``, or the trait."""
    scale: Scale
    """The grades."""
    train_codes: Codes
    """Of the training essays: shape ``(n_train,)``."""
    test_codes: Codes
    """Of the locked test set: shape ``(n_test,)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """Essays, their features and their grades, divided into training part and locked test."""

    dataset: Dataset
    """The essays and the split plan."""
    train: tuple[Essay, ...]
    """Essays to learn from."""
    test: tuple[Essay, ...]
    """The locked test set; empty where the plan keeps it locked."""
    train_matrix: FeatureMatrix
    """Features of `train`, row by row; columns of text learners come from other essays of `train`."""
    test_matrix: FeatureMatrix
    """Features of `test`, row by row."""
    train_codes: Codes
    """Grades of `train`: shape ``(n_train,)``."""
    test_codes: Codes
    """Grades of `test`: shape ``(n_test,)``."""
    traits: tuple[Target, ...] = ()
    """Grades of traits."""
    folds: tuple[FoldRows, ...]
    """Rows of `train`."""
    views: tuple[FeatureMatrix, ...]
    """`train_matrix` as each fold may see it: nothing in it was learnt from the essays that it holds out."""
    learners: tuple[FittedTextLearner, ...]
    """Text learners, learnt from all of `train`."""
    auxiliaries: tuple[AuxiliaryModel, ...] = ()
    """Models of other essays."""
    workers: int = 1
    """Threads that learn; they do not change the result."""

    @property
    def overall(self) -> Target:
        """The overall grade."""
        return Target(
            name=OVERALL,
            scale=self.dataset.scale,
            train_codes=self.train_codes,
            test_codes=self.test_codes,
        )


def gather(dataset: Dataset, services: Services, listener: Listener) -> Experiment:
    """Measure the essays, lay them out by the split plan, and learn from their wording within it.

    Columns of text learners are learnt within the folds; those of auxiliary models from other essays, which
    no fold holds, so that they are the same for all.
    """
    matrix = measure_essays(dataset, services, listener)
    by_id = {essay.id: essay for essay in dataset.essays}
    test_ids = dataset.split.test_ids if dataset.plan.evaluation.locked_test else ()
    train, test = (tuple(by_id[essay_id] for essay_id in ids) for ids in (dataset.split.train_ids, test_ids))
    overall, *traits = _targets(dataset, train, test)
    folds = fold_rows(dataset.split.folds, dataset.split.train_ids)
    wording = _learn_wording(dataset, train, (overall, *traits), folds, listener)
    learners = wording.learners
    auxiliaries = tuple(_learn_auxiliary(each, dataset, services, listener) for each in dataset.auxiliary)
    measured = matrix.rows(dataset.split.train_ids)
    taught = suggestions(measured, [essay.text for essay in train], auxiliaries)

    def joined(columns: NDArray[np.float32]) -> FeatureMatrix:
        return with_columns(measured, np.concatenate([columns, taught], axis=1), learners, auxiliaries)

    return Experiment(
        dataset=dataset,
        train=train,
        test=test,
        train_matrix=joined(wording.columns),
        test_matrix=complete(matrix.rows(test_ids), [essay.text for essay in test], learners, auxiliaries),
        train_codes=overall.train_codes,
        test_codes=overall.test_codes,
        traits=tuple(traits),
        folds=folds,
        views=tuple(joined(columns) for columns in wording.by_fold),
        learners=learners,
        auxiliaries=auxiliaries,
        workers=services.workers or processors(),
    )


def _targets(dataset: Dataset, train: Sequence[Essay], test: Sequence[Essay]) -> tuple[Target, ...]:
    scale, traits = dataset.scale, dataset.plan.data.columns.traits
    overall = Target(
        name=OVERALL,
        scale=scale,
        train_codes=scale.codes([essay.label or "" for essay in train]),
        test_codes=scale.codes([essay.label or "" for essay in test]),
    )
    return (
        overall,
        *(
            Target(
                name=trait,
                scale=dataset.trait_scale,
                train_codes=dataset.trait_scale.codes([essay.traits[trait] for essay in train]),
                test_codes=dataset.trait_scale.codes([essay.traits[trait] for essay in test]),
            )
            for trait in traits
        ),
    )


def _learn_wording(
    dataset: Dataset,
    train: Sequence[Essay],
    targets: Sequence[Target],
    folds: tuple[FoldRows, ...],
    listener: Listener,
) -> LearntWording:
    """Text learners and their columns; copies of a text, and what folds hold out whole, stay together."""
    kinds, by_prompt = dataset.plan.features.text_learners, dataset.split.scheme == "prompt_holdout"
    ties = [
        (("text", text_hash(essay.text)), *((("prompt", essay.prompt),) if by_prompt else ()))
        for essay in train
    ]
    steps = len(kinds) * (len(folds) + 1)
    with stage(listener, "wording", total=steps, unit="fits") if kinds else nullcontext(no_progress) as done:
        return learn_wording(
            kinds,
            [essay.text for essay in train],
            tuple(target.name for target in targets),
            np.stack([target.train_codes for target in targets], axis=1),
            folds,
            ties=ties,
            seed=dataset.plan.model.seed,
            on_step=done,
        )


def _learn_auxiliary(
    other: AuxiliarySet, dataset: Dataset, services: Services, listener: Listener
) -> AuxiliaryModel:
    """What other essays teach; their wording is learnt with the kinds that are quick to learn."""
    measured = measure_auxiliary(other, dataset, services, listener)
    kinds = _quick(dataset.plan.features)
    with stage(listener, f"learning from {other.name}", total=len(kinds) + 1, unit="fits") as done:
        return fit_auxiliary(
            other.name,
            other.targets,
            other.values,
            measured,
            [essay.text for essay in other.essays],
            kinds=kinds,
            seed=dataset.plan.model.seed,
            on_step=done,
        )


def _quick(plan: FeaturesPlan) -> tuple[TermKind, ...]:
    return tuple(kind for kind in plan.text_learners if kind != "runs")


def fold_rows(folds: tuple[Fold, ...], train_ids: tuple[str, ...]) -> tuple[FoldRows, ...]:
    """Folds of ids as folds of rows."""
    row = {essay_id: index for index, essay_id in enumerate(train_ids)}

    def rows(ids: tuple[str, ...]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array([row[essay_id] for essay_id in ids], dtype=np.int64)

    return tuple(FoldRows(rows(fold.train_ids), rows(fold.validate_ids)) for fold in folds)
