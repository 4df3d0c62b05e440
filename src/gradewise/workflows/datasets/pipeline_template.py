"""A `config.yaml` for a file of labelled texts: its columns looked up, what they hold written down."""

from __future__ import annotations

import os
from pathlib import Path

from gradewise.errors import InputError
from gradewise.essays.suggestions import quotable, suggest
from gradewise.protocols.tables import EssaySource
from gradewise.workflows.datasets.guesses import HELD_OF_CLASSES, find_columns
from gradewise.workflows.plans.classifier import SENTENCE_WIDTH, USUAL_COLUMNS, ExpectedColumn, usual_columns
from gradewise.workflows.plans.data import ColumnsPlan
from gradewise.workflows.plans.pipeline import Pipeline

NUMBERS = ("text_length", "word_count", "has_personal_info", "formality_score", "urgency_score")
"""Usual columns of intent data that a classifier may learn from; how sure a labeller was is none of them."""
VECTORS = "embeddings"
"""The usual column of vectors."""


def pipeline_for(
    source: EssaySource, *, path: Path, directory: Path, name: str, text: str | None, label: str | None
) -> Pipeline:
    """A configuration that reads a file as its columns suggest.

    Args:
        source: the file.
        path: where it lies.
        directory: where the configuration will lie, from which paths in it are seen.
        name: of the model.
        text: column of texts, where that is known.
        label: column of classes, where that is known.

    Raises:
        InputError: a column is not there, or none is plainly that of the texts or of the classes.
    """
    columns = source.columns()
    for named in (text, label):
        if named is not None and named not in columns:
            raise InputError(f"{source.location} has no column {quotable(named)!r}{suggest(named, columns)}")
    found = find_columns(source, ColumnsPlan(text=text, label=label), ("text", "label"), held=HELD_OF_CLASSES)
    expected = _expected(source)
    vectors = VECTORS if VECTORS in expected else None
    return Pipeline.model_validate(
        {
            "name": name,
            "data": {
                "path": Path(os.path.relpath(path, directory)),
                "text_column": found.text,
                "label_column": found.label,
                "id_column": found.id,
                "time_column": found.written_at,
                "schema": {key: held.model_dump(exclude_defaults=True) for key, held in expected.items()},
            },
            "preprocessing": {
                "embeddings_column": vectors,
                "extra_columns": tuple(key for key in NUMBERS if key in expected),
            },
        }
    )


def _expected(source: EssaySource) -> dict[str, ExpectedColumn]:
    """What the usual columns of intent data hold, where more of them are there than texts and classes."""
    columns = [column for column in source.columns() if column in USUAL_COLUMNS]
    if not set(columns) - {"text", "intent", "confidence", "timestamp"}:
        return {}
    usual = usual_columns(_width(source)) if VECTORS in columns else USUAL_COLUMNS
    return {column: usual[column] for column in columns}


def _width(source: EssaySource) -> int:
    """Numbers of the first vector there is: a schema asks all others for as many."""
    for row in source.rows():
        cell = row[VECTORS].strip()
        if cell:
            return cell.count(",") + 1
    return SENTENCE_WIDTH
