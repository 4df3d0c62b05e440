"""Text components as files: numbers as safetensors, the terms as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gradewise.errors import BundleError, InputError
from gradewise.models.bundles.files import from_json, to_json
from gradewise.models.text.components import ComponentKind, TextComponents

COMPONENT_RECORD, COMPONENT_ARRAYS = "components.json", "components.safetensors"
"""The names of the two files."""
COMPONENT_FILES = (COMPONENT_RECORD, COMPONENT_ARRAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ComponentRecord:
    """What of text components is not an array."""

    kind: ComponentKind
    terms: tuple[str, ...]


def components_to_files(components: TextComponents) -> dict[str, bytes]:
    """Components as files by name; axes, which are fitted to half precision, are kept in it."""
    axes, half = components.axes, components.axes.astype(np.float16)
    arrays = {
        "idf": np.ascontiguousarray(components.idf),
        # Axes that were made otherwise would come back as others.
        "axes": np.ascontiguousarray(half if np.array_equal(half.astype(np.float32), axes) else axes),
    }
    record = _ComponentRecord(kind=components.kind, terms=components.terms)
    return {COMPONENT_RECORD: to_json(record), COMPONENT_ARRAYS: bytes(save(arrays))}


def components_from_files(files: Mapping[str, bytes]) -> TextComponents:
    """The components among files that `components_to_files` wrote.

    Raises:
        BundleError: a file is not readable, or the two do not belong together.
    """
    record = from_json(_ComponentRecord, files[COMPONENT_RECORD], name=COMPONENT_RECORD)
    try:
        arrays = load(files[COMPONENT_ARRAYS])
    except SafetensorError as error:
        raise BundleError(f"{COMPONENT_ARRAYS} is not readable: {error}; copy the bundle again") from error
    if odd := set(arrays) ^ {"idf", "axes"}:
        raise BundleError(
            f"{COMPONENT_ARRAYS}: array {min(odd)!r} is missing or unknown; copy the bundle again"
        )
    try:
        return TextComponents(record.kind, record.terms, arrays["idf"], arrays["axes"].astype(np.float32))
    except InputError as error:
        raise BundleError(f"{COMPONENT_ARRAYS}: {error}; copy the bundle again") from error
