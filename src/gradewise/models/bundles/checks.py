"""Whether files are those of a bundle: none missing, none added, of a format that is read."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from gradewise.errors import BundleError
from gradewise.models.bundles.contents import CARD, FEATURES, METADATA, PROFILE
from gradewise.models.bundles.files import from_json
from gradewise.models.bundles.learnt_files import (
    auxiliary_file_names,
    learner_file_names,
)
from gradewise.models.bundles.metadata import BundleMetadata, FormatNumber
from gradewise.models.bundles.reference_files import REFERENCE_FILES
from gradewise.models.bundles.storage import (
    SIGNATURE,
)
from gradewise.models.bundles.targets import (
    target_file_names,
    target_prefixes,
)

ALWAYS = frozenset({METADATA, FEATURES, PROFILE, CARD, SIGNATURE})
"""The files of every bundle."""


def needed_files(metadata: BundleMetadata) -> set[str]:
    """The files that a bundle must have beside those that every one has."""
    prefixes = target_prefixes(len(metadata.traits))
    needed = set(REFERENCE_FILES) if metadata.scale.ordered else set()
    for target, prefix in zip(metadata.targets, prefixes, strict=True):
        needed |= set(target_file_names(target, prefix))
    for kind in metadata.text_learners:
        needed |= set(learner_file_names(kind))
    for each in metadata.auxiliaries:
        needed |= set(auxiliary_file_names(each.name))
    return needed


def check_names(files: Mapping[str, bytes], needed: AbstractSet[str]) -> None:
    """Pass when the files are those that are needed.

    Raises:
        BundleError: one is missing, or none of a bundle.
    """
    if odd := needed ^ set(files):
        state = "missing" if min(odd) in needed else "not a file of this format"
        raise BundleError(f"{min(odd)} is {state}; copy the bundle again")


def checked_format(files: Mapping[str, bytes]) -> bytes:
    """The metadata, once its format number is known to be ours: other formats may hold other fields.

    Raises:
        BundleError: there is none, or it is of another format.
    """
    if METADATA not in files:
        raise BundleError(f"{METADATA} is missing; this is no bundle")
    from_json(FormatNumber, files[METADATA], name=METADATA)
    return files[METADATA]
