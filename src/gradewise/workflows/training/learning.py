"""Learning one kind of grade: cross-fitted, exported, found faithful, and judged."""

from collections.abc import Sequence
from dataclasses import dataclass

from gradewise.essays.texts import copy_hash
from gradewise.features.schema import FeatureSchema
from gradewise.models.boosters import BoosterParams
from gradewise.models.confidence import Confidence
from gradewise.models.cross_fit import FoldReading
from gradewise.models.decisions import DecisionKind, choose_decision
from gradewise.models.engines import find_boosters
from gradewise.models.grader import EngineGrader
from gradewise.models.grader_fitting import FittedGrader, fit_grader
from gradewise.models.growing import Growing
from gradewise.models.objectives import find_objective
from gradewise.models.onnx.graph import build_onnx, check_parity
from gradewise.models.onnx.session import OnnxGrader
from gradewise.models.shapley import Explainer
from gradewise.models.targets import OVERALL
from gradewise.reporting.report import LOCKED_TEST, OUT_OF_FOLD, NamedEvaluation
from gradewise.telemetry import Listener, stage
from gradewise.workflows.plans.evaluation import ConfidencePlan
from gradewise.workflows.plans.model import ModelPlan
from gradewise.workflows.runs.checkpoints import FORGETFUL, Checkpoints
from gradewise.workflows.runs.readings import keep_reading, known_readings
from gradewise.workflows.runs.run import Run
from gradewise.workflows.training.confidence import learn_confidence
from gradewise.workflows.training.experiment import Experiment, Target
from gradewise.workflows.training.judging import graded_essays, named_evaluations

SINGLE_PRECISION = 1e-5
"""How far the scores of an engine that sums in single precision (XGBoost) may lie from the exact sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A model of one target that has been exported and found faithful."""

    target: Target
    """What it grades."""
    fitted: FittedGrader
    """The model and its out-of-fold predictions."""
    onnx: bytes
    """The graph that ships."""
    shipped: OnnxGrader
    """The graph, loaded as serving loads it."""
    explainer: Explainer
    """Of its score."""
    decision: DecisionKind
    """How its scores become grades."""
    confidence: Confidence
    """What it promises beside a grade."""


def _params(plan: ModelPlan, schema: FeatureSchema) -> BoosterParams:
    directions = tuple(spec.direction for spec in schema.specs)
    return BoosterParams(
        **plan.booster.model_dump(), monotone=directions if plan.monotone and any(directions) else None
    )


def growing_of(
    experiment: Experiment,
    target: Target,
    *,
    plan: ModelPlan,
    schema: FeatureSchema,
    texts: Sequence[str] | None = None,
) -> Growing:
    """How a plan learns a target from columns of an experiment.

    `texts` tells copies of one text, by their hashes: they are worked out when it is ``None``, which takes
    a tenth of the time in which a fold is learnt, so that whoever learns many has them at hand.
    """
    booster, *partners = find_boosters(plan.engine)
    return Growing(
        booster=booster,
        partners=tuple(partners),
        params=_params(plan, schema),
        seed=plan.seed,
        n_seeds=plan.seeds,
        objective=find_objective(plan.probabilities, n_grades=target.scale.n_grades),
        linear_share=plan.blend,
        balanced=plan.band_weights,
        n_threads=experiment.workers,
        groups=text_hashes(experiment) if texts is None else texts,
    )


def text_hashes(experiment: Experiment) -> tuple[str, ...]:
    """Which text each training essay is: copies have the same hash."""
    return tuple(copy_hash(essay.text) for essay in experiment.train)


def learn_all(experiment: Experiment, run: Run) -> tuple[Learned, ...]:
    """Learn the overall grade, then each trait; what the run has learnt before is not learnt again.

    Raises:
        TrainingError, InputError: as `learn`.
    """
    return tuple(
        learn(experiment, run.listener, target=target, checkpoints=run.checkpoints)
        for target in (experiment.overall, *experiment.traits)
    )


def learn(
    experiment: Experiment,
    listener: Listener,
    *,
    target: Target | None = None,
    checkpoints: Checkpoints = FORGETFUL,
) -> Learned:
    """Cross-fit, train on everything, export, and check that the export says the same.

    Args:
        experiment: essays, features and grades.
        listener: hears stages ``training`` and ``export and parity``.
        target: a trait; the overall grade when left out.
        checkpoints: keeps what folds have learnt, and has what an earlier run kept.

    Raises:
        TrainingError: the exported graph differs from the model.
        InputError: a declared cut is not on the scale.
    """
    chosen = target or experiment.overall
    plan = experiment.dataset.plan
    decision = choose_decision(plan.model.decision, sum(len(fold.validate_rows) for fold in experiment.folds))
    fitted = _fit(experiment, chosen, decision, listener=listener, checkpoints=checkpoints)
    with stage(listener, f"export and parity{_of_trait(chosen)}"):
        onnx = build_onnx(fitted.grader)
        shipped = OnnxGrader(onnx)
        _check_export(fitted, shipped, experiment)
    honest = fitted.out_of_fold
    return Learned(
        target=chosen,
        fitted=fitted,
        onnx=onnx,
        shipped=shipped,
        explainer=Explainer(fitted.grader.model),
        decision=decision,
        confidence=learn_confidence(
            honest, chosen.train_codes[honest.rows], chosen.scale, confidence_plan(experiment, chosen)
        ),
    )


def _fit(
    experiment: Experiment,
    target: Target,
    decision: DecisionKind,
    *,
    listener: Listener,
    checkpoints: Checkpoints,
) -> FittedGrader:
    """Cross-fit and train on everything; folds that an earlier run kept are not learnt again."""
    plan = experiment.dataset.plan.model
    n_folds = len(experiment.folds)
    with stage(listener, f"training{_of_trait(target)}", total=n_folds, unit="folds") as done:

        def on_fold(fold: int, reading: FoldReading) -> None:
            keep_reading(checkpoints, (target.name, fold), reading)
            done(fold + 1)

        return fit_grader(
            experiment.train_matrix,
            target.train_codes,
            experiment.folds,
            scale=target.scale,
            growing=growing_of(experiment, target, plan=plan, schema=experiment.train_matrix.schema),
            calibration=plan.calibration,
            decision=decision,
            views=experiment.views,
            known=known_readings(checkpoints, target.name, n_folds),
            on_fold=on_fold,
        )


def _check_export(fitted: FittedGrader, shipped: OnnxGrader, experiment: Experiment) -> None:
    """Pass when the exported graph, the model and the engines' own trees say the same of all essays."""
    native = EngineGrader(fitted.boosters, fitted.grader.model, fitted.grader.decoding)
    for matrix in (experiment.train_matrix, *([experiment.test_matrix] if experiment.test else [])):
        check_parity(fitted.grader, shipped, matrix.values)
        check_parity(native, shipped, matrix.values, ties=SINGLE_PRECISION)


def confidence_plan(experiment: Experiment, target: Target) -> ConfidencePlan:
    """What is promised of a target: cuts are declared on the overall grade alone."""
    plan = experiment.dataset.plan.confidence
    return plan if target.name == OVERALL else plan.model_copy(update={"cuts": ()})


def judge(experiment: Experiment, learned: Learned, listener: Listener) -> tuple[NamedEvaluation, ...]:
    """Figures out of fold and, unless it stays locked, on the locked test set by the graph that ships."""
    plan, target = experiment.dataset.plan.evaluation, learned.target
    honest = learned.fitted.out_of_fold
    held_out = [experiment.train[row] for row in honest.rows]
    graded = {OUT_OF_FOLD: graded_essays(held_out, target.train_codes[honest.rows], honest.predictions)}
    if experiment.test:
        predictions = learned.shipped.predict_each(experiment.test_matrix.values)
        graded[LOCKED_TEST] = graded_essays(experiment.test, target.test_codes, predictions)
    return named_evaluations(graded, target.scale, plan, listener, of=_of_trait(target))


def _of_trait(target: Target) -> str:
    """What stages say behind their name."""
    return "" if target.name == OVERALL else f" {target.name}"
