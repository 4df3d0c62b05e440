"""The bundle: a trained model as a directory that is whole, checked and free of code.

Reading takes every file into memory once, checks it against the signature, and builds from those very bytes.
Nothing is unpickled. What goes in, and how it is written: `gradewise.models.bundle_contents`.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from gradewise.errors import BundleError, InputError
from gradewise.essays.scales import Scale
from gradewise.features.embeddings import handcrafted_schema
from gradewise.features.schema import FeatureMatrix, FeatureSchema
from gradewise.models.auxiliary import AuxiliaryModel
from gradewise.models.bundle_archives import read_bundle
from gradewise.models.bundle_contents import CARD, FEATURES, METADATA, PROFILE, check_learnt
from gradewise.models.bundle_files import (
    BundleMetadata,
    FormatNumber,
    ReferenceProfile,
    SelfTest,
    check_schema,
    from_json,
)
from gradewise.models.bundle_storage import (
    SIGNATURE,
    content_id,
    verify_files,
)
from gradewise.models.bundle_targets import (
    SELF_TEST,
    TargetModel,
    promise_from_files,
    target_file_names,
    target_from_files,
    target_prefixes,
)
from gradewise.models.confidence import Promise
from gradewise.models.embedding_files import (
    EMBEDDING_FILES,
    EmbeddingPart,
    embedding_from_files,
)
from gradewise.models.ensemble_files import (
    ENSEMBLE,
    EnsembleRecord,
    ensemble_names,
    member_files,
    pooled_target,
    read_record,
    refuse_classes,
)
from gradewise.models.ensemble_layout import EnsembleLayout, lay_out
from gradewise.models.essay_reference import EssayReference
from gradewise.models.learnt_columns import complete, measured_schema
from gradewise.models.learnt_files import (
    auxiliary_file_names,
    auxiliary_from_files,
    learner_file_names,
    learner_from_files,
)
from gradewise.models.onnx_session import OnnxGrader
from gradewise.models.projection import Projection
from gradewise.models.reference_files import RECORD, REFERENCE_FILES, reference_from_files
from gradewise.models.shapley import Explainer
from gradewise.models.text_component_files import COMPONENT_FILES, components_from_files
from gradewise.models.text_components import TextComponents
from gradewise.models.text_learners import FittedTextLearner, Suggestions

_ALWAYS = frozenset({METADATA, FEATURES, PROFILE, CARD, SIGNATURE})


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


def load_bundle(path: Path) -> Bundle:
    """Read, verify and build a bundle.

    In this order: every file against the signature, format number, set of files, feature fingerprint, then
    the model, which must grade its own test rows as it did when it was made.

    Args:
        path: its directory, or an archive of it, see `read_bundle`.

    Raises:
        BundleError: anything is missing, added, changed, of another format, or does not fit together.
    """
    files = read_bundle(path)
    try:
        return bundle_from_files(files)
    except BundleError as error:
        raise BundleError(f"bundle {path}: {error}") from error


def bundle_from_files(files: Mapping[str, bytes]) -> Bundle:
    """Verify and build a bundle from the bytes of its files, by name.

    Raises:
        BundleError: as `load_bundle`.
    """
    try:
        verify_files(files)
        return _build(files)
    except InputError as error:
        raise BundleError(str(error)) from error


def metadata_of(files: Mapping[str, bytes]) -> BundleMetadata:
    """What is known about the model in these files, once they are verified.

    Raises:
        BundleError: the files are not what the signature says, or of another format.
    """
    verify_files(files)
    return from_json(BundleMetadata, _checked_format(files), name=METADATA)


def pooled_bundle(
    metadata: BundleMetadata,
    record: EnsembleRecord,
    members: Sequence[Bundle],
    layout: EnsembleLayout,
    *,
    kept: Mapping[str, tuple[SelfTest | None, Promise]],
    profile: ReferenceProfile,
    digest: str,
) -> Bundle:
    """Several bundles as one.

    Args:
        metadata: what is known about it.
        record: weights and cuts.
        members: the bundles, in the order of the record.
        layout: what they read together.
        kept: for each target what is kept beside its members: a self-test, and what is promised.
        profile: what the training essays looked like.
        digest: its content id.

    Raises:
        BundleError: the members do not grade the same targets on the same scales, or anything else does not
            fit together.
    """
    targets = []
    for place, known in enumerate(metadata.targets):
        found = [each.target(known.name) for each in members]
        parts = [(each, at) for each, at in zip(found, layout.columns, strict=True) if each is not None]
        if len(parts) < len(members) or any(each.scale.grades != known.scale.grades for each, _ in parts):
            raise BundleError(
                f"not all members grade {known.name} on scale {known.scale.name}; leave some out"
            )
        test, confidence = kept[known.name]
        targets.append(
            pooled_target(
                parts, record, place, width=len(layout.schema), self_test=test, confidence=confidence
            )
        )
    reading = next((each.embedding.record for each in members if each.embedding is not None), None)
    return Bundle(
        metadata=metadata,
        schema=layout.schema,
        overall=targets[0],
        traits=tuple(targets[1:]),
        profile=profile,
        texts_reference=members[layout.widest].texts_reference,
        digest=digest,
        embedding=None if reading is None else EmbeddingPart(record=reading),
        layout=layout,
    )


def _build_ensemble(files: Mapping[str, bytes]) -> Bundle:
    metadata = from_json(BundleMetadata, _checked_format(files), name=METADATA)
    record = read_record(files)
    prefixes = target_prefixes(len(metadata.traits))
    named = ensemble_names(record, prefixes)
    _check_names(files, named | {METADATA, FEATURES, PROFILE, CARD, SIGNATURE})
    members = tuple(_build(member_files(files, each)) for each in record.members)
    refuse_classes(each.scale for each in members)
    layout = lay_out(members)
    for schema in (layout.schema, from_json(FeatureSchema, files[FEATURES], name=FEATURES)):
        check_schema(schema, metadata)
    kept = {
        known.name: (
            from_json(SelfTest, files[prefix + SELF_TEST], name=prefix + SELF_TEST),
            promise_from_files(files, known.scale, prefix),
        )
        for known, prefix in zip(metadata.targets, prefixes, strict=True)
    }
    profile = from_json(ReferenceProfile, files[PROFILE], name=PROFILE)
    return pooled_bundle(
        metadata, record, members, layout, kept=kept, profile=profile, digest=content_id(files)
    )


def _build(files: Mapping[str, bytes]) -> Bundle:
    if ENSEMBLE in files:
        return _build_ensemble(files)
    metadata = from_json(BundleMetadata, _checked_format(files), name=METADATA)
    targets = list(zip(metadata.targets, target_prefixes(len(metadata.traits)), strict=True))
    needed = {name for target, prefix in targets for name in target_file_names(target, prefix)}
    needed |= REFERENCE_FILES if metadata.scale.ordered else frozenset()
    has_components = not files.keys().isdisjoint(COMPONENT_FILES)
    needed |= set(COMPONENT_FILES) if has_components else frozenset()
    needed |= {name for kind in metadata.text_learners for name in learner_file_names(kind)}
    needed |= {name for each in metadata.auxiliaries for name in auxiliary_file_names(each.name)}
    _check_names(files, _ALWAYS | needed | (EMBEDDING_FILES & set(files)))
    schema = from_json(FeatureSchema, files[FEATURES], name=FEATURES)
    check_schema(schema, metadata)
    learners = tuple(learner_from_files(kind, files) for kind in metadata.text_learners)
    auxiliaries = tuple(auxiliary_from_files(each.name, files) for each in metadata.auxiliaries)
    embedding = embedding_from_files(files, schema)
    components = components_from_files(files) if has_components else None
    check_learnt(schema, learners, auxiliaries, embedding, components)
    overall, *traits = (
        target_from_files(files, target, prefix, n_features=len(schema)) for target, prefix in targets
    )
    return Bundle(
        metadata=metadata,
        schema=schema,
        overall=overall,
        traits=tuple(traits),
        profile=from_json(ReferenceProfile, files[PROFILE], name=PROFILE),
        texts_reference=_reference(files, schema) if metadata.scale.ordered else None,
        digest=content_id(files),
        learners=learners,
        auxiliaries=auxiliaries,
        embedding=embedding,
        components=components,
    )


def _projection(embedding: EmbeddingPart | None) -> Projection | None:
    return None if embedding is None else embedding.projection


def _reference(files: Mapping[str, bytes], schema: FeatureSchema) -> EssayReference:
    reference = reference_from_files(files)
    if reference.ranges.names != handcrafted_schema(measured_schema(schema)).names:
        raise BundleError(f"{RECORD} is about other features than {FEATURES}; copy the bundle again")
    return reference


def _check_names(files: Mapping[str, bytes], needed: AbstractSet[str]) -> None:
    if odd := needed ^ set(files):
        state = "missing" if min(odd) in needed else "not a file of this format"
        raise BundleError(f"{min(odd)} is {state}; copy the bundle again")


def _checked_format(files: Mapping[str, bytes]) -> bytes:
    """The metadata, once its format number is known to be ours: other formats may hold other fields."""
    if METADATA not in files:
        raise BundleError(f"{METADATA} is missing; this is no bundle")
    from_json(FormatNumber, files[METADATA], name=METADATA)
    return files[METADATA]
