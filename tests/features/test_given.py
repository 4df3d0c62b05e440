"""Numbers that come with essays: columns behind the measured ones, taken as they stand."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError, PlanError
from gradewise.essays.numbers import LARGEST, finite_number
from gradewise.essays.records import Essay
from gradewise.features.catalogue import build_schema
from gradewise.features.embeddings import handcrafted_schema, with_embeddings
from gradewise.features.given import GIVEN, given_columns, given_values, with_given, without_given
from gradewise.features.labels import label_of
from gradewise.features.schema import FeatureSchema

NAMED = build_schema(language="en", groups=["length"], has_findings=False, has_prompt_text=False)
NONE = FeatureSchema((), "en")
COLUMNS = ("given_cj_score", "Rank")
NUMBERS = st.floats(-LARGEST, LARGEST)


def essay(number: int, values: tuple[float, float]) -> Essay:
    """One that comes with a number for each column, and one more."""
    return Essay(id=f"e{number}", text="Hej", given={**dict(zip(COLUMNS, values, strict=True)), "more": 7.0})


@pytest.mark.parametrize("named", [NAMED, NONE], ids=["some", "none"])
def test_given_columns_stand_behind_what_is_measured(named: FeatureSchema) -> None:
    """Without bounds or a direction, and what is measured of texts comes back to the fingerprint."""
    both = with_given(named, COLUMNS)
    assert (*named.names, *COLUMNS) == both.names
    assert {(GIVEN, -np.inf, np.inf, 0)} == {
        (spec.group, spec.low, spec.high, spec.direction) for spec in both.specs[len(named) :]
    }
    assert COLUMNS == given_columns(both)
    assert named.fingerprint == without_given(both).fingerprint
    assert both.fingerprint == handcrafted_schema(with_embeddings(both, 3, fingerprint="m")).fingerprint


def test_without_columns_a_schema_stays_itself() -> None:
    """Nothing is made anew where nothing is given."""
    assert NAMED is with_given(NAMED, ())
    assert NAMED is without_given(NAMED)


def test_columns_of_several_schemas_are_named_once() -> None:
    """What one file must hold for several models."""
    first, other = with_given(NAMED, ("a", "b")), with_given(NONE, ("b", "c"))
    assert ("a", "b", "c") == given_columns(first, other)


@pytest.mark.parametrize("name", ["words", "wording_words_grade_steps", "auxiliary_x", "embedding_000"])
def test_a_column_called_like_another_feature_is_refused(name: str) -> None:
    """Two columns of one name could not be told apart; the message offers another."""
    with pytest.raises(PlanError, match=f"features.given names '{name}'.* such as given_{name}"):
        with_given(NAMED, (name,))


def test_labels_say_that_a_number_was_given() -> None:
    """Nobody takes it for something that was seen in the text."""
    labels = [label_of(spec) for spec in with_given(NONE, COLUMNS).specs]
    assert ["cj score, given with the essay", "Rank, given with the essay"] == labels


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=8), st.randoms())
def test_order_and_company_do_not_matter(rows: list[tuple[float, float]], random: Random) -> None:
    """Each essay keeps its own numbers, in single precision, wherever it stands and whoever stands beside."""
    essays = [essay(number, values) for number, values in enumerate(rows)]
    expected = {each.id: given_values([each], COLUMNS)[0] for each in essays}
    shuffled = random.sample(essays, len(essays))
    found = given_values(shuffled, COLUMNS)
    assert ((len(rows), 2), np.dtype(np.float32)) == (found.shape, found.dtype)
    assert np.isfinite(found).all()
    for each, row in zip(shuffled, found, strict=True):
        np.testing.assert_array_equal(np.array([each.given[name] for name in COLUMNS], np.float32), row)
        np.testing.assert_array_equal(expected[each.id], row)


def test_an_essay_without_its_number_is_named() -> None:
    """The message says which number, and how to give it."""
    lacking = Essay(id="e1", text="Hej", given={"Rank": 1.0})
    with pytest.raises(InputError, match="'e1' comes without 'given_cj_score'.*--given given_cj_score=N"):
        given_values([essay(0, (1, 2)), lacking], COLUMNS)


@pytest.mark.parametrize("value", [np.nan, np.inf, -1e39], ids=str)
def test_what_is_no_finite_number_is_refused(value: float) -> None:
    """In single precision too."""
    with pytest.raises(InputError, match=r"'e0' comes with Rank .*; a given feature is a finite number"):
        given_values([essay(0, (1.0, value))], COLUMNS)


@pytest.mark.parametrize(("text", "value"), [("2,5", 2.5), (" -1e3", -1000.0), ("007", 7.0)])
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    """Decimals after a point or a comma."""
    assert value == finite_number(text)


@pytest.mark.parametrize("text", ["", "true", "1 000", "nan", "-inf", "1e39", "1.5.2"])
def test_texts_that_are_no_numbers_are_refused(text: str) -> None:
    """The message names them."""
    with pytest.raises(InputError, match="is no finite number such as 2.5"):
        finite_number(text)
