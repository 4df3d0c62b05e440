"""Wording as columns: what text learners suggest, beside what was measured."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gradewise.features.catalogue import WORDING
from gradewise.features.schema import FeatureMatrix, FeatureSchema, FeatureSpec
from gradewise.models.text_learners import LEARNERS_VERSION, FittedTextLearner
from gradewise.models.text_terms import TermKind

TEXT_LEARNERS = "text_learners"
"""Under which name a schema records the version of the learners."""

_COUNTED: Mapping[TermKind, str] = MappingProxyType(
    {
        "words": "words, punctuation marks and pairs of neighbours",
        "characters": "runs of three to five characters",
    }
)


def wording_schema(measured: FeatureSchema, kinds: Sequence[TermKind]) -> FeatureSchema:
    """The schema with a column for each learner at its end; itself when there is none."""
    if not kinds:
        return measured
    return replace(
        measured,
        specs=(*measured.specs, *(_spec(kind) for kind in kinds)),
        versions={**measured.versions, TEXT_LEARNERS: LEARNERS_VERSION},
    )


def measured_schema(schema: FeatureSchema) -> FeatureSchema:
    """The part of a schema that is measured without anything learnt from grades: undoes `wording_schema`."""
    return replace(
        schema,
        specs=tuple(spec for spec in schema.specs if spec.group != WORDING),
        versions={tool: version for tool, version in schema.versions.items() if tool != TEXT_LEARNERS},
    )


def wording_kinds(schema: FeatureSchema) -> tuple[TermKind, ...]:
    """The learners whose columns a schema has, in order."""
    names = {_spec(kind).name: kind for kind in _COUNTED}
    return tuple(names[spec.name] for spec in schema.specs if spec.name in names)


def with_columns(
    matrix: FeatureMatrix, columns: NDArray[np.float32], kinds: Sequence[TermKind]
) -> FeatureMatrix:
    """The matrix with columns of learners, shape ``(n, n_learners)``, at its end."""
    values = np.concatenate([matrix.values, columns], axis=1)
    return FeatureMatrix(values, wording_schema(matrix.schema, kinds), matrix.essay_ids)


def with_wording(
    matrix: FeatureMatrix, learners: Sequence[FittedTextLearner], texts: Sequence[str]
) -> FeatureMatrix:
    """The matrix of new essays with what learners say of their texts (a text a row)."""
    columns = np.zeros((len(texts), len(learners)), dtype=np.float32)
    for position, learner in enumerate(learners):
        columns[:, position] = learner.predict(texts)
    return with_columns(matrix, columns, [learner.kind for learner in learners])


def _spec(kind: TermKind) -> FeatureSpec:
    return FeatureSpec(
        name=f"wording_{kind}_grade_steps",
        unit="grade steps",
        group=WORDING,
        low=-np.inf,
        high=np.inf,
        definition=f"The grade, counted from the lowest as 0, that {_COUNTED[kind]} suggest on their own: "
        "ridge regression on TF-IDF, learnt from other essays.",
        source="Hoerl & Kennard (1970), doi:10.1080/00401706.1970.10488634",
        direction=1,
    )
