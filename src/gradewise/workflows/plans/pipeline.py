"""`config.yaml`: a text classification in the sections of a usual training pipeline, mapped onto a plan.

A front with few keys, which spells settings as scikit-learn does. `workflows.plans.pipeline_plans` says what
they mean; everything else stands in the plan, which `gradewise plan check config.yaml --show` writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from gradewise.models.classifiers.params import ClassCalibration, LearnerName, Penalty, SimpleLearner
from gradewise.workflows.plans.classifier import (
    Space,
    TfidfPlan,
    refuse_other_penalties,
    refuse_other_values,
)
from gradewise.workflows.plans.given import EVERY, EVERY_COMPONENT, GivenColumns
from gradewise.workflows.plans.pipeline_data import PipelineData
from gradewise.workflows.plans.pipeline_spellings import (
    LEARNERS,
    LEVELS,
    METRIC_NAMES,
    PENALTIES,
    SEARCHES,
    SETTINGS,
    SpelledBalancing,
    SpelledPenalty,
    SpelledSolver,
    as_address,
)
from gradewise.workflows.plans.push import METRICS, PREDICTIONS, PushPlan
from gradewise.workflows.plans.section import NAME
from gradewise.workflows.plans.spellings import SpelledSection, Spellings


class PipelineTfidf(SpelledSection, TfidfPlan):
    """Which words texts have, as TF-IDF weights brought down to their main components."""

    OTHER_KEYS: ClassVar[Mapping[str, str]] = {
        "n_components": "components", "max_features": "most_terms", "min_df": "least_texts"
    }  # fmt: skip


class PipelinePreprocessing(SpelledSection):
    """What is read of each text, and what is done about classes of unequal size."""

    OTHER_KEYS: ClassVar[Mapping[str, str]] = {
        "balancing_method": "balancing", "balance": "balancing", "embedding": "embedding_model",
        "k_neighbors": "neighbours",
    }  # fmt: skip

    tfidf: PipelineTfidf = PipelineTfidf()
    embedding_model: Path | None = Field(
        None, description="directory of a text model: model.onnx, tokenizer.json and config.json"
    )
    embedding_components: int | None = Field(
        None, ge=1, description="its principal components instead of every dimension"
    )
    embeddings_column: str | None = Field(
        None, pattern=r"^[^*]+$", description="column of vectors that come with the texts, such as embeddings"
    )
    extra_columns: GivenColumns = Field(
        (), description="columns of numbers and truth values to learn from; parts of times as timestamp__hour"
    )
    balancing: SpelledBalancing = Field("none", description="within training parts alone")
    neighbours: int = Field(5, ge=1, le=100, description="of smote")

    @property
    def given(self) -> tuple[str, ...]:
        """Every column that comes with the texts, as a plan names them."""
        vectors = () if self.embeddings_column is None else (f"{self.embeddings_column}{EVERY_COMPONENT}",)
        return tuple(dict.fromkeys((*self.extra_columns, *vectors)))

    @model_validator(mode="after")
    def _something_to_read(self) -> PipelinePreprocessing:
        if self.extra_columns == (EVERY,) and self.embeddings_column:
            raise PydanticCustomError(
                "given", f"`extra_columns: {EVERY}` stands alone; name the columns beside `embeddings_column`"
            )
        if self.tfidf.kind == "none" and not (self.embedding_model or self.given):
            raise PydanticCustomError(
                "given",
                "nothing is left to learn from; write `tfidf: {kind: words}`, `embedding_model`, "
                "`embeddings_column` or `extra_columns`",
            )
        return self


class PipelineHyperparameters(SpelledSection):
    """Settings of what learns, as scikit-learn names them."""

    OTHER_KEYS: ClassVar[Mapping[str, str]] = {
        **{own: key for key, own in SETTINGS.items() if own not in (key, key.lower())},
        "seed": "random_state",
    }

    penalty: SpelledPenalty = Field(
        "l2", description="of linear learners; l1 and elastic_net take ten times as long; linear_svm: l2, l1"
    )
    c: float | None = Field(
        None,
        alias="C",
        gt=0,
        description="how little linear learners are held back, as scikit-learn means it; null is 10 for "
        "logistic_regression, 1 for linear_svm",
    )
    solver: SpelledSolver = Field("auto", description="read, and left to the penalty")
    l1_ratio: float = Field(0.5, ge=0, le=1, description="share of l1 in elastic_net")
    max_iter: int = Field(300, ge=1, le=100_000, description="steps of the optimiser")
    n_estimators: int = Field(100, ge=1, le=5000, description="trees of gradient boosting for each class")
    learning_rate: float = Field(0.1, gt=0, le=1, description="of gradient boosting")
    max_leaf_nodes: int = Field(15, ge=2, le=1024, description="leaves of a tree")
    min_samples_leaf: int = Field(5, ge=1, description="fewest texts in a leaf")
    class_weight: Annotated[Literal["none", "balanced"], Spellings(nothing="none")] = Field(
        "none", description="balanced is `preprocessing.balancing: class_weights`"
    )
    random_state: int = Field(42, ge=0, description="seed of the fit")


class PipelineModel(SpelledSection):
    """What learns, and how its settings are searched for."""

    OTHER_KEYS: ClassVar[Mapping[str, str]] = {
        "learner": "type", "estimators": "members", "param_grid": "search_space", "trials": "n_iter",
        "param_distributions": "search_space",
    }  # fmt: skip

    type: Annotated[LearnerName, Spellings(LEARNERS)] = Field(
        "logistic_regression",
        description="what learns; linear_svm takes ten times as long as the first; voting and stacking "
        "join `members`",
    )
    members: tuple[Annotated[SimpleLearner, Spellings(LEARNERS)], ...] = Field(
        ("logistic_regression", "linear_svm", "gradient_boosting"),
        min_length=2,
        description="what voting averages and stacking learns from",
    )
    hyperparameters: PipelineHyperparameters = PipelineHyperparameters()
    calibration: Annotated[ClassCalibration, Spellings(nothing="none")] = Field(
        "temperature", description="correction of the probabilities, by out-of-fold predictions"
    )
    search_method: Annotated[
        Literal["none", "grid", "random", "bayesian"], Spellings(SEARCHES, nothing="none")
    ] = Field("random", description="none takes `hyperparameters` as they stand; bayesian is Optuna's TPE")
    n_iter: int = Field(20, ge=1, le=2000, description="settings tried by random and bayesian")
    search_space: Space = Field(
        {},
        description="by hyperparameter: a list of values, or low, high and log; the usual space when empty",
    )
    search_folds: int = Field(3, ge=2, le=20, description="folds that each setting is tried on")
    cross_val: bool = Field(default=True, description="always done: probabilities are calibrated by it")
    cv_folds: int = Field(5, ge=2, le=20, description="folds of the training part")
    scoring: Annotated[
        Literal["macro_f1", "weighted_f1", "accuracy", "log_loss", "f1", "roc_auc"], Spellings(METRIC_NAMES)
    ] = Field(
        "macro_f1", description="what the search makes best; f1 is read as macro_f1, roc_auc as log_loss"
    )
    search_seed: int = Field(0, ge=0, description="of the draws")

    @field_validator("search_space", mode="before")
    @classmethod
    def _keys_of_hyperparameters(cls, space: Any) -> Any:
        if not isinstance(space, dict):
            return space
        others = {**PipelineHyperparameters.OTHER_KEYS, "c": "C"}
        renamed = {others.get(key, key): values for key, values in space.items()}
        if isinstance(renamed.get("penalty"), (list, tuple)):
            renamed["penalty"] = tuple(PENALTIES.read(each, get_args(Penalty)) for each in renamed["penalty"])
        return renamed

    @field_validator("search_space")
    @classmethod
    def _settings_that_are_there(cls, space: Space) -> Space:
        for key, values in space.items():
            if key != "solver":
                refuse_other_values(SETTINGS.get(key, key), values)
        return space

    @model_validator(mode="after")
    def _penalties_that_learners_know(self) -> PipelineModel:
        refuse_other_penalties(self.type, self.members, self.hyperparameters.penalty, self.search_space)
        return self


class PipelineOutput(SpelledSection):
    """Where everything lies, and where a copy of the model goes."""

    OTHER_KEYS: ClassVar[Mapping[str, str]] = {
        "dir": "directory", "output_dir": "directory", "predictions_path": "predictions",
        "metrics_path": "metrics", "log_path": "monitoring_log", "monitoring_log_path": "monitoring_log",
        "gcs_path": "push",
    }  # fmt: skip

    directory: Path = Field(Path("output"), description="where run directories are made")
    predictions: str = Field(
        "predictions.parquet",
        pattern=f"^(.*/)?{PREDICTIONS}",
        description="file in artifacts/ of every run; ends in predictions.parquet or predictions.jsonl",
    )
    metrics: str = Field(
        "metrics.json",
        pattern=f"^(.*/)?{METRICS}",
        description="file in artifacts/ of every run; ends in metrics.json",
    )
    monitoring_log: Path | None = Field(
        None, description="a line for every run, JSON Lines; <directory>/monitoring_log.jsonl when absent"
    )
    register_model: bool = Field(
        default=True, alias="register", description="whether a trained model is registered"
    )
    push: Annotated[
        PushPlan | None, BeforeValidator(as_address, json_schema_input_type=PushPlan | str | None)
    ] = Field(None, description="an address such as gs://bucket/models; absent: models are sent nowhere")


class PipelineLogging(SpelledSection):
    """How much is said."""

    level: Annotated[Literal["debug", "info", "warning", "error"], Spellings(LEVELS)] = Field(
        "info",
        description="of the structured log, which the environment turns on and sets: GRADEWISE_LOG_LEVEL",
    )


class Pipeline(SpelledSection):
    """A configuration of text classification."""

    name: str = Field("texts", pattern=NAME, description="of the model")
    language: str = Field("en", pattern=r"^[a-z]{2}$", description="ISO 639-1 code of the texts' language")
    data: PipelineData
    preprocessing: PipelinePreprocessing = PipelinePreprocessing()
    model: PipelineModel = PipelineModel()
    output: PipelineOutput = PipelineOutput()
    logging: PipelineLogging = PipelineLogging()
