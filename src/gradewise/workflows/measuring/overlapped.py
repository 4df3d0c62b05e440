"""One essay measured while a checker is still reading it: the features that read no findings come first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gradewise.features.catalogue import GROUPS, extract_row
from gradewise.features.documents import Document
from gradewise.features.findings import Finding
from gradewise.features.schema import FeatureSchema
from gradewise.workflows.measuring.cached_rows import Row

Columns = NDArray[np.intp]
"""Places of columns."""


@dataclass(frozen=True, slots=True, eq=False)
class FindingsApart:
    """A schema in two parts: what reads findings of a checker, and what does not."""

    schema: FeatureSchema
    """The whole."""
    text_part: FeatureSchema
    """What is measured of the text alone."""
    text_columns: Columns
    """Where that stands."""
    findings_part: FeatureSchema
    """What reads findings."""
    findings_columns: Columns
    """Where that stands."""

    @classmethod
    def of(cls, schema: FeatureSchema) -> "FindingsApart":
        """Divide a schema of measured features."""
        reading = {name for name, group in GROUPS.items() if group.needs_findings}
        late = [column for column, spec in enumerate(schema.specs) if spec.group in reading]
        early = [column for column, spec in enumerate(schema.specs) if spec.group not in reading]
        return cls(
            schema,
            _part(schema, early),
            np.array(early, dtype=np.intp),
            _part(schema, late),
            np.array(late, dtype=np.intp),
        )


def measure_beside(
    document: Document,
    apart: FindingsApart,
    findings: Callable[[], tuple[Finding, ...]],
    *,
    meanwhile: Callable[[Document], None],
) -> tuple[Row, Document]:
    """Measure a document that was not checked yet: the same numbers as afterwards.

    Args:
        document: without findings.
        apart: which features.
        findings: waits for what a checker finds in the text; called once, when there is nothing else to do.
        meanwhile: what else can be done with the document before it was checked.

    Returns:
        A row of shape ``(n_features,)``; the document with its findings.
    """
    row = np.empty(len(apart.schema), dtype=np.float32)
    row[apart.text_columns] = extract_row(document, apart.text_part)
    meanwhile(document)
    checked = document.with_findings(findings())
    row[apart.findings_columns] = extract_row(checked, apart.findings_part)
    return row, checked


def _part(schema: FeatureSchema, columns: Sequence[int]) -> FeatureSchema:
    return replace(schema, specs=tuple(schema.specs[column] for column in columns))
