"""Features by a teacher's construct: each has one, and nothing is lost in sums."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradewise.features import constructs
from gradewise.features.catalogue import CATALOGUE
from gradewise.features.constructs import MEANINGS, construct_of, constructs_of, sum_by_construct
from gradewise.features.embeddings import with_embeddings
from gradewise.features.given import with_given
from gradewise.features.schema import FeatureSchema, FeatureSpec
from learnt_schema import complete_schema_of

CATALOGUED = FeatureSchema(tuple(feature.spec for feature in CATALOGUE.values()), "en")
MEASURED = with_embeddings(with_given(CATALOGUED, ("given_rank",)), 2, fingerprint="model")
EVERYTHING = complete_schema_of(MEASURED)


def test_every_feature_has_a_construct_that_is_explained() -> None:
    """Whatever is measured, seen, learnt or given with the essays, a teacher is told what it is about."""
    assert set(MEANINGS) == {construct_of(spec) for spec in EVERYTHING.specs}
    assert tuple(MEANINGS) == constructs_of(EVERYTHING)


def test_exceptions_are_features_that_exist() -> None:
    """A feature that was renamed does not fall back to its group unseen."""
    assert set() == set(constructs._BY_FEATURE) - set(CATALOGUE)


@pytest.mark.parametrize(
    ("feature", "construct"),
    [
        ("spelling_errors_per_100_words", "spelling"),
        ("grammar_errors_per_100_words", "grammar"),
        ("capitalisation_errors_per_100_words", "punctuation and capitals"),
        ("commas_per_100_words", "punctuation and capitals"),
        ("errors_per_100_words", "errors of every kind"),
        ("words", "length"),
        ("mtld_words", "vocabulary"),
        ("mean_sentence_length_words", "sentence structure"),
        ("paragraphs", "organisation and cohesion"),
        ("lix_points", "reading difficulty"),
        ("prompt_similarity", "answer to the task"),
    ],
)
def test_features_are_filed_where_a_teacher_looks(feature: str, construct: str) -> None:
    """What one checker finds is told apart; what is measured in different ways is put together."""
    assert construct == construct_of(CATALOGUE[feature].spec)


def test_features_of_unknown_groups_come_last() -> None:
    """A model of another house can be explained too."""
    spec = FeatureSpec("strokes", "strokes", "hand_writing", 0, 1, "Strokes.")
    schema = FeatureSchema((spec, CATALOGUE["words"].spec), "en")
    assert ("length", "hand writing") == constructs_of(schema)


@given(hnp.arrays(np.float64, (3, len(EVERYTHING)), elements=st.floats(-5, 5)))
def test_sums_by_construct_keep_the_total(contributions: np.ndarray) -> None:
    """Each feature is counted once."""
    parts = sum_by_construct(contributions, EVERYTHING)
    assert (3, len(MEANINGS)) == parts.shape
    np.testing.assert_allclose(contributions.sum(axis=1), parts.sum(axis=1), atol=1e-9)


def test_a_part_is_the_sum_of_its_features() -> None:
    """Contributions go to their own construct and to no other."""
    contributions = np.zeros((1, len(EVERYTHING)))
    names = EVERYTHING.names
    contributions[0, names.index("words")], contributions[0, names.index("log_words")] = 0.25, 0.5
    parts = dict(zip(constructs_of(EVERYTHING), sum_by_construct(contributions, EVERYTHING)[0], strict=True))
    assert 0.75 == parts.pop("length")
    assert {0.0} == set(parts.values())
