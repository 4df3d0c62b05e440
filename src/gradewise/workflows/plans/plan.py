"""The plan: what to train, on what, and how it is judged; typed, frozen, saved with every run."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from gradewise.workflows.plans.classifier import ClassifierPlan
from gradewise.workflows.plans.data import DataPlan
from gradewise.workflows.plans.evaluation import ConfidencePlan, EvaluationPlan
from gradewise.workflows.plans.features import FeaturesPlan
from gradewise.workflows.plans.model import ModelPlan
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
from gradewise.workflows.plans.section import NAME, Section
from gradewise.workflows.plans.source import SourcePlan
from gradewise.workflows.plans.splits import SplitsPlan
from gradewise.workflows.plans.task import (
    refuse_classifier,
    refuse_cuts,
    refuse_data_of_grades,
    refuse_features_of_grades,
    refuse_model,
    refuse_nothing_to_read,
    refuse_scales,
)

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
        if self.task == "ordinal":
            refuse_classifier(self.classifier, self.features.tfidf)
            return self
        refuse_scales(self.scale, self.trait_scale)
        refuse_data_of_grades(self.data)
        refuse_features_of_grades(self.features)
        refuse_cuts(self.confidence)
        refuse_model(self.model)
        refuse_nothing_to_read(self.features)
        return self
