"""The bundle: a trained model as a directory that is whole, checked and free of code.

Reading takes every file into memory once, checks it against the signature, and builds from those very bytes.
Nothing is unpickled. What goes in, and how it is written: `gradewise.models.bundles.contents`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from gradewise.errors import BundleError, InputError
from gradewise.features.embeddings import handcrafted_schema
from gradewise.features.schema import FeatureSchema
from gradewise.models.bundles.archives import read_bundle
from gradewise.models.bundles.checks import ALWAYS, check_names, checked_format, needed_files
from gradewise.models.bundles.contents import FEATURES, METADATA, PROFILE, check_learnt
from gradewise.models.bundles.embedding_files import (
    EMBEDDING_FILES,
    EmbeddingPart,
    embedding_from_files,
)
from gradewise.models.bundles.ensemble_files import (
    ENSEMBLE,
    EnsembleRecord,
    ensemble_names,
    member_files,
    pooled_target,
    read_record,
    refuse_classes,
)
from gradewise.models.bundles.ensemble_layout import EnsembleLayout, lay_out
from gradewise.models.bundles.files import ReferenceProfile, SelfTest, from_json
from gradewise.models.bundles.learnt_files import (
    auxiliary_from_files,
    learner_from_files,
)
from gradewise.models.bundles.metadata import BundleMetadata, TargetMetadata, check_schema
from gradewise.models.bundles.reference_files import RECORD, reference_from_files
from gradewise.models.bundles.storage import (
    content_id,
    verify_files,
)
from gradewise.models.bundles.targets import (
    SELF_TEST,
    TargetModel,
    promise_from_files,
    target_from_files,
    target_prefixes,
)
from gradewise.models.bundles.text_component_files import COMPONENT_FILES, components_from_files
from gradewise.models.bundles.verified import Bundle
from gradewise.models.confidence import Promise
from gradewise.models.essay_reference import EssayReference
from gradewise.models.learnt_columns import measured_schema
from gradewise.models.pooling import Columns


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
    return from_json(BundleMetadata, checked_format(files), name=METADATA)


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
    targets = [
        pooled_target(
            _graders_of(known, members, layout),
            record,
            place,
            width=len(layout.schema),
            self_test=kept[known.name][0],
            confidence=kept[known.name][1],
        )
        for place, known in enumerate(metadata.targets)
    ]
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


def _graders_of(
    known: TargetMetadata, members: Sequence[Bundle], layout: EnsembleLayout
) -> list[tuple[TargetModel, Columns]]:
    """The model of a target in each member, with where its features stand."""
    found = [each.target(known.name) for each in members]
    parts = [(each, at) for each, at in zip(found, layout.columns, strict=True) if each is not None]
    if len(parts) < len(members) or any(each.scale.grades != known.scale.grades for each, _ in parts):
        raise BundleError(f"not all members grade {known.name} on scale {known.scale.name}; leave some out")
    return parts


def _build_ensemble(files: Mapping[str, bytes]) -> Bundle:
    metadata = from_json(BundleMetadata, checked_format(files), name=METADATA)
    record = read_record(files)
    prefixes = target_prefixes(len(metadata.traits))
    named = ensemble_names(record, prefixes)
    check_names(files, named | ALWAYS)
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


def _check_files(files: Mapping[str, bytes], metadata: BundleMetadata, *, has_components: bool) -> None:
    """Refuse a set of files other than the model needs; of its components of words all or none are there."""
    optional = (set(COMPONENT_FILES) if has_components else set()) | (EMBEDDING_FILES & set(files))
    check_names(files, ALWAYS | needed_files(metadata) | optional)


def _build(files: Mapping[str, bytes]) -> Bundle:
    if ENSEMBLE in files:
        return _build_ensemble(files)
    metadata = from_json(BundleMetadata, checked_format(files), name=METADATA)
    targets = list(zip(metadata.targets, target_prefixes(len(metadata.traits)), strict=True))
    has_components = not files.keys().isdisjoint(COMPONENT_FILES)
    _check_files(files, metadata, has_components=has_components)
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


def _reference(files: Mapping[str, bytes], schema: FeatureSchema) -> EssayReference:
    reference = reference_from_files(files)
    if reference.ranges.names != handcrafted_schema(measured_schema(schema)).names:
        raise BundleError(f"{RECORD} is about other features than {FEATURES}; copy the bundle again")
    return reference
