"""The part of a plan that is about `task: nominal`: what columns hold, what learns, how it is searched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import Discriminator, Field, Tag, TypeAdapter, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from gradewise.essays.expectations import CellKind
from gradewise.essays.suggestions import suggest
from gradewise.models.classifiers.params import (
    MACHINE_PENALTIES,
    Balancing,
    ClassCalibration,
    LearnerName,
    Penalty,
    SimpleLearner,
)
from gradewise.workflows.plans.section import Section, Share

Choice = str | int | float

SENTENCE_WIDTH, WIDE_WIDTH = 384, 584
"""Numbers of a MiniLM sentence vector, and of one with 200 weights of words behind it."""
NOT_SEARCHED = frozenset({"search", "seed", "out_of_scope", "in_scope_share", "least_per_class", "members"})
"""Keys of `ClassifierPlan` that a search does not vary."""


class ExpectedColumn(Section):
    """What a column of the data must hold; a row that does not is a bad row."""

    kind: CellKind = Field(description="what its cells are")
    low: float | None = Field(None, description="smallest number that may stand there")
    high: float | None = Field(None, description="largest")
    width: int | None = Field(None, ge=1, le=20_000, description="numbers in a vector")
    required: bool = Field(default=True, description="whether a cell may not be empty")
    one_of: tuple[str, ...] = Field((), description="the only values that may stand there; any when empty")

    @model_validator(mode="after")
    def _some_number_fits(self) -> ExpectedColumn:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise PydanticCustomError("range", f"`low` {self.low:g} lies above `high` {self.high:g}")
        return self


def usual_columns(width: int = SENTENCE_WIDTH) -> dict[str, ExpectedColumn]:
    """The usual columns of intent data by name, for `data.expected`.

    Args:
        width: numbers of a sentence vector: `SENTENCE_WIDTH`, or `WIDE_WIDTH` with word weights behind it.
    """
    share = ExpectedColumn(kind="number", low=0, high=1)
    count = ExpectedColumn(kind="integer", low=0)
    return {
        "text": ExpectedColumn(kind="text"),
        "intent": ExpectedColumn(kind="text"),
        "confidence": share,
        "timestamp": ExpectedColumn(kind="time"),
        "text_length": count,
        "word_count": count,
        "has_personal_info": ExpectedColumn(kind="boolean"),
        "formality_score": share,
        "urgency_score": share,
        "embeddings": ExpectedColumn(kind="vector", width=width),
    }


USUAL_COLUMNS = usual_columns()
"""The usual columns of intent data, with the sentence vectors of MiniLM."""


class TfidfPlan(Section):
    """Of `task: nominal`: which words texts have, as TF-IDF weights brought down to their main components."""

    kind: Literal["words", "characters", "none"] = Field(
        "words",
        description="words with pairs of neighbours in small letters, runs of 3 to 5 characters, or none",
    )
    components: int = Field(500, ge=2, le=2000, description="columns that are made of them")
    most_terms: int = Field(20_000, ge=10, le=200_000, description="terms that are counted, the commonest")
    least_texts: int = Field(2, ge=1, description="training texts that must share a term")


class Range(Section):
    """Numbers between which a search draws."""

    low: float = Field(description="smallest")
    high: float = Field(description="largest")
    log: bool = Field(default=False, description="whether each power of ten is drawn as often as another")

    @model_validator(mode="after")
    def _some_number_lies_between(self) -> Range:
        if self.low > self.high or (self.log and self.low <= 0):
            raise PydanticCustomError(
                "range", "write `low` below `high`, and with `log: true` both above 0, which has no logarithm"
            )
        return self


def _kind_of_values(value: Any) -> str:
    return "range" if isinstance(value, (Mapping, Range)) else "list"


Values = Annotated[
    Annotated[tuple[Choice, ...], Field(min_length=1), Tag("list")] | Annotated[Range, Tag("range")],
    Discriminator(_kind_of_values),
]
"""A list of values, or low, high and log."""
Space = dict[str, Values]
"""What a search tries, by setting of `ClassifierPlan`."""


class ClassifierSearchPlan(Section):
    """How settings of the learner are searched for, by folds of the training part."""

    method: Literal["none", "grid", "random", "bayesian"] = Field(
        "random", description="none takes `classifier` as it stands; bayesian is Optuna's TPE"
    )
    trials: int = Field(20, ge=1, le=10_000, description="settings tried by random and bayesian")
    space: Space = Field(
        {},
        description="by setting of `classifier`: a list of values, or low, high and log; the learner's usual "
        "space when empty",
    )
    metric: Literal["macro_f1", "weighted_f1", "accuracy", "log_loss"] = Field(
        "macro_f1", description="what the best has most of; of log_loss least"
    )
    folds: int = Field(3, ge=2, le=20, description="folds that each setting is tried on, of those there are")
    seed: int = Field(0, ge=0, description="of the draws")


class ClassifierPlan(Section):
    """What learns unordered classes; read with `task: nominal` alone."""

    learner: LearnerName = Field(
        "logistic_regression",
        description="what learns; linear_svm takes ten times as long as the first; voting and stacking "
        "join `members`",
    )
    members: tuple[SimpleLearner, ...] = Field(
        ("logistic_regression", "linear_svm", "gradient_boosting"),
        min_length=2,
        description="what voting averages and stacking learns from",
    )
    penalty: Penalty = Field(
        "l2", description="of linear learners; l1 and elastic_net take ten times as long; linear_svm: l2, l1"
    )
    c: float | None = Field(
        None,
        gt=0,
        description="how little linear learners are held back, scikit-learn's C: what the losses of all "
        "texts count beside the penalty; null is 10 for logistic_regression, 1 for linear_svm",
    )
    l1_ratio: float = Field(0.5, ge=0, le=1, description="share of l1 in elastic_net")
    most_steps: int = Field(300, ge=1, le=100_000, description="steps of their optimiser")
    rounds: int = Field(100, ge=1, le=5000, description="trees of gradient boosting for each class")
    learning_rate: float = Field(0.1, gt=0, le=1, description="of gradient boosting")
    max_leaves: int = Field(15, ge=2, le=1024, description="leaves of a tree")
    min_child: int = Field(5, ge=1, description="fewest texts in a leaf")
    balancing: Balancing = Field(
        "none", description="of classes of unequal size, within training parts alone"
    )
    neighbours: int = Field(
        5, ge=1, le=100, description="of smote; a class as small as this has fewer, one of 1 is repeated"
    )
    calibration: ClassCalibration = Field(
        "temperature", description="correction of the probabilities, by out-of-fold predictions"
    )
    out_of_scope: str | None = Field(
        None, description="a label that is no class: its texts teach nothing, and show what is told apart"
    )
    in_scope_share: Share = Field(
        0.9, description="share of texts of known classes that the threshold of confidence lets through"
    )
    least_per_class: int = Field(
        2, ge=1, description="training texts below which a class is left out, and its rows are said to be"
    )
    search: ClassifierSearchPlan = ClassifierSearchPlan()
    seed: int = Field(42, ge=0)

    @field_validator("search")
    @classmethod
    def _settings_that_are_there(cls, search: ClassifierSearchPlan) -> ClassifierSearchPlan:
        for name, values in search.space.items():
            refuse_other_values(name, values)
        return search

    @model_validator(mode="after")
    def _penalties_that_learners_know(self) -> ClassifierPlan:
        refuse_other_penalties(self.learner, self.members, self.penalty, self.search.space)
        return self


def refuse_other_values(name: str, values: tuple[Choice, ...] | Range) -> None:
    """Pass when a setting of `ClassifierPlan` is searched for, among values that it can have.

    Raises:
        PydanticCustomError: there is no such setting, or it cannot be one of the values.
    """
    known = [key for key in ClassifierPlan.model_fields if key not in NOT_SEARCHED]
    if name not in known:
        hint = suggest(name, known) or f"; there are {', '.join(known)}"
        raise PydanticCustomError("space", f"{name!r} is no setting that is searched{hint}")
    field = ClassifierPlan.model_fields[name]
    judge: TypeAdapter[Any] = TypeAdapter(cast("type[Any]", Annotated[field.annotation, field]))
    tried: tuple[Choice, ...] = (
        values if isinstance(values, tuple) else _ends(values, whole=field.annotation is int)
    )
    for value in tried:
        try:
            judge.validate_python(value)
        except ValidationError as error:
            said = error.errors(include_url=False)[0]["msg"]
            raise PydanticCustomError("space", f"`{name}` cannot be {value!r}: {said}") from error


def refuse_other_penalties(
    learner: LearnerName, members: tuple[SimpleLearner, ...], penalty: str, space: Space
) -> None:
    """Pass when what learns knows the penalty, and those that are searched for.

    Raises:
        PydanticCustomError: a linear SVM learns, alone or as a member, and knows one of them not.
    """
    learners = members if learner in ("voting", "stacking") else (learner,)
    searched = space.get("penalty", ())
    asked = [penalty, *(searched if isinstance(searched, tuple) else ())]
    unknown = next((str(each) for each in asked if each not in MACHINE_PENALTIES), None)
    if "linear_svm" in learners and unknown:
        raise PydanticCustomError(
            "penalty", f"linear_svm knows the penalties l2 and l1, not {unknown}; give one of these"
        )


def _ends(values: Range, *, whole: bool) -> tuple[float, float]:
    return (round(values.low), round(values.high)) if whole else (values.low, values.high)
