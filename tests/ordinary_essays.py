"""Generated essays that are ordinary, measured, and what is learnt from them: for tests of advisories."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from gradewise.essays.records import Essay
from gradewise.features.catalogue import build_schema, extract_row
from gradewise.features.documents import Document, build_document
from gradewise.features.schema import FeatureMatrix
from gradewise.models.essay_reference import EssayReference, describe_essays
from gradewise.testing.synthetic import generate_essays

SCHEMA = build_schema(
    language="en", groups=["length", "mechanics"], has_findings=False, has_prompt_text=False
)


def read(text: str, *, language: str = "en") -> Document:
    """A text as a document."""
    return build_document(text, language=language)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in small letters."""
    return read(text).lowered


def measured(essays: Sequence[Essay]) -> FeatureMatrix:
    """A few features of essays, really measured."""
    rows = [extract_row(read(essay.text), SCHEMA) for essay in essays]
    return FeatureMatrix(np.array(rows), SCHEMA, tuple(essay.id for essay in essays))


@cache
def ordinary(n: int = 160, *, seed: int = 3) -> tuple[Essay, ...]:
    """Essays that nobody would wonder about, on seven prompts."""
    return generate_essays(n, seed=seed)


@cache
def reference() -> EssayReference:
    """What is learnt from `ordinary` essays."""
    return describe_essays(ordinary(), measured(ordinary()))
