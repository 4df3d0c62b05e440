"""The report: everything that its three renderings show, in one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.evaluation.results import Evaluation, Graded, Interval
from gradewise.reporting.parts import Section

OUT_OF_FOLD = "out of fold"
"""Name of the evaluation in which each essay was graded by a model that had not seen it."""
LOCKED_TEST = "locked test"
"""Name of the evaluation on essays that were set aside first and looked at once."""
TRAINED_ON = "training texts"
"""Name of the evaluation on the very texts that the model learnt from: it says what it knows by heart."""
LENGTH_ONLY = "length only"
"""Name of the baseline that knows nothing of an essay but how long it is."""

UNDEFINED = Interval(float("nan"), float("nan"), float("nan"))
"""What stands for a figure that is not defined or was not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSection:
    """Where the essays come from and what was done to them before training."""

    n_essays: int
    """Essays that were used."""
    n_train: int
    """Of these, essays that models were trained on, by cross-validation."""
    n_test: int
    """Of these, essays locked away for the last test."""
    source: str
    """Where the essays come from."""
    licence: str
    """Under which terms they may be used."""
    card: str = ""
    """What is known of writers, markers and gaps, in a sentence or two."""
    label_counts: Mapping[str, int] = field(default_factory=dict)
    """Essays by grade."""
    prompt_counts: Mapping[str, int] = field(default_factory=dict)
    """Essays by prompt; empty when prompts are not known."""
    duplicates: int = 0
    """Essays whose text occurs more than once; copies never straddle train and test."""
    set_aside: Mapping[str, int] = field(default_factory=dict)
    """Essays left out, by reason."""
    rare_labels: tuple[str, ...] = ()
    """Grades with too few essays to spread over the folds."""
    split_scheme: str = ""
    """How train and test were told apart."""
    split_seed: int | None = None
    """Of the split."""
    split_plan_id: str = ""
    """Which saved split plan was used."""
    encoding_repairs: int = 0
    """Essays whose characters had been garbled and were repaired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedEvaluation:
    """One set of graded essays with its figures."""

    name: str
    """`OUT_OF_FOLD`, `LOCKED_TEST`, or what else it is."""
    evaluation: Evaluation
    """The figures."""
    graded: Graded
    """The essays, row by row, that the figures are made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRow:
    """A simple rule that a model must beat to be worth its trouble."""

    name: str
    """Such as `LENGTH_ONLY`."""
    description: str
    """What the rule does, in one sentence."""
    metrics: Mapping[str, Interval]
    """By metric name, on the same essays as the model."""
    difference: Interval | None = None
    """QWK of the model less that of the rule, paired over essays; ``None`` when not compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureShare:
    """How much one feature moves grades."""

    name: str
    """The feature, with its unit."""
    definition: str
    """What is counted, in one sentence."""
    share: float
    """Of all features together: 0 … 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstructShare:
    """How much one side of writing moves grades."""

    construct: str
    """The side of writing, as a teacher would name it."""
    share: float
    """Of all constructs together: 0 … 1."""
    features: tuple[FeatureShare, ...] = ()
    """Its weightiest features, weightiest first; none where they have no names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One experiment, ready to be shown as a page, a text or a record."""

    title: str
    """What a reader sees first."""
    model_name: str
    """The model."""
    model_version: str
    """Which of its versions."""
    created_at: datetime
    """When the report was made."""
    scale: Scale
    """The grades."""
    data: DataSection
    """The essays."""
    evaluations: tuple[NamedEvaluation, ...]
    """How well it grades, each on its own set of essays."""
    metrics_allowed: bool
    """Whether the terms of the data allow figures to be shown; if not, no rendering shows any."""
    baselines: tuple[BaselineRow, ...] = ()
    """Simple rules, on the same essays as the headline evaluation."""
    importance: tuple[ConstructShare, ...] = ()
    """What moves grades, weightiest first."""
    human: Mapping[str, Interval] | None = None
    """Agreement between two teachers by metric name, when two marked the same essays."""
    sections: tuple[Section, ...] = ()
    """Further topics, all of them measured on the essays, in reading order."""
    decision: str = ""
    """How a score becomes a grade, in words; holds no metric."""
    calibration: str = ""
    """How probabilities are made, in words; holds no metric."""
    notices: tuple[str, ...] = ()
    """What a reader should know besides, one line each; no essay text and no metric."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Versions of what was used."""
    timings: Mapping[str, float] = field(default_factory=dict)
    """Seconds by stage."""
    plan_yaml: str = ""
    """The plan, as it was run."""

    def __post_init__(self) -> None:
        for named in self.evaluations:
            if named.evaluation.scale.grades != self.scale.grades:
                raise InputError(
                    f"evaluation {named.name!r} has scale {named.evaluation.scale.name}, the report "
                    f"{self.scale.name}; evaluate on the scale of the report"
                )

    @property
    def headline(self) -> NamedEvaluation | None:
        """The evaluation that counts most: the locked test, or else the first."""
        locked = [named for named in self.evaluations if named.name == LOCKED_TEST]
        return next(iter((*locked, *self.evaluations)), None)


def publishable(report: Report) -> Report:
    """The report without what may not be shown: every rendering starts here.

    Where the terms of the data allow no figures, everything that was measured on them is taken out;
    what remains says what was done, with what, and that figures are withheld.
    """
    if report.metrics_allowed:
        return report
    return replace(report, evaluations=(), baselines=(), importance=(), human=None, sections=())


def metric(evaluation: Evaluation, name: str) -> Interval:
    """A figure by name; all ``nan`` when it was not measured."""
    return evaluation.metrics.get(name, UNDEFINED)
