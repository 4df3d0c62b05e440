"""What the training essays were like as files: numbers as safetensors, everything else as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass

from safetensors import SafetensorError
from safetensors.numpy import load, save

from gradewise.errors import BundleError, InputError
from gradewise.features.advisories.language import LanguageProfile
from gradewise.features.advisories.ranges import FeatureRanges
from gradewise.features.advisories.run_index import RunIndex
from gradewise.features.advisories.topics import TopicProfile
from gradewise.models.bundles.files import from_json, to_json
from gradewise.models.essay_reference import EssayReference, Limits

RECORD = "essay_reference.json"
"""Words, names and limits."""
ARRAYS = "essay_reference.safetensors"
"""Numbers."""
REFERENCE_FILES = frozenset({RECORD, ARRAYS})
"""Both; a bundle has either both or none."""
REFERENCE_FORMAT = 1
"""Version of the two files; another one is refused."""

_ARRAYS = frozenset({"affinity", "idf", "mean", "directions", "hashes", "owners", "low", "high"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """What is not an array."""

    format: int
    n: int
    code: str
    limits: Limits
    alerts: Mapping[str, tuple[str, ...]]
    everyday: tuple[str, ...]
    trigrams: tuple[str, ...]
    terms: tuple[str, ...]
    prompts: tuple[str, ...]
    features: tuple[str, ...]


def reference_to_files(reference: EssayReference) -> dict[str, bytes]:
    """A reference as files by name: about a megabyte for 2,000 essays of 400 words."""
    language, topics, runs = reference.language, reference.topics, reference.runs
    record = _Record(
        format=REFERENCE_FORMAT,
        n=reference.n,
        code=reference.code,
        limits=reference.limits,
        alerts={kind: tuple(phrases) for kind, phrases in reference.alerts.items()},
        everyday=language.everyday,
        trigrams=tuple(sorted(language.trigrams)),
        terms=topics.terms,
        prompts=topics.prompts,
        features=reference.ranges.names,
    )
    arrays = {
        "affinity": language.affinity,
        "idf": topics.idf,
        "mean": topics.mean,
        "directions": topics.directions,
        "hashes": runs.hashes,
        "owners": runs.owners,
        "low": reference.ranges.low,
        "high": reference.ranges.high,
    }
    return {RECORD: to_json(record), ARRAYS: bytes(save(arrays))}


def reference_from_files(files: Mapping[str, bytes]) -> EssayReference:
    """The reference among files that `reference_to_files` wrote.

    Raises:
        BundleError: a file is not readable or of another format, or the files do not belong together.
    """
    record = from_json(_Record, files[RECORD], name=RECORD)
    if record.format != REFERENCE_FORMAT:
        raise BundleError(
            f"{RECORD} has format {record.format}, not {REFERENCE_FORMAT}; use a gradewise of its time"
        )
    try:
        arrays = load(files[ARRAYS])
        if set(arrays) != _ARRAYS:
            raise BundleError(f"{ARRAYS} does not hold what {RECORD} goes with; copy the bundle again")
        return EssayReference(
            n=record.n,
            code=record.code,
            limits=record.limits,
            language=LanguageProfile(record.everyday, arrays["affinity"], frozenset(record.trigrams)),
            topics=TopicProfile(
                record.terms, arrays["idf"], arrays["mean"], record.prompts, arrays["directions"]
            ),
            runs=RunIndex(arrays["hashes"], arrays["owners"]),
            ranges=FeatureRanges(record.features, arrays["low"], arrays["high"]),
            alerts=record.alerts,
        )
    except (InputError, SafetensorError) as error:
        raise BundleError(f"{ARRAYS}: {error}; copy the bundle again") from error
