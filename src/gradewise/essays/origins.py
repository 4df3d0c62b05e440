"""Where essays came from and which were chosen: what splits and feature stores belong to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of essays."""

    role: str
    """``train``, or ``test`` for a locked test file."""
    name: str
    """Its name, without the directories that it lies in."""
    sha256: str
    """Digest of the stored bytes: 64 hex digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Files, and the filters that were set on them."""

    kind: str
    """``csv``, or the published dataset that it is: ``ellipse`` …"""
    sources: tuple[SourceFile, ...]
    """Training file first."""
    sha256: str
    """Digest of the file, or of both files' digests: 64 hex digits."""
    min_words: int | None
    """Fewest words, inclusive; ``None`` where no bound was set."""
    max_words: int | None
    """Most words, inclusive."""
    exclude_prompts: tuple[str, ...]
    """Prompts left out."""
    only_prompts: tuple[str, ...]
    """The only prompts kept; empty keeps all."""


def origin_to_json(origin: Origin) -> dict[str, Any]:
    """Plain values under the names that ``splits.json`` and feature stores use."""
    return {
        "dataset_kind": origin.kind,
        "dataset_sources": [
            {"role": each.role, "name": each.name, "sha256": each.sha256} for each in origin.sources
        ],
        "dataset_sha256": origin.sha256,
        "dataset_excluded_prompts": list(origin.exclude_prompts),
        "dataset_only_prompts": list(origin.only_prompts),
        "word_count_window": {"min": origin.min_words, "max": origin.max_words},
    }


def origin_from_json(content: Mapping[str, Any]) -> Origin:
    """What `origin_to_json` wrote.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: a field is missing or of the wrong kind.
    """
    window = content["word_count_window"]
    return Origin(
        kind=str(content["dataset_kind"]),
        sources=tuple(
            SourceFile(str(each["role"]), str(each["name"]), str(each["sha256"]))
            for each in content["dataset_sources"]
        ),
        sha256=str(content["dataset_sha256"]),
        min_words=_bound(window["min"]),
        max_words=_bound(window["max"]),
        exclude_prompts=tuple(str(prompt) for prompt in content["dataset_excluded_prompts"]),
        only_prompts=tuple(str(prompt) for prompt in content["dataset_only_prompts"]),
    )


def _bound(value: Any) -> int | None:
    return None if value is None else int(value)
