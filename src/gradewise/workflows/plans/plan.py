"""The plan: what to train, on what, and how it is judged; typed, frozen, saved with every run."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from gradewise.evaluation.gates import GateName
from gradewise.models.text.terms import TermKind
from gradewise.workflows.plans.classifier import ClassifierPlan, TfidfPlan
from gradewise.workflows.plans.data import DataPlan
from gradewise.workflows.plans.embedder import EmbedderPlan
from gradewise.workflows.plans.given import GivenColumns
from gradewise.workflows.plans.push import FilesPlan, PushPlan
from gradewise.workflows.plans.registry import PromotionPlan, RetentionPlan
from gradewise.workflows.plans.research import (
    AblationPlan,
    ComparePlan,
    DropColumnPlan,
    SweepPlan,
    TrackingPlan,
    TunePlan,
)
from gradewise.workflows.plans.section import NAME, Section, Share
from gradewise.workflows.plans.source import SourcePlan
from gradewise.workflows.plans.task import refuse_other_task

Spec = str | tuple[str | int | float, ...] | dict[str, str] | None

SCALE_FORMS = "write a name, a range such as 1-6, a list of grades lowest first, or {prompt: scale}"

_NAMED = "use at most 64 letters a-z, digits, '.', '_' and '-', beginning with a letter or digit"
PATTERNS = {
    "name": _NAMED,
    "run_name": _NAMED,
    "url_variable": "name an environment variable, such as GRADEWISE_SOURCE_URL; the URL itself stands there",
    "language": "use the two letters of ISO 639-1, such as en or sv",
    "predictions": "use a name that ends in predictions.parquet, such as intent_predictions.parquet",
    "metrics": "use a name that ends in metrics.json, such as intent_metrics.json",
    "prefix": "use names with slashes between, such as models/intents",
}
"""What the patterns of a plan say, in words."""


N_FOLDS = 5
"""Folds of the training part where a plan names no number."""


class SplitsPlan(Section):
    """How essays are divided into the locked test set and the folds."""

    scheme: Literal["stratified_text", "prompt_holdout", "temporal"] = Field(
        "stratified_text", description="what must not be shared between parts: texts, prompts, or time"
    )
    schemes: tuple[Literal["stratified_text", "prompt_holdout", "temporal"], ...] = Field(
        (), description="what make-splits lays out; texts, and prompts where there are enough, when empty"
    )
    folds: int | None = Field(
        None, ge=2, le=20, description="folds of the training part; 5, or the saved split's, when absent"
    )
    inner_folds: int = Field(
        0,
        ge=0,
        le=20,
        description="folds within each fold's training part, saved for nested experiments; 0 is none",
    )
    test_share: Share = Field(0.2, description="share drawn as locked test set when no test file is named")
    seed: int = Field(42, ge=0, description="of the draw")
    reuse: Path | None = Field(None, description="a saved splits.json to follow instead of drawing anew")


class FeaturesPlan(Section):
    """What is measured of each text."""

    set: Literal["handcrafted", "embeddings", "combined"] = Field(
        "handcrafted", description="what is measured: named features, what a text model sees, or both"
    )
    groups: tuple[str, ...] | None = Field(
        None, description="feature groups; every available one when absent"
    )
    drop: tuple[str, ...] = Field((), description="single features left out")
    keep: tuple[str, ...] = Field((), description="the only features used; all when empty")
    given: GivenColumns = Field(
        (), description="numbers that come with the essays, each a column; all: those that begin with given_"
    )
    store: Path | None = Field(None, description="a feature store, or the run that holds one, to read from")
    tfidf: TfidfPlan = TfidfPlan()
    embedder: EmbedderPlan | None = Field(
        None, validate_default=True, description="needed by `embeddings` and `combined`"
    )
    checker: Literal["harper", "none"] = Field(
        "harper", description="finds language errors; harper knows English"
    )
    text_learners: tuple[TermKind, ...] = Field(
        ("words", "characters"),
        description="learn from wording too: words with their neighbours, characters in short runs, longer "
        "runs that count once a text; [] for none",
    )

    @field_validator("keep")
    @classmethod
    def _not_dropped_too(cls, keep: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if keep and info.data.get("drop"):
            raise PydanticCustomError(
                "keep", "`keep` and `drop` contradict each other; name what is kept, or what is left out"
            )
        return keep

    @field_validator("embedder")
    @classmethod
    def _named_where_needed(cls, embedder: EmbedderPlan | None, info: ValidationInfo) -> EmbedderPlan | None:
        chosen, stored = info.data.get("set", "handcrafted"), info.data.get("store")
        if embedder is None and chosen != "handcrafted" and stored is None:  # a store says which it was
            raise PydanticCustomError(
                "embedder",
                f"set `{chosen}` needs a text model; name its directory: `features.embedder.model`, on the "
                "command line --embedding-model",
            )
        return embedder

    @field_validator("text_learners")
    @classmethod
    def _each_once(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(kinds)) < len(kinds):
            raise ValueError("name each learner once")
        return kinds


class BoosterPlan(Section):
    """The gradient-boosted trees."""

    rounds: int = Field(1500, ge=1, le=20000, description="most trees; early stopping finds fewer")
    early_stopping_rounds: int = Field(50, ge=1, description="rounds without gain before stopping")
    learning_rate: float = Field(0.03, gt=0, le=1)
    max_leaves: int = Field(15, ge=2, le=4096, description="leaves of a tree")
    max_depth: int = Field(0, ge=0, le=64, description="splits on the way to a leaf; 0 is no limit")
    min_child: int = Field(20, ge=1, description="fewest essays in a leaf")
    feature_fraction: float = Field(0.6, gt=0, le=1, description="share of features tried by a tree")
    bagging_fraction: float = Field(0.8, gt=0, le=1, description="share of essays seen by a tree")
    l2: float = Field(2.0, ge=0, description="penalty on leaf values")


class ModelPlan(Section):
    """What learns, and how its score becomes a grade."""

    engine: Literal["lightgbm", "xgboost", "both"] = Field(
        "lightgbm", description="grows the trees; both averages the two"
    )
    probabilities: Literal["residuals", "cumulative_link", "frank_hall", "multiclass"] = Field(
        "residuals",
        description="what trees learn and probabilities come from: a score and how far grades lie from it, "
        "proportional odds, a yes or no at each grade boundary, or each grade for itself (never monotone)",
    )
    seeds: int = Field(1, ge=1, le=20, description="models by as many seeds are averaged")
    linear_share: float | None = Field(
        None,
        ge=0,
        le=0.9,
        description="share of the score from a ridge regression; half of it with residuals, none otherwise, "
        "when absent",
    )
    band_weights: bool = Field(default=False, description="rare grades weigh more in training")
    decision: Literal["auto", "rounding", "rescale", "cutpoints"] = Field(
        "auto",
        description="score to grade: auto is rescale below 800 essays and QWK-optimal cutpoints from there",
    )
    calibration: Literal["none", "temperature", "sigmoid", "isotonic"] = Field(
        "sigmoid", description="correction of the probabilities"
    )
    monotone: bool = Field(
        default=True,
        description="all else equal, errors never raise a grade and better wording never lowers it",
    )
    booster: BoosterPlan = BoosterPlan()
    seed: int = Field(42, ge=0)

    @field_validator("linear_share")
    @classmethod
    def _mixed_with_scores_alone(cls, share: float | None, info: ValidationInfo) -> float | None:
        if share and info.data.get("probabilities") in ("cumulative_link", "frank_hall", "multiclass"):
            raise PydanticCustomError(
                "blend", "a linear part needs `probabilities: residuals`; drop one of the two"
            )
        return share

    @property
    def blend(self) -> float:
        """The share of the score from a ridge regression, once it is decided."""
        if self.linear_share is not None:
            return self.linear_share
        return 0.5 if self.probabilities == "residuals" else 0.0


class ConfidencePlan(Section):
    """What is promised beside a grade, and what may go out without a teacher's look."""

    coverage: Share = Field(0.9, description="share of essays whose grade set holds the teacher's grade")
    cuts: tuple[str, ...] = Field(
        (),
        description="grades that decide something, each the lowest above its boundary, such as the lowest "
        "that passes; every boundary when empty",
    )
    required: Share = Field(0.95, description="agreement about the cuts that released essays must reach")
    level: Share = Field(0.95, description="how sure that must be")

    @field_validator("cuts", mode="before", json_schema_input_type=tuple[str | int | float, ...])
    @classmethod
    def _as_written(cls, cuts: object) -> object:
        return tuple(str(cut) for cut in cuts) if isinstance(cuts, (list, tuple)) else cuts


class EvaluationPlan(Section):
    """How the figures are made."""

    resamples: int = Field(1000, ge=100, le=20000, description="bootstrap resamples behind every interval")
    confidence: Share = Field(0.95, description="of the intervals")
    seed: int = Field(0, ge=0)
    gates: tuple[GateName, ...] | None = Field(
        None,
        description="rules to hold the figures to: seeds, williamson2012, ctb2014, classes; when absent "
        "williamson2012, or classes where labels have no order",
    )
    locked_test: bool = Field(
        default=True, description="whether the locked test set is looked at, which is best done once"
    )
    shap: bool = Field(default=True, description="whether every test essay's score is taken apart")
    min_group: int = Field(30, ge=2, description="fewest essays in a writer group for it to be judged")


class Plan(Section):
    """Everything that decides a run's outcome."""

    name: str = Field("essays", pattern=NAME, description="of the model")
    task: Literal["ordinal", "nominal"] = Field(
        "ordinal", description="ordinal: grades have an order; nominal: labels are classes without one"
    )
    language: str = Field("en", pattern=r"^[a-z]{2}$", description="ISO 639-1 code of the essays' language")
    scale: Spec = Field(
        None,
        description="swedish6, swedish8, eng5, cefr, ielts, ellipse, a range such as 1-6, a list of grades "
        "from lowest to highest, asap, or {prompt: scale}; guessed from the labels when absent",
    )
    trait_scale: Spec = Field(None, description="of the traits, written like `scale`; its own when absent")
    data: DataPlan
    split: SplitsPlan = SplitsPlan()
    features: FeaturesPlan = FeaturesPlan()
    model: ModelPlan = ModelPlan()
    classifier: ClassifierPlan = ClassifierPlan()
    confidence: ConfidencePlan = ConfidencePlan()
    evaluation: EvaluationPlan = EvaluationPlan()
    drop_column: DropColumnPlan = DropColumnPlan()
    ablation: AblationPlan = AblationPlan()
    sweep: SweepPlan = SweepPlan()
    tune: TunePlan = TunePlan()
    compare: ComparePlan = ComparePlan()
    tracking: TrackingPlan = TrackingPlan()
    promotion: PromotionPlan = PromotionPlan()
    retention: RetentionPlan = RetentionPlan()
    files: FilesPlan = FilesPlan()
    push: PushPlan | None = Field(None, description="absent: models are sent nowhere")
    source: SourcePlan | None = Field(None, description="absent: essays come in files")
    run_name: str | None = Field(
        None, pattern=NAME, description="of the run directory; the command's name when absent"
    )
    output: Path = Field(Path("output"), description="where run directories are made")
    notes: tuple[str, ...] = Field(
        (), description="what a reader should know of this plan, a line each; told when it is followed"
    )

    @field_validator("scale", "trait_scale", mode="before")
    @classmethod
    def _scale_as_written(cls, value: object) -> object:
        """Prompts may be numbers; a grade that YAML took for true or false must be quoted."""
        if isinstance(value, dict):
            return {str(prompt): spec for prompt, spec in value.items()}
        if value is not None and not isinstance(value, (str, list, tuple)):
            raise PydanticCustomError("scale", SCALE_FORMS)
        if isinstance(value, (list, tuple)) and any(isinstance(grade, bool) for grade in value):
            raise PydanticCustomError("scale", "YAML reads yes, no, on and off as truth; put them in quotes")
        return value

    @model_validator(mode="after")
    def _of_one_task(self) -> Plan:
        refuse_other_task(self)
        return self
