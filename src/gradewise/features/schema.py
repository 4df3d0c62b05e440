"""Feature specs, schemas and matrices: the only things that cross from features to models."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.suggestions import suggest


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """What one column of a feature matrix means."""

    name: str
    """Unique, with the unit in it: ``spelling_errors_per_100_words``."""
    unit: str
    """What one unit of the value is: ``words``, ``errors per 100 words``, ``ratio`` …"""
    group: str
    """The construct a teacher would file it under: ``lexical``, ``cohesion`` …"""
    low: float
    """Smallest possible value; ``-inf`` when unbounded."""
    high: float
    """Largest possible value; ``inf`` when unbounded."""
    definition: str
    """What is computed, in one sentence."""
    source: str = ""
    """Paper, DOI or tool that defines it."""
    direction: int = 0
    """Which way theory says it moves grades: 1 more is better, -1 more is worse, 0 left to the data."""


@dataclass(frozen=True)
class FeatureSchema:
    """An ordered list of features with a fingerprint; two schemas are equal when it is."""

    specs: tuple[FeatureSpec, ...]
    """Columns, in matrix order."""
    language: str
    """ISO 639-1 code of the language measured."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Whatever else shapes the values: extractor version, checker with its rule list, word lists."""
    absent: Mapping[str, str] = field(default_factory=dict)
    """Groups that were asked for and could not be had, each with the reason."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Column names, in matrix order."""
        return tuple(spec.name for spec in self.specs)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over names, definitions, language and versions: 64 hex digits."""
        content = {
            "features": [[spec.name, spec.unit, spec.definition] for spec in self.specs],
            "language": self.language,
            "versions": dict(sorted(self.versions.items())),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def __len__(self) -> int:
        return len(self.specs)


@dataclass(frozen=True)
class FeatureMatrix:
    """Features of many essays: what models see, and all that they see."""

    values: NDArray[np.float32]
    """Shape ``(n_essays, n_features)``, finite."""
    schema: FeatureSchema
    """What the columns mean."""
    essay_ids: tuple[str, ...]
    """Which essay each row measures, unique."""

    def __post_init__(self) -> None:
        expected = (len(self.essay_ids), len(self.schema))
        if self.values.shape != expected:
            raise InputError(f"feature matrix has shape {self.values.shape}, expected {expected}")
        if not np.isfinite(self.values).all():
            row, column = np.argwhere(~np.isfinite(self.values))[0]
            raise InputError(
                f"feature {self.schema.names[column]} of essay {self.essay_ids[row]!r} is "
                f"{self.values[row, column]}; every feature must be a finite number"
            )

    def rows(self, essay_ids: Sequence[str]) -> "FeatureMatrix":
        """The rows of these essays, in this order.

        Raises:
            InputError: an essay is not in the matrix.
        """
        position = {essay_id: row for row, essay_id in enumerate(self.essay_ids)}
        missing = [essay_id for essay_id in essay_ids if essay_id not in position]
        if missing:
            raise InputError(f"no features for essay {missing[0]!r} (and {len(missing) - 1} more)")
        index = [position[essay_id] for essay_id in essay_ids]
        return FeatureMatrix(self.values[index], self.schema, tuple(essay_ids))

    def without(self, names: Collection[str]) -> "FeatureMatrix":
        """The matrix without some columns.

        Raises:
            InputError: a column is not there, or none would be left.
        """
        strange = sorted(set(names).difference(self.schema.names))
        if strange:
            meant = suggest(strange[0], self.schema.names) or f"; there are {', '.join(self.schema.names)}"
            raise InputError(f"no feature {strange[0]!r} to leave out{meant}")
        kept = [index for index, name in enumerate(self.schema.names) if name not in names]
        if not kept:
            raise InputError("every feature is left out; keep at least one")
        specs = tuple(self.schema.specs[index] for index in kept)
        return FeatureMatrix(self.values[:, kept], replace(self.schema, specs=specs), self.essay_ids)

    def with_columns(self, values: NDArray[np.float32], specs: Sequence[FeatureSpec]) -> "FeatureMatrix":
        """The matrix with further columns at its end: ``values`` has shape ``(n_essays, len(specs))``."""
        return FeatureMatrix(
            np.concatenate([self.values, values], axis=1),
            replace(self.schema, specs=(*self.schema.specs, *specs)),
            self.essay_ids,
        )
