"""Texts with their columns, as data profiles see them: when a model learns, and whenever it is used."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.evaluation.data_profile import LABEL, DataProfile, Said, TextTable, describe_data
from gradewise.features.catalogue import AUXILIARY, WORDING
from gradewise.features.embeddings import EMBEDDING
from gradewise.features.given import GIVEN
from gradewise.features.schema import FeatureMatrix, FeatureSchema, FeatureSpec
from gradewise.models.predictions import GradePredictions

DATA_PROFILE = "data_profile.json"
"""What a training leaves of its data among the artifacts of its run."""
PROMPT = "prompt"
"""Under which name the shares of prompts are kept."""
YES, NO = "yes", "no"

_LEARNT = frozenset({WORDING, AUXILIARY})  # learnt from labels: they look otherwise on what taught them
_COMPONENT = re.compile(r"(.+)__[0-9]+")
_LONGEST_LABEL = 100


def profile_of_training(
    essays: Sequence[Essay], matrix: FeatureMatrix, *, unseen: GradePredictions | None, scale: Scale
) -> DataProfile:
    """What the texts that a model learnt from look like.

    Args:
        essays: of the training part.
        matrix: everything that the model reads of them, row by row.
        unseen: what the model that ships says of the locked test set; ``None`` where there is none.
        scale: of the labels.
    """
    return describe_data(table_of(essays, matrix, said=unseen, scale=scale))


def table_of(
    essays: Sequence[Essay],
    matrix: FeatureMatrix | None = None,
    *,
    said: GradePredictions | None = None,
    scale: Scale | None = None,
    like: DataProfile | None = None,
) -> TextTable:
    """Texts with everything that is known of them.

    Args:
        essays: the texts.
        matrix: what a model reads of them, row by row; columns that were learnt from labels are passed over.
        said: what the model says of them, or of others of their kind.
        scale: of what it says.
        like: the profile that they are to be held against, which knows which columns hold yes and no.
    """
    numbers, labels, vectors = _columns(matrix, like)
    for name, column in ((LABEL, [essay.label for essay in essays]), (PROMPT, _prompts(essays))):
        if any(each is not None for each in column):
            labels[name] = column
    return TextTable(
        texts=[essay.text for essay in essays],
        numbers=numbers,
        labels=labels,
        times=[essay.written_at for essay in essays],
        vectors=vectors,
        said=None if said is None or scale is None or not len(said) else _said(said, scale),
    )


def own_columns(schema: FeatureSchema) -> tuple[str, ...]:
    """The columns that are numbers by themselves: not parts of vectors, and not learnt from labels."""
    return tuple(
        spec.name for spec in schema.specs if spec.group not in _LEARNT and _column_of(spec) == spec.name
    )


def table_of_readings(
    matrix: FeatureMatrix, *, said: Said, answered: Mapping[str, Sequence[str]], like: DataProfile
) -> TextTable:
    """Texts of which nothing is at hand but what a model read of them and answered.

    Args:
        matrix: everything that it read, row by row.
        said: what it said of them.
        answered: what went with its answers, see `TextTable.answered`.
        like: the profile that they are to be held against.
    """
    numbers, labels, vectors = _columns(matrix, like)
    return TextTable(numbers=numbers, labels=labels, vectors=vectors, said=said, answered=answered)


def _columns(
    matrix: FeatureMatrix | None, like: DataProfile | None
) -> tuple[dict[str, NDArray[np.floating]], dict[str, Sequence[str | None]], dict[str, NDArray[np.float32]]]:
    """The columns of a matrix: numbers, answers of yes and no, and vectors."""
    numbers: dict[str, NDArray[np.floating]] = {}
    labels: dict[str, Sequence[str | None]] = {}
    together: dict[str, list[int]] = {}
    for place, spec in enumerate(() if matrix is None else matrix.schema.specs):
        if spec.group not in _LEARNT:
            together.setdefault(_column_of(spec), []).append(place)
    for name, places in together.items():
        assert matrix is not None  # noqa: S101 - it has columns
        values = matrix.values[:, places]
        if len(places) > 1 or name == EMBEDDING:
            continue
        if _is_flag(matrix.schema.specs[places[0]], values, like):
            labels[name] = [_answer(each) for each in values[:, 0].tolist()]
        else:
            numbers[name] = values[:, 0]
    vectors = {
        name: matrix.values[:, places]
        for name, places in together.items()
        if matrix is not None and (len(places) > 1 or name == EMBEDDING)
    }
    return numbers, labels, vectors


def _column_of(spec: FeatureSpec) -> str:
    """The column that a feature is a part of: itself, but for components of vectors."""
    if spec.group == EMBEDDING:
        return EMBEDDING
    part = _COMPONENT.fullmatch(spec.name) if spec.group == GIVEN else None
    return spec.name if part is None else part[1]


def _is_flag(spec: FeatureSpec, values: NDArray[np.float32], like: DataProfile | None) -> bool:
    """Whether a number that is given says yes or no."""
    if like is not None:
        return spec.name in like.labels
    return spec.group == GIVEN and bool(np.isin(values, (0.0, 1.0)).all())


def _answer(value: float) -> str | None:
    return None if np.isnan(value) else {0.0: NO, 1.0: YES}.get(value, f"{value:g}")


def _prompts(essays: Sequence[Essay]) -> list[str | None]:
    return [None if essay.prompt is None else essay.prompt[:_LONGEST_LABEL] for essay in essays]


def _said(predictions: GradePredictions, scale: Scale) -> Said:
    confidence = predictions.probabilities[np.arange(len(predictions)), predictions.codes]
    return Said(labels=[scale.grades[code] for code in predictions.codes.tolist()], confidence=confidence)
