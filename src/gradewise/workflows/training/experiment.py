"""One experiment: measured essays laid out by the split plan, with what wording and other essays teach."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradewise.essays.codes import Codes
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.features.schema import FeatureMatrix
from gradewise.models.auxiliary import AuxiliaryModel
from gradewise.models.auxiliary_fitting import fit_auxiliary
from gradewise.models.folds import FoldRows, fold_rows
from gradewise.models.leaks import refuse_copies, refuse_giveaways
from gradewise.models.learnt_columns import complete, suggestions
from gradewise.models.projection import Projection
from gradewise.models.targets import OVERALL
from gradewise.models.text.learners import FittedTextLearner
from gradewise.models.text.terms import TermKind
from gradewise.telemetry import Listener, stage
from gradewise.workflows.datasets.auxiliary import AuxiliarySet
from gradewise.workflows.datasets.prepare import Dataset
from gradewise.workflows.measuring.extract import processors
from gradewise.workflows.measuring.stores import Measured, measured_data
from gradewise.workflows.plans.features import FeaturesPlan
from gradewise.workflows.services import Services
from gradewise.workflows.training.views import TrainingEssays, Views, learn_views


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
    overall: Target
    """The overall grade."""
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
    projection: Projection | None = None
    """Principal components of what a text model sees, learnt from all of `train`."""
    material: TrainingEssays
    """`train` before anything was learnt from it: for folds other than these."""
    workers: int = 1
    """Threads that learn; they do not change the result."""

    @property
    def train_codes(self) -> Codes:
        """Overall grades of `train`: shape ``(n_train,)``."""
        return self.overall.train_codes

    @property
    def test_codes(self) -> Codes:
        """Overall grades of `test`: shape ``(n_test,)``."""
        return self.overall.test_codes


def gather(
    dataset: Dataset, services: Services, listener: Listener, *, store: Path | None = None
) -> Experiment:
    """Measure the essays, lay them out by the split plan, and learn from their wording within it.

    Columns of text learners and principal components are learnt within the folds; those of auxiliary models
    from other essays, which no fold holds, so that they are the same for all. Features come from the store
    that the plan names, if it names one.

    Args:
        dataset: the essays and the plan.
        services: what measures.
        listener: hears stages.
        store: where newly measured features are kept, such as ``run.directory.store``; ``None`` keeps none.

    Raises:
        InputError: an essay cannot be measured, or the store does not fit.
        LeakError: a column gives grades away, or what folds learn has looked at what they hold out.
    """
    everything = measured_data(dataset, services, listener, store=store)
    train, test = _parts(dataset)
    targets = _targets(dataset, train, test)
    folds = fold_rows(dataset.split.folds, dataset.split.train_ids)
    measured = everything.essays.rows(dataset.split.train_ids)
    for target in targets:
        refuse_copies(measured, target.train_codes)
    auxiliaries = _learn_auxiliaries(dataset, everything, listener)
    material = _material(dataset, train, targets, measured, auxiliaries)
    workers = services.workers or processors()
    views = learn_views(material, folds, listener, workers=workers)
    for target in targets:
        refuse_giveaways(views.whole, target.train_codes, n_grades=target.scale.n_grades)
    return Experiment(
        dataset=dataset,
        train=train,
        test=test,
        train_matrix=views.whole,
        test_matrix=_as_learnt(everything.essays, test, views, auxiliaries),
        overall=targets[0],
        traits=targets[1:],
        folds=folds,
        views=views.by_fold,
        learners=views.learners,
        auxiliaries=auxiliaries,
        projection=views.projection,
        material=material,
        workers=workers,
    )


def _parts(dataset: Dataset) -> tuple[tuple[Essay, ...], tuple[Essay, ...]]:
    """The training part and the locked test, which is empty where the plan keeps it locked."""
    by_id = {essay.id: essay for essay in dataset.essays}
    test_ids = dataset.split.test_ids if dataset.plan.evaluation.locked_test else ()
    return (
        tuple(by_id[essay_id] for essay_id in dataset.split.train_ids),
        tuple(by_id[essay_id] for essay_id in test_ids),
    )


def _as_learnt(
    matrix: FeatureMatrix, essays: Sequence[Essay], views: Views, auxiliaries: Sequence[AuxiliaryModel]
) -> FeatureMatrix:
    """Features of essays that taught nothing, with the columns that were learnt from others."""
    measured = matrix.rows(tuple(essay.id for essay in essays))
    return complete(measured, [essay.text for essay in essays], views.learners, auxiliaries, views.projection)


def _material(
    dataset: Dataset,
    train: tuple[Essay, ...],
    targets: Sequence[Target],
    measured: FeatureMatrix,
    auxiliaries: tuple[AuxiliaryModel, ...],
) -> TrainingEssays:
    """The training essays before anything is learnt from them."""
    return TrainingEssays(
        plan=dataset.plan,
        essays=train,
        by_prompt=dataset.split.scheme == "prompt_holdout",
        targets=tuple(target.name for target in targets),
        codes=np.stack([target.train_codes for target in targets], axis=1),
        n_grades=dataset.scale.n_grades,
        measured=measured,
        auxiliaries=auxiliaries,
        taught=suggestions(measured, [essay.text for essay in train], auxiliaries),
    )


def _targets(dataset: Dataset, train: Sequence[Essay], test: Sequence[Essay]) -> tuple[Target, ...]:
    """The overall grade, then traits."""
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


def _learn_auxiliaries(
    dataset: Dataset, everything: Measured, listener: Listener
) -> tuple[AuxiliaryModel, ...]:
    """What each of the plan's other sets of essays teaches."""
    return tuple(
        _learn_auxiliary(other, features, dataset, listener)
        for other, features in zip(dataset.auxiliary, everything.auxiliary, strict=True)
    )


def _learn_auxiliary(
    other: AuxiliarySet, measured: FeatureMatrix, dataset: Dataset, listener: Listener
) -> AuxiliaryModel:
    """What other essays teach; their wording is learnt with the kinds that are quick to learn."""
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
