"""Texts with their columns, as profiles see them."""

from datetime import UTC, datetime

import numpy as np

from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.evaluation.data_profile import LABEL, describe_data
from gradewise.features.catalogue import WORDING
from gradewise.features.embeddings import EMBEDDING
from gradewise.features.given import GIVEN
from gradewise.features.schema import FeatureMatrix, FeatureSchema, FeatureSpec
from gradewise.models.predictions import class_predictions
from gradewise.workflows.measuring.profiling import PROMPT, profile_of_training, table_of

COLUMNS = (
    ("words", "length"), ("formality", GIVEN), ("urgent", GIVEN), ("vector__000", GIVEN),
    ("vector__001", GIVEN), ("embedding_000", EMBEDDING), ("embedding_001", EMBEDDING),
    ("wording_words_grade_steps", WORDING),
)  # fmt: skip
SCHEMA = FeatureSchema(
    tuple(FeatureSpec(name, "number", group, -np.inf, np.inf, name) for name, group in COLUMNS), "en"
)
CLASSES = Scale("classes", ("no", "yes"), ordered=False)
ESSAYS = tuple(
    Essay(
        id=f"{number}",
        text="some text",
        label="yes" if number % 2 else "no",
        prompt="x" * 200,
        written_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    for number in range(60)
)


def matrix(*, urgent: float = 1.0) -> FeatureMatrix:
    """Rows of every kind of column."""
    values = np.random.default_rng(0).normal(size=(len(ESSAYS), len(COLUMNS))).astype(np.float32)
    values[:, 2] = np.arange(len(ESSAYS)) % 2 * urgent
    return FeatureMatrix(values, SCHEMA, tuple(essay.id for essay in ESSAYS))


def test_columns_are_seen_as_what_they_are() -> None:
    """Numbers, answers of yes and no, vectors; what was learnt from labels is passed over."""
    table = table_of(ESSAYS, matrix())
    assert {"words", "formality"} == set(table.numbers)
    assert {"urgent", LABEL, PROMPT} == set(table.labels)
    assert ["no", "yes"] == list(table.labels["urgent"][:2])
    assert {"vector": 2, EMBEDDING: 2} == {name: each.shape[1] for name, each in table.vectors.items()}
    assert 100 == len(str(table.labels[PROMPT][0]))


def test_a_profile_knows_which_columns_say_yes_or_no() -> None:
    """A column of answers stays one, whatever new texts hold in it."""
    profile = describe_data(table_of(ESSAYS, matrix()))
    new = matrix(urgent=3.0)
    new.values[1, 2] = np.nan
    table = table_of(ESSAYS, new, like=profile)
    assert ["no", None, "no", "3"] == list(table.labels["urgent"][:4])
    assert "urgent" in table_of(ESSAYS, new).numbers


def test_what_the_model_says_is_kept_with_the_profile() -> None:
    """Labels that it gives, and how sure it is of them."""
    unseen = class_predictions(np.array([[0.25, 0.75], [0.5, 0.5]]))
    found = profile_of_training(ESSAYS, matrix(), unseen=unseen, scale=CLASSES)
    assert found.said is not None
    assert {"no": 1, "yes": 1} == dict(found.said.labels.counts)
    assert (0.5, 0.75) == (found.said.confidence.low, found.said.confidence.high)
    assert profile_of_training(ESSAYS, matrix(), unseen=None, scale=CLASSES).said is None
