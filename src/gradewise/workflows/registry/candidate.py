"""Measuring a candidate: every figure that a gate may ask about, on essays that it has not learnt from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from gradewise.essays.records import Essay
from gradewise.evaluation.promotion_gates import SPEED
from gradewise.evaluation.results import Evaluation, Graded, Interval
from gradewise.evaluation.standards import Standards, gate_figures
from gradewise.evaluation.training_shares import SharesOfGrades, compare_shares
from gradewise.features.schema import FeatureMatrix
from gradewise.models.bundles.native_parity import NativeParity, native_parity
from gradewise.models.bundles.verified import Bundle
from gradewise.telemetry import Listener, stage
from gradewise.workflows.measuring.bundle_needs import bundle_checker
from gradewise.workflows.measuring.text_models import bundle_embedder
from gradewise.workflows.plans.evaluation import EvaluationPlan
from gradewise.workflows.registry.beside import Beside, NotCompared, beside_production
from gradewise.workflows.registry.opened import OpenedModel
from gradewise.workflows.registry.speed import Speed, measure_speed
from gradewise.workflows.research.asked import resampling_of
from gradewise.workflows.score import bundle_matrix
from gradewise.workflows.services import Services
from gradewise.workflows.training.judging import figures, graded_essays
from gradewise.workflows.training.standards import class_figures, standards_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """What was found of a candidate."""

    agreement: Mapping[str, Interval]
    """How far it agrees with teachers, by metric."""
    standards: Standards | None
    """How good its grades are, as testing organisations report it; ``None`` of classes."""
    shares: SharesOfGrades
    """How often it gives each grade, beside its training."""
    parity: NativeParity | None
    """Whether its ONNX model grades as its trees do; ``None`` where that cannot be told, and of classes."""
    speed: Speed | None
    """How fast it is here; ``None`` when nobody asked."""
    beside: Beside | NotCompared | None
    """The candidate beside production; ``None`` where nothing is in production."""

    @property
    def figures(self) -> Mapping[str, Interval]:
        """All of it by metric; what could not be measured is left out."""
        found = {**self.agreement, "training_share_difference": self.shares.difference}
        if self.parity is not None:
            n = float(self.parity.n_changed)
            found["changed_grades"] = Interval(n, n, n)
        if self.speed is not None:
            found |= {"latency_p95_ms": self.speed.essay_ms, "batch_of_50_s": self.speed.batch_s}
        if isinstance(self.beside, Beside):
            found[f"{self.beside.metric}_over_production"] = self.beside.difference
        return found


def measure_candidate(
    model: OpenedModel,
    essays: Sequence[Essay],
    services: Services,
    plan: EvaluationPlan,
    *,
    metrics: Collection[str],
    production: OpenedModel | None,
    listener: Listener,
) -> Measured:
    """Measure everything that these essays allow.

    Args:
        model: the candidate.
        essays: with grades on its scale; it has not learnt from them.
        services: what measures texts.
        plan: smallest group, and how intervals are made.
        metrics: what is asked about: speed takes time and is measured only then.
        production: what it would replace.
        listener: hears stages.

    Raises:
        BundleError: this installation does not measure as the bundle needs.
        InputError: an essay cannot be measured.
    """
    bundle = model.bundle
    matrix = _measured(bundle, essays, services, listener)
    graded = _graded(bundle, essays, matrix)
    with stage(listener, "figures"):
        evaluation = figures(graded, bundle.scale, plan)
        ordered = bundle.scale.ordered
        standards = standards_of(essays, graded, bundle.scale, plan) if ordered else None
        shares = compare_shares(
            graded.predicted_codes, training_shares(bundle), resampling=resampling_of(plan)
        )
        parity = native_parity((bundle.overall, *bundle.traits), matrix.values) if ordered else None
    beside: Beside | NotCompared | None = None
    if production is not None:
        grade = partial(grade_essays, services=services, listener=listener)
        beside = beside_production(production, model, graded, essays=essays, grade=grade, plan=plan)
    speed: Speed | None = None
    if SPEED & set(metrics):
        speed = measure_speed(bundle, essays, services, confidence=plan.confidence, listener=listener)
    return Measured(
        agreement=_agreement(graded, evaluation, standards, plan),
        standards=standards,
        shares=shares,
        parity=parity,
        speed=speed,
        beside=beside,
    )


def _agreement(
    graded: Graded, evaluation: Evaluation, standards: Standards | None, plan: EvaluationPlan
) -> dict[str, Interval]:
    """How good what it says is, by metric: of classes, or of grades by standards."""
    if standards is None:
        return class_figures(graded, evaluation, plan)
    return {**evaluation.metrics, **gate_figures(standards)}


def training_shares(bundle: Bundle) -> tuple[float, ...]:
    """How often each grade was given in training, lowest first; a grade that nobody gave has none."""
    return tuple(bundle.profile.grade_shares.get(grade, 0.0) for grade in bundle.scale.grades)


def grade_essays(bundle: Bundle, essays: Sequence[Essay], services: Services, listener: Listener) -> Graded:
    """The teacher's grades of essays beside those of a model.

    Raises:
        BundleError: this installation does not measure as the bundle needs.
        InputError: an essay cannot be measured, or has a grade that is not on the bundle's scale.
    """
    return _graded(bundle, essays, _measured(bundle, essays, services, listener))


def _measured(
    bundle: Bundle, essays: Sequence[Essay], services: Services, listener: Listener
) -> FeatureMatrix:
    return bundle_matrix(
        bundle,
        essays,
        services,
        checker=bundle_checker(bundle, services),
        embedder=bundle_embedder(bundle, services),
        listener=listener,
    )


def _graded(bundle: Bundle, essays: Sequence[Essay], matrix: FeatureMatrix) -> Graded:
    codes = bundle.scale.codes([essay.label or "" for essay in essays])
    return graded_essays(essays, codes, bundle.overall.say(matrix.values), ordered=bundle.scale.ordered)
