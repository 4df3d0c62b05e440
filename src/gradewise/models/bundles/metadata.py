"""What is known about a model, as it stands in its bundle."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gradewise.errors import BundleError
from gradewise.essays.scales import Scale, label_fault
from gradewise.essays.suggestions import quotable
from gradewise.evaluation.results import Interval
from gradewise.features.schema import FeatureSchema
from gradewise.models.targets import OVERALL
from gradewise.models.text.terms import TermKind

FORMAT = 2
"""Version of the bundle format; a bundle with another number is refused."""

_VERSION = re.compile(r"[0-9]{8}_[0-9]{6}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

Setting = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class FormatNumber:
    """The one field that every format of bundle has.

    Raises:
        BundleError: the format is not ours.
    """

    format: int
    """Version of the bundle format."""

    def __post_init__(self) -> None:
        if self.format != FORMAT:
            raise BundleError(
                f"format {self.format} is not the one that this gradewise reads ({FORMAT}); "
                "use a gradewise of its time"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingColumns:
    """What the columns of its file were called; ``None`` where there was none, or it is not known."""

    text: str | None = None
    """The essays."""
    label: str | None = None
    """The teacher's grades."""
    id: str | None = None
    """Names of essays."""
    prompt: str | None = None
    """Which task an essay answers."""
    prompt_text: str | None = None
    """The task as the writer saw it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingData:
    """Where a model's essays came from."""

    source: str
    """Name or location, for a reader."""
    sha256: str
    """Digest of the stored bytes."""
    licence: str
    """As its source states it."""
    n: int
    """Essays that the model learnt from."""
    label_counts: Mapping[str, int]
    """Essays by grade, every grade of the scale."""
    n_corrected: int = 0
    """Of the essays, those whose grade a teacher decided after a model had graded them."""
    corrections_sha256: str = ""
    """Digest of the snapshot that they came from; empty where there is none."""
    columns: TrainingColumns = TrainingColumns()
    """By which names new files are read, where nothing else is said."""
    task: str | None = field(default=None, repr=False)
    """The task of all essays, where the model compares essays with it; ``None`` where there were several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMetadata:
    """What is known about the model of one target."""

    name: str
    """``overall``, or the trait."""
    scale: Scale
    """The grades that it gives."""
    engines: tuple[str, ...]
    """The engine of each file of trees in an engine's own format, in their order."""
    decision: str
    """How a score becomes a grade."""
    metrics: Mapping[str, Interval]
    """How it did on essays that it had not seen, with uncertainty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuxiliaryData:
    """Other essays that a model learnt from too."""

    name: str
    """Of the set."""
    targets: tuple[str, ...]
    """What they were marked for."""
    source: str
    """Name or location, for a reader."""
    sha256: str
    """Digest of the stored bytes."""
    licence: str
    """As its source states it."""
    n: int
    """Essays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleMetadata:
    """What is known about a model: how it came to be, and how good it is.

    Raises:
        BundleError: name or version is not fit for a directory, the format is not ours, or the task or the
            out-of-scope label does not go with the scale.
    """

    name: str
    """Of the model: letters, digits, ``.``, ``_`` and ``-``."""
    version: str
    """When it was made: ``YYYYMMDD_HHMMSS``, UTC."""
    scale: Scale
    """The grades that it gives."""
    framework: str
    """Which engines grew the trees, joined by ``+``; of classes, what learnt them."""
    engines: tuple[str, ...]
    """The engine of each file of trees in an engine's own format, in their order."""
    versions: Mapping[str, str]
    """Of gradewise, the engine and what else matters."""
    git_sha: str | None
    """Of the code that trained it, when known."""
    data: TrainingData
    """What it learnt from."""
    split_plan: str
    """Id of the split plan."""
    metrics: Mapping[str, Interval]
    """How it did on essays that it had not seen, with uncertainty."""
    hyperparameters: Mapping[str, Setting]
    """How it was grown, number of trees included."""
    feature_fingerprint: str
    """Of the feature schema."""
    decision: str
    """How a score becomes a grade."""
    calibration: str
    """How probabilities were calibrated."""
    text_learners: tuple[TermKind, ...] = ()
    """Kinds of the text learners that it holds."""
    auxiliaries: tuple[AuxiliaryData, ...] = ()
    """What the auxiliary models that it holds learnt from."""
    traits: tuple[TargetMetadata, ...] = ()
    """The traits that it grades too."""
    task: Literal["ordinal", "nominal"] = "ordinal"
    """What kind of question it answers: a grade, or a class."""
    out_of_scope: str | None = None
    """Of classes: the label of texts that belong to none of them; ``None`` where the training knew none."""
    format: int = FORMAT
    """Version of the bundle format."""

    def __post_init__(self) -> None:
        FormatNumber(self.format)
        if not _NAME.fullmatch(self.name):
            raise BundleError(f"model name {self.name!r} must be letters, digits, '.', '_' or '-'")
        if not _VERSION.fullmatch(self.version):
            raise BundleError(f"model version {self.version!r} must look like 20260131_235959")
        if (self.task == "ordinal") != self.scale.ordered:
            raise BundleError(
                f"task {self.task} does not go with scale {self.scale.name}; grades are ordinal, classes "
                "nominal"
            )
        if self.out_of_scope is not None and not _is_no_class(self.out_of_scope, self.scale):
            raise BundleError(
                f"out-of-scope label {quotable(self.out_of_scope)!r} does not go with scale "
                f"{self.scale.name}; only models of classes have one, which is none of them"
            )

    @property
    def targets(self) -> tuple[TargetMetadata, ...]:
        """Everything that it grades, the overall grade first."""
        overall = TargetMetadata(
            name=OVERALL,
            scale=self.scale,
            engines=self.engines,
            decision=self.decision,
            metrics=self.metrics,
        )
        return (overall, *self.traits)


def check_schema(schema: FeatureSchema, metadata: BundleMetadata) -> None:
    """Refuse a schema that is not the one that the model was trained on.

    Raises:
        BundleError: the fingerprints differ.
    """
    if schema.fingerprint != metadata.feature_fingerprint:
        raise BundleError(
            f"the feature schema has fingerprint {schema.fingerprint[:12]}…, the model was trained on "
            f"{metadata.feature_fingerprint[:12]}…; use the bundle as it was written"
        )


def _is_no_class(label: str, scale: Scale) -> bool:
    known = {each.casefold() for each in scale.grades}
    fit = bool(label.strip()) and label == label.strip() and label_fault(label) is None
    return fit and not scale.ordered and label.casefold() not in known
