"""The bundle: a trained model as a directory that is whole, checked and free of code.

Writing is all or nothing; reading takes every file into memory once, checks it against the signature, and
builds from those very bytes. Nothing is unpickled.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from gradewise.errors import BundleError, InputError
from gradewise.essays.scales import Scale
from gradewise.features.schema import FeatureMatrix, FeatureSchema
from gradewise.models.auxiliary import AuxiliaryModel
from gradewise.models.bundle_files import (
    BundleMetadata,
    FormatNumber,
    ReferenceProfile,
    SelfTest,
    check_schema,
    from_json,
    native_file_names,
    to_json,
    trees_from_bytes,
    trees_to_bytes,
)
from gradewise.models.learnt_columns import complete, complete_schema, measured_schema
from gradewise.models.learnt_files import (
    auxiliaries_to_files,
    auxiliary_file_names,
    auxiliary_from_files,
    learner_file_names,
    learner_from_files,
    learners_to_files,
)
from gradewise.models.model_card import render_model_card
from gradewise.models.onnx_session import OnnxGrader
from gradewise.models.score_models import ScoreModel
from gradewise.models.shapley import Explainer
from gradewise.models.text_learners import FittedTextLearner

METADATA = "model_metadata.json"
"""What is known about the model."""
FEATURES = "feature_config.json"
"""The feature schema."""
MODEL = "model.onnx"
"""Features to grades; all that scoring needs."""
TREES = "trees.safetensors"
"""The trees, linear part and link as arrays; all that explaining needs."""
PROFILE = "reference_profile.json"
"""What the training essays looked like."""
SELF_TEST = "parity.json"
"""A few rows with what must come out."""
CARD = "model_card.md"
"""The model, for people."""
SIGNATURE = "model_signature.sha256"
"""``sha256sum`` lines over every other file."""
_ALWAYS = frozenset({METADATA, FEATURES, MODEL, TREES, PROFILE, SELF_TEST, CARD, SIGNATURE})
_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BundleContents:
    """Everything that goes into a bundle.

    Raises:
        BundleError: schema, metadata and trees belong to different models, or an engine is unknown.
    """

    metadata: BundleMetadata
    """What is known about the model."""
    schema: FeatureSchema
    """What the columns mean."""
    model: bytes
    """The ONNX model, its parity checked."""
    score_model: ScoreModel
    """What it makes scores of: trees, perhaps a linear part or a link."""
    native_texts: tuple[str, ...]
    """Its trees in the engines' own formats, one text for each of the metadata's engines."""
    profile: ReferenceProfile
    """What the training essays looked like."""
    self_test: SelfTest
    """A few rows with what must come out."""
    learners: tuple[FittedTextLearner, ...] = ()
    """Text learners, in the order of the schema's wording columns."""
    auxiliaries: tuple[AuxiliaryModel, ...] = ()
    """Models of other essays, in the order of the schema's last columns."""

    def __post_init__(self) -> None:
        check_schema(self.schema, self.metadata)
        _check_learnt(self.schema, self.learners, self.auxiliaries)
        if self.score_model.n_features != len(self.schema):
            raise BundleError(
                f"the trees read {self.score_model.n_features} features, the schema has {len(self.schema)}; "
                "give those of one model"
            )
        if len(self.native_texts) != len(native_file_names(self.metadata)):
            raise BundleError(
                f"{len(self.native_texts)} native models for {len(self.metadata.engines)} engines; "
                "give one for each"
            )


@dataclass(frozen=True, eq=False)
class Bundle:
    """A verified model, ready to grade and to explain."""

    metadata: BundleMetadata
    """What is known about it."""
    schema: FeatureSchema
    """What the columns mean."""
    grader: OnnxGrader
    """Grades rows of features."""
    profile: ReferenceProfile
    """What the training essays looked like."""
    self_test: SelfTest
    """A few rows with what must come out; passed when the bundle was loaded."""
    digest: str
    """SHA-256 of the signature file: names this bundle and no other."""
    trees: bytes = field(repr=False)
    """The trees as they were read and verified; `score_model` makes them from this."""
    learners: tuple[FittedTextLearner, ...] = field(default=(), repr=False)
    """Text learners, in the order of the schema's wording columns."""
    auxiliaries: tuple[AuxiliaryModel, ...] = field(default=(), repr=False)
    """Models of other essays, in the order of the schema's last columns."""

    @property
    def scale(self) -> Scale:
        """The grades that it gives."""
        return self.metadata.scale

    @cached_property
    def measured(self) -> FeatureSchema:
        """The features that are measured of a text; `complete` adds what learnt models say."""
        return measured_schema(self.schema)

    def complete(self, measured: FeatureMatrix, texts: Sequence[str]) -> FeatureMatrix:
        """Everything that the model reads of essays, from what was measured of them and their texts.

        Args:
            measured: columns of the schema `measured`.
            texts: of the same essays, in the same order.
        """
        return complete(measured, texts, self.learners, self.auxiliaries)

    @cached_property
    def score_model(self) -> ScoreModel:
        """What it makes scores of, made on first use.

        Raises:
            BundleError: the arrays do not make a score model.
        """
        return trees_from_bytes(self.trees, name=TREES)

    @cached_property
    def explainer(self) -> Explainer:
        """Says what each feature added to a score; made on first use.

        Raises:
            BundleError: the arrays do not make a score model.
        """
        return Explainer(self.score_model)


def bundle_files(contents: BundleContents) -> dict[str, bytes]:
    """Every file of a bundle by name, the signature last."""
    metadata = replace(
        contents.metadata,
        text_learners=tuple(learner.kind for learner in contents.learners),
        auxiliaries=tuple(model.name for model in contents.auxiliaries),
    )
    files = {
        METADATA: to_json(metadata),
        FEATURES: to_json(contents.schema),
        MODEL: contents.model,
        TREES: trees_to_bytes(contents.score_model),
        PROFILE: to_json(contents.profile),
        SELF_TEST: to_json(contents.self_test),
        CARD: render_model_card(metadata, contents.schema).encode(),
        **{
            name: text.encode()
            for name, text in zip(native_file_names(metadata), contents.native_texts, strict=True)
        },
        **learners_to_files(contents.learners),
        **auxiliaries_to_files(contents.auxiliaries),
    }
    lines = [f"{_sha256(files[name])}  {name}\n" for name in sorted(files)]
    return files | {SIGNATURE: "".join(lines).encode()}


def write_bundle(contents: BundleContents, directory: Path) -> Path:
    """Write a bundle as a new directory: whole, or not at all, even when the process is killed.

    Files are written and synced beside the target and moved into place at once; a killed write leaves only
    a hidden directory whose name begins with a dot.

    Args:
        contents: what to write.
        directory: where; its parent exists, itself it does not.

    Returns:
        The directory.

    Raises:
        BundleError: the directory exists, or cannot be written.
    """
    if directory.exists() or directory.is_symlink():
        raise BundleError(f"{directory} exists; bundles are never overwritten, choose another version")
    files = bundle_files(contents)
    try:
        _write_at_once(files, directory)
    except OSError as error:
        raise BundleError(f"cannot write bundle {directory}: {error.strerror}; nothing was left") from error
    return directory


def load_bundle(directory: Path) -> Bundle:
    """Read, verify and build a bundle.

    In this order: every file against the signature, format number, set of files, feature fingerprint, then
    the model, which must grade its own test rows as it did when it was made.

    Raises:
        BundleError: anything is missing, added, changed, of another format, or does not fit together.
    """
    try:
        files = _read_files(directory)
    except OSError as error:
        raise BundleError(f"cannot read bundle {directory}: {error.strerror}") from error
    try:
        _verify(files)
        return _build(files)
    except (BundleError, InputError) as error:
        raise BundleError(f"bundle {directory}: {error}") from error


def _build(files: Mapping[str, bytes]) -> Bundle:
    metadata = from_json(BundleMetadata, _checked_format(files), name=METADATA)
    learnt = {name for kind in metadata.text_learners for name in learner_file_names(kind)}
    learnt |= {name for model in metadata.auxiliaries for name in auxiliary_file_names(model)}
    _check_names(files, {*_ALWAYS, *native_file_names(metadata), *learnt})
    schema = from_json(FeatureSchema, files[FEATURES], name=FEATURES)
    check_schema(schema, metadata)
    learners = tuple(learner_from_files(kind, files) for kind in metadata.text_learners)
    auxiliaries = tuple(auxiliary_from_files(name, files) for name in metadata.auxiliaries)
    _check_learnt(schema, learners, auxiliaries)
    grader = OnnxGrader(files[MODEL])
    if grader.grades != metadata.scale.grades or grader.n_features != len(schema):
        raise BundleError(f"{MODEL} does not belong to the scale or the features of this bundle")
    self_test = from_json(SelfTest, files[SELF_TEST], name=SELF_TEST)
    self_test.check(grader.predict(self_test.rows(n_features=len(schema))))
    profile = from_json(ReferenceProfile, files[PROFILE], name=PROFILE)
    return Bundle(
        metadata=metadata,
        schema=schema,
        grader=grader,
        profile=profile,
        self_test=self_test,
        digest=_sha256(files[SIGNATURE]),
        trees=files[TREES],
        learners=learners,
        auxiliaries=auxiliaries,
    )


def _check_learnt(
    schema: FeatureSchema, learners: Sequence[FittedTextLearner], auxiliaries: Sequence[AuxiliaryModel]
) -> None:
    """Refuse models that do not say just what the schema's learnt columns hold."""
    measured = measured_schema(schema)
    alike = all(each.features == measured.fingerprint for each in auxiliaries)
    if not alike or complete_schema(measured, learners, auxiliaries).specs != schema.specs:
        told = [f"wording of {each.kind}: {', '.join(each.targets)}" for each in learners]
        told += [f"{each.name}: {', '.join(each.targets)}" for each in auxiliaries]
        raise BundleError(
            f"the learnt columns of the schema are not those of the learners ({'; '.join(told) or 'none'}); "
            "give one for each, in order"
        )


def _check_names(files: Mapping[str, bytes], needed: set[str]) -> None:
    if odd := needed ^ set(files):
        state = "missing" if min(odd) in needed else "not a file of this format"
        raise BundleError(f"{min(odd)} is {state}; copy the bundle again")


def _checked_format(files: Mapping[str, bytes]) -> bytes:
    """The metadata, once its format number is known to be ours: other formats may hold other fields."""
    if METADATA not in files:
        raise BundleError(f"{METADATA} is missing; this is no bundle")
    from_json(FormatNumber, files[METADATA], name=METADATA)
    return files[METADATA]


def _verify(files: Mapping[str, bytes]) -> None:
    """Refuse files that the signature does not list, or lists with another digest."""
    if SIGNATURE not in files:
        raise BundleError(f"{SIGNATURE} is missing; this is no bundle, or it was not copied whole")
    listed = _parse_signature(files[SIGNATURE])
    if odd := set(listed) ^ (set(files) - {SIGNATURE}):
        state = "missing" if min(odd) in listed else "not in the signature"
        raise BundleError(f"{min(odd)} is {state}; copy the bundle again")
    for name, digest in listed.items():
        if _sha256(files[name]) != digest:
            raise BundleError(f"{name} was changed after the bundle was written; copy the bundle again")


def _parse_signature(content: bytes) -> dict[str, str]:
    """Digests by file name; names are plain, so that nothing outside the bundle can be meant."""
    listed: dict[str, str] = {}
    *lines, end = content.decode("utf-8", "replace").split("\n")
    if end:
        raise BundleError(f"{SIGNATURE} does not end with a whole line; copy the bundle again")
    for number, line in enumerate(lines, start=1):
        found = _LINE.fullmatch(line)
        if found is None or found["name"] in listed:
            raise BundleError(
                f"line {number} of {SIGNATURE} is not '<sha256>  <file>'; copy the bundle again"
            )
        listed[found["name"]] = found["digest"]
    return listed


def _read_files(directory: Path) -> dict[str, bytes]:
    """Every file of the directory, which may hold plain files only."""
    files = {}
    for entry in sorted(os.scandir(directory), key=lambda entry: entry.name):
        if not entry.is_file(follow_symlinks=False):
            raise BundleError(f"bundle {directory}: {entry.name} is no plain file; a bundle holds no links")
        files[entry.name] = Path(entry.path).read_bytes()
    return files


def _write_at_once(files: Mapping[str, bytes], directory: Path) -> None:
    beside = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    try:
        staged = beside / directory.name
        staged.mkdir()
        for name, content in files.items():
            with (staged / name).open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        _sync_directory(staged)
        staged.rename(directory)
        _sync_directory(directory.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
