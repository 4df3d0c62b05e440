"""Columns of a text model: behind the handcrafted ones, without names that a person would be told."""

import pytest

from gradewise.features.catalogue import build_schema
from gradewise.features.constructs import EMBEDDING_CONSTRUCT, MEANINGS, constructs_of, has_name
from gradewise.features.embeddings import (
    EMBEDDER,
    EMBEDDING,
    embedding_columns,
    handcrafted_schema,
    with_components,
    with_dimensions,
    with_embeddings,
)
from gradewise.features.labels import label_of
from gradewise.features.schema import FeatureSchema, FeatureSpec

NAMED = build_schema(language="en", groups=["length"], has_findings=False, has_prompt_text=False)
NONE = FeatureSchema((), "en")
BOTH = with_embeddings(NAMED, 12, fingerprint="model 1")


def test_dimensions_stand_behind_what_is_handcrafted() -> None:
    """Numbered from 0, all of one group, none with a direction, and the model is on record."""
    assert NAMED.names == BOTH.names[: len(NAMED)]
    assert ("embedding_000", "embedding_011") == (BOTH.names[len(NAMED)], BOTH.names[-1])
    assert {(EMBEDDING, 0)} == {(spec.group, spec.direction) for spec in BOTH.specs[len(NAMED) :]}
    assert "model 1" == BOTH.versions[EMBEDDER]
    assert len(set(BOTH.names)) == len(BOTH) == len(NAMED) + 12


@pytest.mark.parametrize("named", [NAMED, NONE], ids=["some", "none"])
def test_the_handcrafted_part_comes_back(named: FeatureSchema) -> None:
    """To the fingerprint, so that what was measured without a text model is found in the cache."""
    assert named.fingerprint == handcrafted_schema(with_embeddings(named, 3, fingerprint="m")).fingerprint


def test_another_model_is_another_schema() -> None:
    """Vectors of two models are never mistaken for one another."""
    other = with_embeddings(NAMED, 12, fingerprint="model 2")
    assert BOTH.names == other.names
    assert BOTH.fingerprint != other.fingerprint


def test_components_take_the_place_of_dimensions_and_give_it_back() -> None:
    """Whatever stands before and behind stays where it is."""
    behind = FeatureSpec("behind", "none", "wording", 0, 1, "Something learnt.")
    wide = FeatureSchema((*BOTH.specs, behind), "en", BOTH.versions)
    few = with_components(wide, 10)
    assert (*NAMED.names, "embedding_pc_01") == few.names[: len(NAMED) + 1]
    assert ("embedding_pc_10", "behind") == few.names[-2:]
    assert wide.fingerprint == with_dimensions(few, 12).fingerprint


def test_places_of_columns_are_found() -> None:
    """One stretch of the matrix; nothing where there is no text model."""
    assert slice(len(NAMED), len(NAMED) + 12) == embedding_columns(BOTH)
    assert slice(0, 0) == embedding_columns(NAMED)


def test_numbers_of_a_text_model_are_one_side_of_writing_without_names() -> None:
    """A teacher is told of all of them together, in words."""
    spec = BOTH.specs[-1]
    assert (EMBEDDING_CONSTRUCT,) == constructs_of(FeatureSchema((spec,), "en"))
    assert EMBEDDING_CONSTRUCT in MEANINGS
    assert (False, True) == (has_name(spec), has_name(NAMED.specs[0]))
    assert EMBEDDING_CONSTRUCT == label_of(spec)
