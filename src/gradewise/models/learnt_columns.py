"""Columns that were learnt from grades, beside what was measured: wording, then what other essays taught."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.features.catalogue import AUXILIARY, WORDING
from gradewise.features.embeddings import handcrafted_schema, with_dimensions
from gradewise.features.schema import FeatureMatrix, FeatureSchema, FeatureSpec
from gradewise.models.auxiliary import AUXILIARY_VERSION, AuxiliaryModel
from gradewise.models.projection import Projection, project
from gradewise.models.targets import OVERALL, slug
from gradewise.models.text.components import COMPONENTS
from gradewise.models.text.learners import LEARNERS_VERSION, FittedTextLearner, Suggestions
from gradewise.models.text.terms import TermKind

TEXT_LEARNERS = "text_learners"
"""Under which name a schema records the version of the learners."""

_RIDGE = "Hoerl & Kennard (1970), doi:10.1080/00401706.1970.10488634"
_COUNTED: Mapping[TermKind, str] = MappingProxyType(
    {
        "words": "words, punctuation marks and pairs of neighbours",
        "characters": "runs of three to five characters",
        "runs": "the presence of runs of three to eight characters in small letters",
    }
)
_GROUPS = frozenset({WORDING, AUXILIARY})
_TOOLS = frozenset({TEXT_LEARNERS, AUXILIARY, COMPONENTS})


def complete(
    measured: FeatureMatrix,
    texts: Sequence[str],
    learners: Sequence[FittedTextLearner],
    auxiliaries: Sequence[AuxiliaryModel] = (),
    projection: Projection | None = None,
    *,
    wording: Sequence[Suggestions] | None = None,
) -> FeatureMatrix:
    """What a model reads of new essays: what was measured, their wording, what other essays taught.

    Args:
        measured: features that need no grades.
        texts: of the same essays, in the same order.
        learners: whose suggestions come next.
        auxiliaries: whose suggestions come last; they read what was measured, without projection.
        projection: makes components of what a text model sees.
        wording: what the learners suggest, where they were asked before.
    """
    suggested = [learner.predict(texts) for learner in learners] if wording is None else wording
    columns = [*suggested, suggestions(measured, texts, auxiliaries)]
    seen = project(measured, projection)
    return with_columns(seen, np.concatenate(columns, axis=1), learners, auxiliaries)


def suggestions(
    measured: FeatureMatrix, texts: Sequence[str], auxiliaries: Sequence[AuxiliaryModel]
) -> NDArray[np.float32]:
    """What models of other essays say of these, model by model and target by target: a column for each."""
    nothing = np.zeros((len(texts), 0), dtype=np.float32)
    return np.concatenate([nothing, *(each.suggest(measured, texts) for each in auxiliaries)], axis=1)


def with_columns(
    measured: FeatureMatrix,
    columns: NDArray[np.float32],
    learners: Sequence[FittedTextLearner],
    auxiliaries: Sequence[AuxiliaryModel] = (),
) -> FeatureMatrix:
    """The matrix with learnt columns at its end, as `complete_schema` orders them.

    Args:
        measured: features that need no grades.
        columns: wording, for training essays out of fold, then `suggestions`: shape ``(n, n_columns)``.
        learners: what the former come from.
        auxiliaries: what the latter come from.
    """
    values = np.concatenate([measured.values, columns], axis=1)
    return FeatureMatrix(values, complete_schema(measured.schema, learners, auxiliaries), measured.essay_ids)


def complete_schema(
    measured: FeatureSchema,
    learners: Sequence[FittedTextLearner],
    auxiliaries: Sequence[AuxiliaryModel] = (),
) -> FeatureSchema:
    """The schema with a column for each kind and target, then for each auxiliary model and target.

    Raises:
        InputError: two columns would have the same name.
    """
    specs = [_wording_spec(each.kind, target) for each in learners for target in each.targets]
    specs += [_auxiliary_spec(each.name, target) for each in auxiliaries for target in each.targets]
    if not specs:
        return measured
    clash, times = Counter(spec.name for spec in (*measured.specs, *specs)).most_common(1)[0]
    if times > 1:
        raise InputError(f"{times} columns would be called {clash}; rename a trait or an auxiliary set")
    versions = {**measured.versions, TEXT_LEARNERS: LEARNERS_VERSION}
    if auxiliaries:
        versions[AUXILIARY] = AUXILIARY_VERSION
    return replace(measured, specs=(*measured.specs, *specs), versions=versions)


def measured_schema(schema: FeatureSchema, projection: Projection | None = None) -> FeatureSchema:
    """The part of a schema that is measured without anything learnt: undoes `complete_schema` and `project`.

    Args:
        schema: everything that a model reads.
        projection: made components of what a text model sees.
    """
    measured = replace(
        schema,
        specs=tuple(spec for spec in schema.specs if spec.group not in _GROUPS),
        versions={tool: version for tool, version in schema.versions.items() if tool not in _TOOLS},
    )
    return measured if projection is None else with_dimensions(measured, projection.n_dimensions)


def handcrafted_part(matrix: FeatureMatrix) -> FeatureMatrix:
    """The columns that have names, of which a person can be told: measured, and by no text model."""
    schema = handcrafted_schema(measured_schema(matrix.schema))
    return FeatureMatrix(matrix.values[:, : len(schema)], schema, matrix.essay_ids)


def wording_stem(kind: TermKind, target: str) -> str:
    """What names say of a learner's target: ``wording_words``, or ``wording_words_grammar`` for a trait.

    >>> wording_stem("runs", "overall"), wording_stem("runs", "Språkriktighet!")
    ('wording_runs', 'wording_runs_sprakriktighet')
    """
    return f"wording_{kind}" if target == OVERALL else f"wording_{kind}_{slug(target)}"


def _wording_spec(kind: TermKind, target: str) -> FeatureSpec:
    what = "The grade" if target == OVERALL else f"The grade for {target}"
    return FeatureSpec(
        name=f"{wording_stem(kind, target)}_grade_steps",
        unit="grade steps",
        group=WORDING,
        low=-np.inf,
        high=np.inf,
        definition=f"{what}, counted from the lowest as 0, that {_COUNTED[kind]} suggest on their own: "
        "ridge regression on TF-IDF, learnt from other essays.",
        source=_RIDGE,
        direction=1,
    )


def _auxiliary_spec(name: str, target: str) -> FeatureSpec:
    return FeatureSpec(
        name=f"auxiliary_{slug(name)}_{slug(target)}",
        unit="marks",
        group=AUXILIARY,
        low=-np.inf,
        high=np.inf,
        definition=f"The mark for {target} that the essays of {name!r} teach to expect: ridge regression on "
        "measured features and wording, learnt from them alone.",
        source=_RIDGE,
        direction=1,
    )
