"""A bundle that was read and found whole: a model, ready to grade and to explain."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from gradewise.errors import BundleError
from gradewise.essays.scales import Scale
from gradewise.features.schema import FeatureMatrix, FeatureSchema
from gradewise.models.auxiliary import AuxiliaryModel
from gradewise.models.bundles.embedding_files import (
    EmbeddingPart,
)
from gradewise.models.bundles.ensemble_layout import EnsembleLayout
from gradewise.models.bundles.files import ReferenceProfile
from gradewise.models.bundles.metadata import BundleMetadata
from gradewise.models.bundles.targets import (
    TargetModel,
)
from gradewise.models.essay_reference import EssayReference
from gradewise.models.learnt_columns import complete, measured_schema
from gradewise.models.onnx.session import OnnxGrader
from gradewise.models.projection import Projection
from gradewise.models.shapley import Explainer
from gradewise.models.text.components import TextComponents
from gradewise.models.text.learners import FittedTextLearner, Suggestions


@dataclass(frozen=True, eq=False)
class Bundle:
    """A verified model, ready to grade and to explain."""

    metadata: BundleMetadata
    """What is known about it."""
    schema: FeatureSchema
    """What the columns mean."""
    overall: TargetModel
    """Gives the overall grade."""
    traits: tuple[TargetModel, ...]
    """Give the grades of traits."""
    profile: ReferenceProfile
    """What the training essays looked like, feature by feature."""
    texts_reference: EssayReference | None
    """What they were like as texts, by which advisories go; ``None`` of classes, of which there are none."""
    digest: str
    """SHA-256 of the signature file: names this bundle and no other."""
    learners: tuple[FittedTextLearner, ...] = field(default=(), repr=False)
    """Text learners, in the order of the schema's wording columns."""
    auxiliaries: tuple[AuxiliaryModel, ...] = field(default=(), repr=False)
    """Models of other essays, in the order of the schema's last columns."""
    embedding: EmbeddingPart | None = field(default=None, repr=False)
    """The text model that the schema's embedding columns need; it is no part of the bundle."""
    components: TextComponents | None = field(default=None, repr=False)
    """Make the schema's columns of words, where texts are told apart by classes."""
    layout: EnsembleLayout | None = field(default=None, repr=False)
    """How members read together, where this is an ensemble of several bundles."""

    @property
    def scale(self) -> Scale:
        """The scale of the overall grade."""
        return self.metadata.scale

    @property
    def reference(self) -> EssayReference:
        """What the training essays were like as texts.

        Raises:
            BundleError: the model tells classes apart, and keeps none.
        """
        if self.texts_reference is None:
            raise BundleError(
                f"model {self.metadata.name} {self.metadata.version} tells classes apart and gives no "
                "advisories; only models of grades do"
            )
        return self.texts_reference

    def require_grades(self, what: str) -> None:
        """Refuse to do with classes what has a sense for grades alone, such as ``"gradewise robustness"``.

        Raises:
            BundleError: the model tells classes apart.
        """
        if not self.scale.ordered:
            raise BundleError(
                f"{what} is about grades, which have an order; model {self.metadata.name} "
                f"{self.metadata.version} tells {self.scale.n_grades} classes apart, which have none: name a "
                "model of grades"
            )

    @property
    def grader(self) -> OnnxGrader:
        """Gives the overall grade of rows of features."""
        return self.overall.grader

    @property
    def explainer(self) -> Explainer:
        """Says what each feature added to the overall score.

        Raises:
            BundleError: the arrays do not make a score model.
        """
        return self.overall.explainer

    def target(self, name: str) -> TargetModel | None:
        """The model of a target; ``None`` where there is none."""
        return next((each for each in (self.overall, *self.traits) if each.name == name), None)

    @cached_property
    def measured(self) -> FeatureSchema:
        """The features that are measured of a text; `complete` adds what learnt models say."""
        if self.layout is not None:
            return self.layout.measured
        return measured_schema(self.schema, _projection(self.embedding))

    def wording(self, texts: Sequence[str]) -> tuple[Suggestions, ...]:
        """What the text learners suggest: they need the texts alone, so that they may be asked early.

        Empty for an ensemble, whose members ask their own.
        """
        return tuple(learner.predict(texts) for learner in self.learners)

    def complete(
        self,
        measured: FeatureMatrix,
        texts: Sequence[str],
        *,
        wording: Sequence[Suggestions] | None = None,
    ) -> FeatureMatrix:
        """Everything that the model reads of essays, from what was measured of them and their texts.

        Args:
            measured: columns of the schema `measured`.
            texts: of the same essays, in the same order.
            wording: what `wording` says of these texts, where it was asked before.
        """
        if self.layout is not None:
            return self.layout.complete(measured, texts)
        seen = complete(
            measured, texts, self.learners, self.auxiliaries, _projection(self.embedding), wording=wording
        )
        if self.components is None:
            return seen
        # The schema is at hand; making it anew for a text would take longer than everything else.
        values = np.concatenate([seen.values, self.components.transform(texts)], axis=1)
        return FeatureMatrix(values, self.schema, seen.essay_ids)


def _projection(embedding: EmbeddingPart | None) -> Projection | None:
    return None if embedding is None else embedding.projection
