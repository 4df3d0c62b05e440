"""One experiment: measured essays laid out by the split plan, a model learnt from them, its figures."""

from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np

from gradewise.essays.records import Essay
from gradewise.essays.scales import Codes
from gradewise.essays.split_plan import Fold
from gradewise.essays.texts import text_hash
from gradewise.features.schema import FeatureMatrix, FeatureSchema
from gradewise.models.boosters import BoosterParams
from gradewise.models.cross_fit import FittedGrader, FoldRows, fit_grader, no_progress
from gradewise.models.decisions import DecisionKind, choose_decision
from gradewise.models.engines import find_boosters
from gradewise.models.grader import EngineGrader
from gradewise.models.growing import Growing
from gradewise.models.learnt_columns import complete, with_columns
from gradewise.models.objectives import find_objective
from gradewise.models.onnx_graph import build_onnx, check_parity
from gradewise.models.onnx_session import OnnxGrader
from gradewise.models.shapley import Explainer
from gradewise.models.targets import OVERALL
from gradewise.models.text_fitting import LearntWording, learn_wording
from gradewise.models.text_learners import FittedTextLearner
from gradewise.reporting.report import LOCKED_TEST, OUT_OF_FOLD, NamedEvaluation
from gradewise.telemetry import Listener, stage
from gradewise.workflows.extract import processors
from gradewise.workflows.judging import figures, graded_essays
from gradewise.workflows.measure import measure_essays
from gradewise.workflows.plan import ModelPlan
from gradewise.workflows.prepare import Dataset
from gradewise.workflows.services import Services

SINGLE_PRECISION = 1e-5
"""How far the scores of an engine that sums in single precision (XGBoost) may lie from the exact sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """Essays, their features and their grades, divided into training part and locked test."""

    dataset: Dataset
    """The essays and the split plan."""
    train: tuple[Essay, ...]
    """Essays to learn from."""
    test: tuple[Essay, ...]
    """The locked test set."""
    train_matrix: FeatureMatrix
    """Features of `train`, row by row; columns of text learners come from other essays of `train`."""
    test_matrix: FeatureMatrix
    """Features of `test`, row by row."""
    train_codes: Codes
    """Grades of `train`: shape ``(n_train,)``."""
    test_codes: Codes
    """Grades of `test`: shape ``(n_test,)``."""
    folds: tuple[FoldRows, ...]
    """Rows of `train`."""
    views: tuple[FeatureMatrix, ...]
    """`train_matrix` as each fold may see it: nothing in it was learnt from the essays that it holds out."""
    learners: tuple[FittedTextLearner, ...]
    """Text learners, learnt from all of `train`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A model that has been exported and found faithful."""

    fitted: FittedGrader
    """The model and its out-of-fold predictions."""
    onnx: bytes
    """The graph that ships."""
    shipped: OnnxGrader
    """The graph, loaded as serving loads it."""
    explainer: Explainer
    """Of its trees."""
    decision: DecisionKind
    """How its scores become grades."""


def gather(dataset: Dataset, services: Services, listener: Listener) -> Experiment:
    """Measure the essays, lay them out by the split plan, and learn from their wording within it."""
    matrix = measure_essays(dataset, services, listener)
    by_id = {essay.id: essay for essay in dataset.essays}
    train_ids, test_ids = dataset.split.train_ids, dataset.split.test_ids
    train, test = (tuple(by_id[essay_id] for essay_id in ids) for ids in (train_ids, test_ids))
    codes = dataset.scale.codes([essay.label or "" for essay in train])
    folds = fold_rows(dataset.split.folds, train_ids)
    wording = _learn_wording(dataset, train, codes, folds, listener)
    measured = matrix.rows(train_ids)
    return Experiment(
        dataset=dataset,
        train=train,
        test=test,
        train_matrix=with_columns(measured, wording.columns, wording.learners),
        test_matrix=complete(matrix.rows(test_ids), [essay.text for essay in test], wording.learners),
        train_codes=codes,
        test_codes=dataset.scale.codes([essay.label or "" for essay in test]),
        folds=folds,
        views=tuple(with_columns(measured, columns, wording.learners) for columns in wording.by_fold),
        learners=wording.learners,
    )


def _learn_wording(
    dataset: Dataset, train: tuple[Essay, ...], codes: Codes, folds: tuple[FoldRows, ...], listener: Listener
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
            (OVERALL,),
            codes[:, np.newaxis],
            folds,
            ties=ties,
            seed=dataset.plan.model.seed,
            on_step=done,
        )


def fold_rows(folds: tuple[Fold, ...], train_ids: tuple[str, ...]) -> tuple[FoldRows, ...]:
    """Folds of ids as folds of rows."""
    row = {essay_id: index for index, essay_id in enumerate(train_ids)}

    def rows(ids: tuple[str, ...]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array([row[essay_id] for essay_id in ids], dtype=np.int64)

    return tuple(FoldRows(rows(fold.train_ids), rows(fold.validate_ids)) for fold in folds)


def _params(plan: ModelPlan, schema: FeatureSchema) -> BoosterParams:
    directions = tuple(spec.direction for spec in schema.specs)
    return BoosterParams(
        **plan.booster.model_dump(), monotone=directions if plan.monotone and any(directions) else None
    )


def _growing(experiment: Experiment) -> Growing:
    plan = experiment.dataset.plan.model
    booster, *partners = find_boosters(plan.engine)
    return Growing(
        booster=booster,
        partners=tuple(partners),
        params=_params(plan, experiment.train_matrix.schema),
        seed=plan.seed,
        n_seeds=plan.seeds,
        objective=find_objective(plan.probabilities, n_grades=experiment.dataset.scale.n_grades),
        linear_share=plan.linear_share,
        balanced=plan.band_weights,
        n_threads=processors(),
        groups=[text_hash(essay.text) for essay in experiment.train],
    )


def learn(experiment: Experiment, listener: Listener) -> Learned:
    """Cross-fit, train on everything, export, and check that the export says the same.

    Raises:
        TrainingError: the exported graph differs from the model.
    """
    plan = experiment.dataset.plan.model
    decision = choose_decision(plan.decision, sum(len(fold.validate_rows) for fold in experiment.folds))
    with stage(listener, "training", total=len(experiment.folds), unit="folds") as done:
        fitted = fit_grader(
            experiment.train_matrix,
            experiment.train_codes,
            experiment.folds,
            scale=experiment.dataset.scale,
            growing=_growing(experiment),
            calibration=plan.calibration,
            decision=decision,
            views=experiment.views,
            on_fold=done,
        )
    with stage(listener, "export and parity"):
        onnx = build_onnx(fitted.grader)
        shipped = OnnxGrader(onnx)
        native = EngineGrader(fitted.boosters, fitted.grader.model, fitted.grader.decoding)
        for matrix in (experiment.train_matrix, experiment.test_matrix):
            check_parity(fitted.grader, shipped, matrix.values)
            check_parity(native, shipped, matrix.values, ties=SINGLE_PRECISION)
    return Learned(
        fitted=fitted,
        onnx=onnx,
        shipped=shipped,
        explainer=Explainer(fitted.grader.model),
        decision=decision,
    )


def judge(experiment: Experiment, learned: Learned, listener: Listener) -> tuple[NamedEvaluation, ...]:
    """Figures out of fold, and once on the locked test set with the graph that ships."""
    plan, scale = experiment.dataset.plan.evaluation, experiment.dataset.scale
    honest = learned.fitted.out_of_fold
    held_out = [experiment.train[row] for row in honest.rows]
    graded = {
        OUT_OF_FOLD: graded_essays(held_out, experiment.train_codes[honest.rows], honest.predictions),
        LOCKED_TEST: graded_essays(
            experiment.test, experiment.test_codes, learned.shipped.predict(experiment.test_matrix.values)
        ),
    }
    with stage(listener, "evaluation", total=len(graded), unit="sets") as done:
        named = []
        for count, (name, of) in enumerate(graded.items(), start=1):
            named.append(NamedEvaluation(name=name, evaluation=figures(of, scale, plan), graded=of))
            done(count)
    return tuple(named)
