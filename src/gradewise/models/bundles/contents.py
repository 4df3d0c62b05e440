"""What goes into a bundle, and its files: all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gradewise.errors import BundleError
from gradewise.features.schema import FeatureSchema
from gradewise.models.auxiliary import AuxiliaryModel
from gradewise.models.bundles.class_card import render_class_card
from gradewise.models.bundles.embedding_files import (
    EmbeddingPart,
    check_embedding,
    embedding_to_files,
)
from gradewise.models.bundles.files import ReferenceProfile, to_json
from gradewise.models.bundles.learnt_files import (
    auxiliaries_to_files,
    learners_to_files,
)
from gradewise.models.bundles.metadata import BundleMetadata, TargetMetadata, check_schema
from gradewise.models.bundles.model_card import render_model_card
from gradewise.models.bundles.reference_files import reference_to_files
from gradewise.models.bundles.storage import (
    sign,
    write_files,
)
from gradewise.models.bundles.targets import (
    TargetContents,
    check_target,
    target_prefixes,
    target_to_files,
)
from gradewise.models.bundles.text_component_files import components_to_files
from gradewise.models.confidence import ClassConfidence
from gradewise.models.essay_reference import EssayReference
from gradewise.models.learnt_columns import complete_schema, measured_schema
from gradewise.models.text.components import TextComponents, component_schema
from gradewise.models.text.learners import FittedTextLearner

METADATA = "model_metadata.json"
"""What is known about the model."""
FEATURES = "feature_config.json"
"""The feature schema."""
PROFILE = "reference_profile.json"
"""What the training essays looked like."""
CARD = "model_card.md"
"""The model, for people."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BundleContents:
    """Everything that goes into a bundle.

    Raises:
        BundleError: schema, metadata and models do not belong together, or an engine is unknown.
    """

    metadata: BundleMetadata
    """What is known about the model."""
    schema: FeatureSchema
    """What the columns mean."""
    overall: TargetContents
    """The model of the overall grade."""
    traits: tuple[TargetContents, ...] = ()
    """The models of the traits, in the order of the metadata."""
    profile: ReferenceProfile
    """What the training essays looked like, feature by feature."""
    reference: EssayReference | None = None
    """What they were like as texts, by which advisories go; ``None`` of classes, of which there are none."""
    learners: tuple[FittedTextLearner, ...] = ()
    """Text learners, in the order of the schema's wording columns."""
    auxiliaries: tuple[AuxiliaryModel, ...] = ()
    """Models of other essays, in the order of the schema's last columns."""
    embedding: EmbeddingPart | None = None
    """The text model that the schema's embedding columns need; ``None`` where there are none."""
    components: TextComponents | None = None
    """Make the schema's columns of words, where texts are told apart by classes."""

    def __post_init__(self) -> None:
        check_schema(self.schema, self.metadata)
        check_embedding(self.schema, self.embedding)
        check_learnt(self.schema, self.learners, self.auxiliaries, self.embedding, self.components)
        if (self.reference is not None) != self.metadata.scale.ordered:
            raise BundleError(
                "models of grades know what their essays were like as texts, models of classes do not; give "
                "`reference` to the former alone"
            )
        named = tuple(each.name for each in self.metadata.auxiliaries)
        if len(self.traits) != len(self.metadata.traits) or named != tuple(m.name for m in self.auxiliaries):
            raise BundleError(
                f"{len(self.traits)} models of traits and {len(self.auxiliaries)} of other essays do not fit "
                "the metadata; give one for each, in order"
            )
        for contents, metadata in self.targets:
            check_target(contents, metadata, n_features=len(self.schema))

    @property
    def targets(self) -> tuple[tuple[TargetContents, TargetMetadata], ...]:
        """Every model with what is known about it, that of the overall grade first."""
        return tuple(zip((self.overall, *self.traits), self.metadata.targets, strict=True))


def bundle_files(contents: BundleContents) -> dict[str, bytes]:
    """Every file of a bundle by name, the signature last."""
    kinds = tuple(learner.kind for learner in contents.learners)
    metadata = replace(contents.metadata, text_learners=kinds)
    files = {
        METADATA: to_json(metadata),
        FEATURES: to_json(contents.schema),
        PROFILE: to_json(contents.profile),
        CARD: _card(metadata, contents).encode(),
        **({} if contents.reference is None else reference_to_files(contents.reference)),
        **learners_to_files(contents.learners),
        **auxiliaries_to_files(contents.auxiliaries),
        **embedding_to_files(contents.embedding),
        **({} if contents.components is None else components_to_files(contents.components)),
    }
    prefixes = target_prefixes(len(contents.traits))
    for (target, known), prefix in zip(contents.targets, prefixes, strict=True):
        files |= target_to_files(target, known, prefix)
    return sign(files)


def _card(metadata: BundleMetadata, contents: BundleContents) -> str:
    promise = contents.overall.confidence
    if isinstance(promise, ClassConfidence):
        return render_class_card(metadata, contents.schema, promise)
    return render_model_card(metadata, contents.schema)


def write_bundle(contents: BundleContents, directory: Path) -> Path:
    """Write a bundle as a new directory: whole, or not at all, see `write_files`.

    Raises:
        BundleError: the directory exists, or cannot be written.
    """
    return write_files(bundle_files(contents), directory)


def check_learnt(
    schema: FeatureSchema,
    learners: Sequence[FittedTextLearner],
    auxiliaries: Sequence[AuxiliaryModel],
    embedding: EmbeddingPart | None,
    components: TextComponents | None = None,
) -> None:
    """Refuse models that do not say just what the schema's learnt columns hold."""
    measured = measured_schema(schema, None if embedding is None else embedding.projection)
    alike = all(each.features == measured.fingerprint for each in auxiliaries)
    learnt = complete_schema(measured_schema(schema), learners, auxiliaries)
    if not alike or component_schema(learnt, components).specs != schema.specs:
        told = [f"wording of {each.kind}: {', '.join(each.targets)}" for each in learners]
        told += [f"{each.name}: {', '.join(each.targets)}" for each in auxiliaries]
        told += [] if components is None else [f"{components.n_components} components of words"]
        raise BundleError(
            f"the learnt columns of the schema are not those of the learners ({'; '.join(told) or 'none'}); "
            "give one for each, in order"
        )
