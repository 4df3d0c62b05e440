"""A schema with every kind of learnt column."""

import numpy as np

from essay_writers import written
from gradewise.features.schema import FeatureSchema
from gradewise.models.auxiliary import AuxiliaryModel
from gradewise.models.learnt_columns import complete_schema
from gradewise.models.linear_part import LinearPart
from gradewise.models.text.fitting import fit_text_learner
from gradewise.models.text.terms import TermKind

KINDS: tuple[TermKind, ...] = ("words", "characters", "runs")


def complete_schema_of(measured: FeatureSchema, *, trait: str | None = None) -> FeatureSchema:
    """Measured features, wording of the overall grade and perhaps of a trait, and a mark of other essays."""
    texts, codes = written(20)
    targets = ("overall",) if trait is None else ("overall", trait)
    marks = np.stack([codes] * len(targets), axis=1)
    learners = tuple(fit_text_learner(kind, texts, marks, targets=targets) for kind in KINDS)
    return complete_schema(measured, learners, (_auxiliary(measured),))


def _auxiliary(measured: FeatureSchema) -> AuxiliaryModel:
    nothing = np.zeros(len(measured))
    line = LinearPart(nothing, nothing + 1, nothing, nothing, 0.0)
    return AuxiliaryModel("other essays", ("grammar",), measured.fingerprint, (), (line,))
