"""Text learners and auxiliary models as files: numbers as safetensors, everything else as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gradewise.errors import BundleError, InputError
from gradewise.models.auxiliary import AuxiliaryModel
from gradewise.models.bundles.files import from_json, to_json
from gradewise.models.linear_part import LinearPart
from gradewise.models.targets import slug
from gradewise.models.text.learners import FittedTextLearner
from gradewise.models.text.terms import TermKind

Arrays = Mapping[str, NDArray[Any]]
"""Arrays by name."""

_OF_LEARNERS = ("idf", "weights", "intercepts", "means", "penalties")


@dataclass(frozen=True, slots=True, kw_only=True)
class _LearnerRecord:
    """What of a text learner is not an array."""

    kind: TermKind
    source: str
    targets: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _AuxiliaryRecord:
    """What of an auxiliary model is not an array."""

    name: str
    targets: tuple[str, ...]
    features: str
    learners: tuple[_LearnerRecord, ...]


def learner_file_names(kind: TermKind) -> tuple[str, str]:
    """The names of a learner's JSON and safetensors files."""
    return f"wording_{kind}.json", f"wording_{kind}.safetensors"


def auxiliary_file_names(name: str) -> tuple[str, str]:
    """The names of an auxiliary model's JSON and safetensors files.

    >>> auxiliary_file_names("Six traits")
    ('auxiliary_six_traits.json', 'auxiliary_six_traits.safetensors')
    """
    return f"auxiliary_{slug(name)}.json", f"auxiliary_{slug(name)}.safetensors"


def learners_to_files(learners: Sequence[FittedTextLearner]) -> dict[str, bytes]:
    """Learners as files by name."""
    files = {}
    for learner in learners:
        record, arrays = learner_file_names(learner.kind)
        files[record] = to_json(_learner_record(learner))
        files[arrays] = bytes(save(_learner_arrays(learner)))
    return files


def learner_from_files(kind: TermKind, files: Mapping[str, bytes]) -> FittedTextLearner:
    """The learner of this kind among files that `learners_to_files` wrote.

    Raises:
        BundleError: a file is not readable, or the files do not belong together.
    """
    record_name, arrays_name = learner_file_names(kind)
    record = from_json(_LearnerRecord, files[record_name], name=record_name)
    if (record.kind, record.source) != (kind, ""):
        raise BundleError(
            f"{record_name} is a learner of {record.kind} {record.source}; copy the bundle again"
        )
    return _learner(record, _load(files[arrays_name], name=arrays_name), name=arrays_name)


def auxiliaries_to_files(auxiliaries: Sequence[AuxiliaryModel]) -> dict[str, bytes]:
    """Auxiliary models as files by name.

    Raises:
        BundleError: the files of two models would have the same names.
    """
    files: dict[str, bytes] = {}
    for model in auxiliaries:
        record, arrays = auxiliary_file_names(model.name)
        if record in files:
            raise BundleError(f"two auxiliary models would be stored as {record}; rename one of the sets")
        files[record] = to_json(
            _AuxiliaryRecord(
                name=model.name,
                targets=model.targets,
                features=model.features,
                learners=tuple(_learner_record(each) for each in model.learners),
            )
        )
        parts = {learner.kind: _learner_arrays(learner) for learner in model.learners} | {
            str(number): regression.to_arrays() for number, regression in enumerate(model.regressions)
        }
        named = {f"{part}.{name}": array for part, each in parts.items() for name, array in each.items()}
        files[arrays] = bytes(save(named))
    return files


def auxiliary_from_files(name: str, files: Mapping[str, bytes]) -> AuxiliaryModel:
    """The auxiliary model of this name among files that `auxiliaries_to_files` wrote.

    Raises:
        BundleError: a file is not readable, or the files do not belong together.
    """
    record_name, arrays_name = auxiliary_file_names(name)
    record = from_json(_AuxiliaryRecord, files[record_name], name=record_name)
    if record.name != name:
        raise BundleError(f"{record_name} is auxiliary model {record.name!r}; copy the bundle again")
    arrays = _load(files[arrays_name], name=arrays_name)
    parts = [str(number) for number in range(len(record.targets))]
    if odd := {array.split(".")[0] for array in arrays} ^ {*parts, *(each.kind for each in record.learners)}:
        raise BundleError(f"{arrays_name}: part {min(odd)!r} is missing or unknown; copy the bundle again")
    try:
        return AuxiliaryModel(
            name=name,
            targets=record.targets,
            features=record.features,
            learners=tuple(
                _learner(each, _of(each.kind, arrays), name=arrays_name) for each in record.learners
            ),
            regressions=tuple(LinearPart.from_arrays(_of(part, arrays)) for part in parts),
        )
    except InputError as error:
        raise BundleError(f"{record_name}: {error}; copy the bundle again") from error


def _of(prefix: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """The arrays of one part of a model, by their own names."""
    start = f"{prefix}."
    return {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}


def _learner_record(learner: FittedTextLearner) -> _LearnerRecord:
    return _LearnerRecord(
        kind=learner.kind, source=learner.source, targets=learner.targets, terms=learner.terms
    )


def _learner_arrays(learner: FittedTextLearner) -> dict[str, NDArray[Any]]:
    # Of an array that does not lie row by row, safetensors writes the numbers in another order.
    return {name: np.ascontiguousarray(getattr(learner, name)) for name in _OF_LEARNERS}


def _learner(record: _LearnerRecord, arrays: Arrays, *, name: str) -> FittedTextLearner:
    if odd := set(arrays) ^ set(_OF_LEARNERS):
        raise BundleError(f"{name}: array {min(odd)!r} is missing or unknown; copy the bundle again")
    try:
        return FittedTextLearner(
            kind=record.kind, source=record.source, targets=record.targets, terms=record.terms, **arrays
        )
    except InputError as error:
        raise BundleError(f"{name}: {error}; copy the bundle again") from error


def _load(content: bytes, *, name: str) -> Arrays:
    try:
        arrays: Arrays = load(content)
    except SafetensorError as error:
        raise BundleError(f"{name} is not readable: {error}; copy the bundle again") from error
    return arrays
