"""Text components as files: numbers as safetensors, everything else as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gradewise.errors import BundleError, InputError
from gradewise.models.bundle_files import from_json, to_json
from gradewise.models.text_components import ComponentKind, TextComponents

RECORD = "components.json"
"""What is counted, and the terms."""
ARRAYS = "components.safetensors"
"""Rarities and axes."""
COMPONENT_FILES = frozenset({RECORD, ARRAYS})
"""Both; a bundle has either both or none."""

_ARRAYS = frozenset({"idf", "axes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """What is not an array."""

    kind: ComponentKind
    terms: tuple[str, ...]


def components_to_files(components: TextComponents | None) -> dict[str, bytes]:
    """Components as files by name; none without any."""
    if components is None:
        return {}
    arrays = {"idf": components.idf, "axes": _halved(components.axes)}
    # Of an array that does not lie row by row, safetensors writes the numbers in another order.
    content = save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
    record = _Record(kind=components.kind, terms=components.terms)
    return {RECORD: to_json(record), ARRAYS: bytes(content)}


def components_from_files(files: Mapping[str, bytes]) -> TextComponents | None:
    """The components among files that `components_to_files` wrote; ``None`` where there are none.

    Raises:
        BundleError: a file is missing or not readable, or the two do not belong together.
    """
    there = COMPONENT_FILES & set(files)
    if not there:
        return None
    if missing := COMPONENT_FILES - there:
        raise BundleError(f"{min(missing)} is missing beside {min(there)}; copy the bundle again")
    record = from_json(_Record, files[RECORD], name=RECORD)
    try:
        arrays = load(files[ARRAYS])
        if odd := set(arrays) ^ _ARRAYS:
            raise BundleError(f"{ARRAYS}: array {min(odd)!r} is missing or unknown; copy the bundle again")
        idf, axes = arrays["idf"], arrays["axes"]
        if axes.dtype == np.float16:
            axes = axes.astype(np.float32)
        if idf.ndim != 1 or axes.ndim != 2:  # noqa: PLR2004 - components by terms
            raise BundleError(f"{ARRAYS} holds arrays of other shapes; copy the bundle again")
        return TextComponents(record.kind, record.terms, idf, axes)
    except (InputError, SafetensorError) as error:
        raise BundleError(f"{ARRAYS}: {error}; copy the bundle again") from error


def _halved(axes: NDArray[np.float32]) -> NDArray[Any]:
    """In half precision where that loses nothing: axes are most of a bundle of classes."""
    half = axes.astype(np.float16)
    return half if np.array_equal(half.astype(np.float32), axes) else axes
