"""Text learners as files: numbers as safetensors, everything else as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safetensors import SafetensorError
from safetensors.numpy import load, save

from gradewise.errors import BundleError, InputError
from gradewise.models.bundle_files import from_json, to_json
from gradewise.models.text_learners import FittedTextLearner
from gradewise.models.text_terms import TermKind


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """What is not an array."""

    kind: TermKind
    intercept: float
    mean: float
    penalty: float
    terms: tuple[str, ...]


def learner_file_names(kind: TermKind) -> tuple[str, str]:
    """The names of a learner's JSON and safetensors files."""
    return f"wording_{kind}.json", f"wording_{kind}.safetensors"


def learners_to_files(learners: Sequence[FittedTextLearner]) -> dict[str, bytes]:
    """Learners as files by name."""
    files = {}
    for learner in learners:
        record, arrays = learner_file_names(learner.kind)
        files[record] = to_json(
            _Record(
                kind=learner.kind,
                intercept=learner.intercept,
                mean=learner.mean,
                penalty=learner.penalty,
                terms=learner.terms,
            )
        )
        files[arrays] = bytes(save({"idf": learner.idf, "weights": learner.weights}))
    return files


def learner_from_files(kind: TermKind, files: Mapping[str, bytes]) -> FittedTextLearner:
    """The learner of this kind among files that `learners_to_files` wrote.

    Raises:
        BundleError: a file is not readable, or the files do not belong together.
    """
    record_name, arrays_name = learner_file_names(kind)
    record = from_json(_Record, files[record_name], name=record_name)
    try:
        arrays = load(files[arrays_name])
        if record.kind != kind or set(arrays) != {"idf", "weights"}:
            raise BundleError(
                f"{record_name} and {arrays_name} are no learner of {kind}; copy the bundle again"
            )
        return FittedTextLearner(
            kind=kind,
            terms=record.terms,
            idf=arrays["idf"],
            weights=arrays["weights"],
            intercept=record.intercept,
            mean=record.mean,
            penalty=record.penalty,
        )
    except (InputError, SafetensorError) as error:
        raise BundleError(f"{arrays_name}: {error}; copy the bundle again") from error
