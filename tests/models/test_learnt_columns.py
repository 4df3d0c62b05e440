"""Wording columns: at the end of the schema, one construct, known by kind and version."""

import numpy as np
import pytest
from gradewise.models.text_columns import measured_schema, with_wording, wording_kinds, wording_schema
from numpy.testing import assert_array_equal

from essay_writers import written
from gradewise.features.catalogue import CONSTRUCTS
from gradewise.models import text_columns
from gradewise.models.text_fitting import fit_text_learner
from gradewise.models.text_terms import TermKind
from gradewise.testing.graders import made_up_matrix

MEASURED = made_up_matrix(n=6)[0]
BOTH: tuple[TermKind, ...] = ("words", "characters")


def test_the_measured_part_comes_back() -> None:
    """Adding columns and taking them away gives the schema that rows are cached under."""
    schema = wording_schema(MEASURED.schema, BOTH)
    assert MEASURED.schema.fingerprint == measured_schema(schema).fingerprint
    assert MEASURED.schema == measured_schema(MEASURED.schema)
    assert BOTH == wording_kinds(schema)


def test_no_learner_leaves_everything_as_it_was() -> None:
    """A plan without learners makes the bundles that were made before there were any."""
    assert MEASURED.schema is wording_schema(MEASURED.schema, ())
    assert () == wording_kinds(MEASURED.schema)
    assert_array_equal(with_wording(MEASURED, (), ["a"] * 6).values, MEASURED.values)


def test_the_fingerprint_tells_learners_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which learners, in which order and of which version, is part of it."""
    kinds: list[tuple[TermKind, ...]] = [("words",), ("characters",), BOTH, ("characters", "words")]
    prints = {wording_schema(MEASURED.schema, each).fingerprint for each in kinds}
    monkeypatch.setattr(text_columns, "LEARNERS_VERSION", "2")
    prints.add(wording_schema(MEASURED.schema, BOTH).fingerprint)
    assert 5 == len(prints)


def test_columns_are_explained_as_one_construct() -> None:
    """Every learner's column is filed under a construct that reports know."""
    specs = wording_schema(MEASURED.schema, BOTH).specs[-2:]
    assert ["wording_words_grade_steps", "wording_characters_grade_steps"] == [spec.name for spec in specs]
    assert {"wording"} == {CONSTRUCTS[spec.group] for spec in specs}
    assert all(spec.definition.endswith(".") for spec in specs)


def test_new_essays_get_what_learners_say() -> None:
    """Measured columns stay, each learner's predictions follow in order."""
    texts, codes = written(40)
    learners = [fit_text_learner(kind, texts, codes) for kind in BOTH]
    full = with_wording(MEASURED, learners, texts[:6])
    assert_array_equal(full.values[:, :-2], MEASURED.values)
    expected = np.column_stack([learner.predict(texts[:6]) for learner in learners])
    assert_array_equal(full.values[:, -2:], expected)
    assert MEASURED.essay_ids == full.essay_ids
